-- 021-agent-now.sql: who has been in a state for longest, without a look at
-- every agent.
--
-- What changes by the minute has no index in cccp.agent, and shall have none.
-- Here it has: rows of some 60 bytes, written only when a state changes.

SET LOCAL ROLE cccp_owner;

-- A flush that runs already knows nothing of the table: none shall.
DO $$ BEGIN PERFORM FROM cccp.clock FOR UPDATE; END $$;

CREATE TABLE cccp.agent_now (
	agent_id	int PRIMARY KEY REFERENCES cccp.agent
	    DEFERRABLE INITIALLY DEFERRED,
	source_id	int NOT NULL,
	state		cccp.state NOT NULL,
	state_since	timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX agent_now_state_idx ON cccp.agent_now
    (source_id, state, state_since, agent_id);
-- No index can be made while keys of rows are still to be checked.
INSERT INTO cccp.agent_now
SELECT agent_id, source_id, state, state_since
FROM cccp.agent WHERE present AND NOT hidden;
COMMENT ON TABLE cccp.agent_now IS
    'What those agents do that are present and not hidden: a narrow copy out of'
    ' cccp.agent, made by each flush, for lists in the order of time in state.';
COMMENT ON COLUMN cccp.agent_now.agent_id IS 'Whose row it is.';
COMMENT ON COLUMN cccp.agent_now.source_id IS 'As in cccp.agent.';
COMMENT ON COLUMN cccp.agent_now.state IS 'As in cccp.agent.';
COMMENT ON COLUMN cccp.agent_now.state_since IS 'As in cccp.agent.';
GRANT SELECT ON cccp.agent_now TO cccp_web, cccp_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON cccp.agent_now TO cccp_poller;

CREATE VIEW cccp.source_state AS
SELECT s.source_id, k.state AS known_state,
    CASE WHEN x.stale THEN 'unknown' ELSE k.state END AS state, x.stale,
    CASE WHEN x.stale THEN s.alive_at END AS unknown_since,
    s.clock_skew_s * interval '1 s' AS clock_skew
FROM cccp.source s
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN unnest('{available, ringing, talking, held, outbound, other_call,'
    ' wrapup, paused, withdrawn, supervising, offline, unknown}'::text[])
    AS k (state)
WHERE NOT s.retired;
COMMENT ON VIEW cccp.source_state IS
    'The parts of cccp.agent_now that lie in order of time: a row for each'
    ' source and state known, and what such agents are shown as.';
COMMENT ON COLUMN cccp.source_state.source_id IS 'Source.';
COMMENT ON COLUMN cccp.source_state.known_state IS 'agent_now.state.';
COMMENT ON COLUMN cccp.source_state.state IS
    'The same, but unknown when the source is stale.';
COMMENT ON COLUMN cccp.source_state.stale IS 'As in cccp_v1.source.';
COMMENT ON COLUMN cccp.source_state.unknown_since IS
    'Of a stale source: since when it is silent, by its clock.';
COMMENT ON COLUMN cccp.source_state.clock_skew IS
    'How far the source''s clock is ahead of ours.';
GRANT SELECT ON cccp.source_state TO cccp_web, cccp_reader;

CREATE FUNCTION cccp.flush_agent_now(ctx cccp.flush_context) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO cccp.agent_now AS w (agent_id, source_id, state,
	    state_since)
	SELECT t.agent_id, ctx.source_id, t.state, t.since
	FROM pg_temp.agent_todo t
	WHERE t.login <> ALL (ctx.hidden_logins)
	AND NOT EXISTS (SELECT FROM cccp.agent_now o
	    WHERE o.agent_id = t.agent_id AND o.state = t.state
	    AND o.state_since = t.since)
	ON CONFLICT (agent_id) DO UPDATE
	SET state = excluded.state, state_since = excluded.state_since;
	DELETE FROM cccp.agent_now w
	USING pg_temp.agent_todo t
	WHERE w.agent_id = t.agent_id AND t.login = ANY (ctx.hidden_logins);
END $$;
COMMENT ON FUNCTION cccp.flush_agent_now IS
    'Step of cccp.flush(): brings agent_now up to date with agent_todo.';
GRANT EXECUTE ON FUNCTION cccp.flush_agent_now TO cccp_poller;

-- As in 009, but for agent_now.
CREATE OR REPLACE FUNCTION cccp.flush_agent_gone(ctx cccp.flush_context)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	gone int[] := '{}';
BEGIN
	IF ctx.complete THEN
		gone := ARRAY(SELECT a.agent_id FROM cccp.agent a
		    WHERE a.source_id = ctx.source_id AND a.present
		    AND NOT EXISTS (SELECT FROM pg_temp.agent_todo t
			WHERE t.agent_id = a.agent_id));
	ELSIF EXISTS (SELECT FROM pg_temp.agent_in WHERE present IS FALSE) THEN
		gone := ARRAY(SELECT a.agent_id FROM pg_temp.agent_in n
		    JOIN cccp.agent a ON a.source_id = ctx.source_id
			AND a.login = n.login AND a.present
		    WHERE n.present IS FALSE);
	END IF;
	IF gone = '{}' THEN
		RETURN 0;
	END IF;
	UPDATE cccp.agent a SET present = false, generation = ctx.generation,
	    changed_at = now()
	WHERE a.agent_id = ANY (gone);
	DELETE FROM cccp.agent_now w WHERE w.agent_id = ANY (gone);
	INSERT INTO pg_temp.state_todo (agent_id, action, since, open_since)
	SELECT o.agent_id, 'close', greatest(coalesce(n.seen_at, ctx.seen),
	    o.since + interval '1 us'), o.since
	FROM cccp.agent_state o
	JOIN cccp.agent a ON a.agent_id = o.agent_id
	LEFT JOIN pg_temp.agent_in n ON n.login = a.login
	WHERE o.agent_id = ANY (gone) AND o.until IS NULL;
	RETURN cardinality(gone);
END $$;

-- As in 018, but for agent_now.
CREATE OR REPLACE FUNCTION cccp.flush_rows(ctx cccp.flush_context,
    gap_at timestamptz)
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
		PERFORM cccp.flush_agent_now(ctx);
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

-- As in 010, and agent_now is looked at too.
CREATE OR REPLACE FUNCTION cccp.state_gaps()
RETURNS TABLE (agent_id int, since timestamptz, until timestamptz,
    trouble text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT agent_id, since, until, CASE
		WHEN until IS NULL THEN 'open, but another one follows'
		WHEN next < until THEN 'overlaps the next one'
		ELSE 'hole before the next one' END
	FROM (
		SELECT agent_id, since, until, lead(since) OVER (
		    PARTITION BY agent_id ORDER BY since) AS next
		FROM cccp.agent_state
	) s
	WHERE next IS NOT NULL AND next IS DISTINCT FROM until
	UNION ALL
	SELECT s.agent_id, s.since, s.until, 'open, but the agent is gone'
	FROM cccp.agent_state s JOIN cccp.agent a USING (agent_id)
	WHERE s.until IS NULL AND NOT a.present
	UNION ALL
	SELECT a.agent_id, NULL, NULL, 'no open one'
	FROM cccp.agent a
	WHERE a.present AND NOT EXISTS (SELECT FROM cccp.agent_state s
	    WHERE s.agent_id = a.agent_id AND s.until IS NULL)
	UNION ALL
	SELECT s.agent_id, s.since, NULL,
	    format('says %s, but the agent is %s', s.state, a.state)
	FROM cccp.agent_state s JOIN cccp.agent a USING (agent_id)
	WHERE s.until IS NULL AND NOT s.gap AND s.state <> a.state
	UNION ALL
	SELECT agent_id, a.state_since, NULL, CASE
		WHEN w.source_id IS NULL THEN 'not in agent_now'
		WHEN a.source_id IS NULL THEN 'still in agent_now'
		ELSE format('agent_now says %s since %s', w.state,
		    w.state_since) END
	FROM (SELECT * FROM cccp.agent WHERE present AND NOT hidden) a
	FULL JOIN cccp.agent_now w USING (agent_id)
	WHERE (a.source_id, a.state, a.state_since)
	IS DISTINCT FROM (w.source_id, w.state, w.state_since);
$$;
COMMENT ON FUNCTION cccp.state_gaps() IS
    'Checks the history of states: one row for each interval that overlaps,'
    ' leaves a hole, or contradicts cccp.agent, and for each row of agent_now'
    ' that does. Empty when all is well.';
