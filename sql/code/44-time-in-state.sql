-- 44-time-in-state.sql: for people: how long each user was in each state on a
-- day.

-- The day begins and ends by the clock of the database, and intervals are by
-- the clock of the source: the day is moved by the difference.  A user's
-- intervals are read from the one on that contains the beginning of the day:
-- its start is a value that the partitions are chosen by.  An interval that is
-- open ends now, or when its source was last heard of; then the state is
-- unknown.  OFFSET 0 has the planner look up each user by itself.
CREATE OR REPLACE FUNCTION cccp.time_in_state(day date DEFAULT NULL,
    zone text DEFAULT NULL)
RETURNS TABLE (source text, login text, name text, state text,
    seconds double precision, user_id int)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	WITH span AS (
		SELECT s.source_id, s.name, b.since + k.skew AS since,
		    least(b.until, now()) + k.skew AS until,
		    CASE WHEN cccp.is_stale(s.status, s.alive_at,
			s.clock_skew_s, s.stale_after)
			THEN coalesce(s.alive_at, '-infinity')
			ELSE 'infinity' END AS heard_of
		FROM cccp.source s
		CROSS JOIN LATERAL (
			SELECT s.clock_skew_s * interval '1 s' AS skew) k
		CROSS JOIN LATERAL (
			SELECT coalesce(zone, cccp.known_zone(s.time_zone),
			    'UTC') AS zone) z
		CROSS JOIN LATERAL (
			SELECT coalesce(day, (now() AT TIME ZONE z.zone)::date)
			    AS day) d
		CROSS JOIN LATERAL (
			SELECT d.day::timestamp AT TIME ZONE z.zone AS since,
			    (d.day + 1)::timestamp AT TIME ZONE z.zone AS until
		) b
		WHERE NOT s.retired
	)
	SELECT s.name, a.login, a.name, p.state,
	    sum(date_part('epoch', least(p.until, s.until)
		- greatest(p.since, s.since))), a.agent_id
	FROM span s
	JOIN cccp.agent a ON a.source_id = s.source_id AND NOT a.hidden
	LEFT JOIN LATERAL (
		SELECT f.since FROM cccp.agent_state f
		WHERE f.agent_id = a.agent_id AND f.since <= s.since
		ORDER BY f.since DESC LIMIT 1
	) first ON true
	CROSS JOIN LATERAL (
		SELECT i.state, i.since, i.until FROM cccp.agent_state i
		WHERE i.agent_id = a.agent_id
		AND i.since >= coalesce(first.since, s.since)
		AND i.since < s.until
		OFFSET 0
	) i
	CROSS JOIN LATERAL (VALUES
		(i.state::text, i.since, coalesce(i.until, s.heard_of)),
		('unknown', greatest(i.since, s.heard_of),
		    CASE WHEN i.until IS NULL THEN s.until END)
	) p (state, since, until)
	WHERE least(p.until, s.until) > greatest(p.since, s.since)
	AND p.until IS NOT NULL
	GROUP BY s.name, a.agent_id, p.state
$$;
COMMENT ON FUNCTION cccp.time_in_state IS
    'How long each user was in each state on a day, in seconds: from midnight'
    ' to midnight of a time zone, or to now; today unless a day is given, and'
    ' source.time_zone unless a zone is given. The time zone of the session'
    ' does not matter, and the clock of each source is corrected by its'
    ' clock_skew_s of now. While a source is stale, its'
    ' users are in the state unknown. Without hidden users. The sum of a user'
    ' is the length of the day as far as history is kept.';
GRANT EXECUTE ON FUNCTION cccp.time_in_state TO cccp_reader;
