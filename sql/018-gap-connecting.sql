-- 018-gap-connecting.sql: a source that is heard again is not yet known again.
--
-- Between its greeting and its last answer a source is alive, but what it says
-- of its agents is not there.  Written down as a proof of life, that would hide
-- the time in which nobody looked.

SET LOCAL ROLE cccp_owner;

CREATE OR REPLACE FUNCTION cccp.flush_gap_at(old cccp.source, status text,
    alive_at timestamptz, clock_skew_s double precision, resumed boolean)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
	WHEN (old).gap_since IS NOT NULL OR (old).alive_at IS NULL THEN NULL
	-- A source's silence is measured on one clock: it may have been set.
	WHEN (resumed OR status IN ('connecting', 'down'))
	    AND alive_at - clock_skew_s * interval '1 s' - ((old).alive_at
	    - (old).clock_skew_s * interval '1 s') > (old).stale_after
	    THEN (old).alive_at
	WHEN status <> 'live' AND (status = 'stale' OR now()
	    + clock_skew_s * interval '1 s' - alive_at > (old).stale_after)
	    THEN alive_at
END;

-- A gap that lies before the rows comes first; one that begins where they end
-- comes last, or they would change nothing any more.
CREATE OR REPLACE FUNCTION cccp.flush_rows(ctx cccp.flush_context, gap_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n bigint := 0;
BEGIN
	IF gap_at < ctx.seen THEN
		PERFORM cccp.flush_state_gap(ctx, gap_at);
		n := n + cccp.flush_state_apply();
	END IF;
	IF ctx.complete OR EXISTS (SELECT FROM pg_temp.agent_in) THEN
		PERFORM cccp.flush_dedupe('agent_in', 'login');
		PERFORM cccp.flush_agent_todo(ctx);
		n := n + cccp.flush_agent_update(ctx)
		    + cccp.flush_agent_insert(ctx)
		    + cccp.flush_agent_gone(ctx);
	END IF;
	IF ctx.heal THEN
		PERFORM cccp.flush_state_heal(ctx);
	END IF;
	IF EXISTS (SELECT FROM pg_temp.agent_todo) THEN
		PERFORM cccp.flush_state_todo(ctx);
	END IF;
	n := n + cccp.flush_state_apply();
	IF gap_at >= ctx.seen THEN
		PERFORM cccp.flush_state_gap(ctx, gap_at);
		n := n + cccp.flush_state_apply();
	END IF;
	IF ctx.complete OR EXISTS (SELECT FROM pg_temp.queue_in) THEN
		PERFORM cccp.flush_dedupe('queue_in', 'name');
		n := n + cccp.flush_queue(ctx);
	END IF;
	IF ctx.complete OR EXISTS (SELECT FROM pg_temp.call_in) THEN
		PERFORM cccp.flush_dedupe('call_in', 'call_key');
		PERFORM cccp.flush_call_todo(ctx);
		n := n + cccp.flush_call_insert(ctx)
		    + cccp.flush_call_update(ctx) + cccp.flush_call_gone(ctx);
	END IF;
	IF EXISTS (SELECT FROM pg_temp.agent_todo WHERE is_new) THEN
		n := n + cccp.flush_call_agent(ctx);
	END IF;
	IF EXISTS (SELECT FROM pg_temp.call_todo) THEN
		n := n + cccp.flush_call_queue(ctx);
	END IF;
	IF ctx.live THEN
		PERFORM cccp.flush_sample(ctx);
	END IF;
	RETURN n;
END $$;
