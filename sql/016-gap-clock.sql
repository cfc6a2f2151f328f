-- 016-gap-clock.sql: a source's silence is measured on one clock.
--
-- The dates of a source are by its own clock.  When that clock has been put
-- right while the poller was away (another skew than before), the difference
-- of two of its dates is not the time that passed.

CREATE OR REPLACE FUNCTION cccp.flush_gap_at(old cccp.source, status text,
    alive_at timestamptz, clock_skew_s double precision, resumed boolean)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
	WHEN (old).gap_since IS NOT NULL OR (old).alive_at IS NULL THEN NULL
	WHEN status = 'live' THEN CASE WHEN resumed
	    AND alive_at - clock_skew_s * interval '1 s' - ((old).alive_at
	    - (old).clock_skew_s * interval '1 s') > (old).stale_after
	    THEN (old).alive_at END
	WHEN status = 'stale' OR now() + clock_skew_s * interval '1 s'
	    - alive_at > (old).stale_after THEN alive_at
END;
