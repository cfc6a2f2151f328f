-- 11-state.sql: determines a state from the reported fields, and checks the
-- history of states.
--
-- cccp.state_of() applies the rules of cccp.state_rule, whose first rows are in
-- tables/004-state.sql.  flush_agent_todo() in 31-flush-agent.sql calls it.

CREATE OR REPLACE FUNCTION cccp.phase(started_at timestamptz,
    managed_at timestamptz,
    ended_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN ended_at >= coalesce(started_at, ended_at)
	OR managed_at < started_at THEN 'over'
	WHEN managed_at IS NOT NULL THEN 'talking'
	WHEN started_at IS NOT NULL THEN 'ringing'
END;
COMMENT ON FUNCTION cccp.phase IS
    'Phase of a task, from its dates: talking, ringing or over; null when'
    ' there are none.';
GRANT EXECUTE ON FUNCTION cccp.phase TO cccp_poller, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.outbound(state text, hold boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN coalesce(state, '') IN ('', '0', 'disconnected') THEN 'none'
	WHEN hold THEN 'hold'
	ELSE 'call'
END;
COMMENT ON FUNCTION cccp.outbound IS
    'Outbound call of an agent, from the reported fields: none, hold or call.';
GRANT EXECUTE ON FUNCTION cccp.outbound TO cccp_poller, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.task_queue(busy boolean,
    started_at timestamptz, ended_at timestamptz, queue text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN busy AND (ended_at >= coalesce(started_at, ended_at))
	IS NOT TRUE THEN queue END;
COMMENT ON FUNCTION cccp.task_queue IS
    'Queue of the last task of an agent, when that is a call in hand; else'
    ' null.';
GRANT EXECUTE ON FUNCTION cccp.task_queue TO cccp_poller, cccp_reader;

-- An empty text stands for a missing one.
CREATE OR REPLACE FUNCTION cccp.state_of(kind text, profile text, mode text,
    interface text, task text, logged boolean, busy boolean, phase text,
    outbound text) RETURNS cccp.state
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce((
		SELECT r.state FROM cccp.state_rule r
		WHERE (r.kind IS NULL OR r.kind = state_of.kind)
		AND (r.profile IS NULL OR r.profile = state_of.profile)
		AND (r.mode IS NULL OR state_of.mode LIKE r.mode)
		AND (r.interface IS NULL
		    OR state_of.interface LIKE r.interface)
		AND (r.task IS NULL
		    OR state_of.busy AND r.task = state_of.task)
		AND (r.logged IS NULL OR r.logged = state_of.logged)
		AND (r.busy IS NULL OR r.busy = state_of.busy)
		AND (r.phase IS NULL OR r.phase = state_of.phase)
		AND (r.outbound IS NULL OR r.outbound = state_of.outbound)
		ORDER BY r.priority, r.rule_id
		LIMIT 1), 'unknown')::cccp.state;
END;
COMMENT ON FUNCTION cccp.state_of IS
    'State of an agent with these values, by the rules of cccp.state_rule.';
GRANT EXECUTE ON FUNCTION cccp.state_of TO cccp_poller, cccp_reader;

-- The dates of a task count while it is the call in hand: not when it has ended
-- and another call goes on, and not when they are those of an earlier task.  A
-- call may leave the mode alone; then the agent is free since its end.
DROP FUNCTION IF EXISTS cccp.state_date(text, boolean, text, timestamptz,
    timestamptz, timestamptz, timestamptz, timestamptz);
CREATE OR REPLACE FUNCTION cccp.state_date(state text, busy boolean,
    outbound text, logout_at timestamptz, task_started_at timestamptz,
    task_since timestamptz, task_managed_at timestamptz,
    task_ended_at timestamptz, outbound_at timestamptz,
    mode_since timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN state = 'offline' THEN logout_at
	WHEN state = 'outbound' AND outbound <> 'none' THEN outbound_at
	WHEN state = 'held' AND outbound = 'hold' THEN NULL
	WHEN NOT busy THEN CASE WHEN mode_since IS NOT NULL
	    THEN greatest(mode_since, task_ended_at) END
	WHEN state IN ('other_call', 'unknown') THEN NULL
	WHEN state NOT IN ('ringing', 'talking', 'held', 'wrapup')
	    THEN mode_since
	WHEN task_ended_at >= coalesce(task_started_at, task_ended_at)
	    THEN NULL
	WHEN state = 'ringing' AND task_started_at IS NOT NULL
	    THEN task_started_at
	WHEN state = 'talking' AND greatest(task_since, task_managed_at)
	    >= coalesce(task_started_at, '-infinity')
	    THEN greatest(task_since, task_managed_at)
	WHEN task_since >= coalesce(task_started_at, '-infinity')
	    AND state <> 'talking' THEN task_since
END;
COMMENT ON FUNCTION cccp.state_date IS
    'The server''s own date for the start of a state; null when it reports'
    ' none.';
GRANT EXECUTE ON FUNCTION cccp.state_date TO cccp_poller, cccp_reader;

-- An agent's intervals are read from the one on that contains the bound: its
-- start is a value that the partitions are chosen by.
DROP FUNCTION IF EXISTS cccp.state_gaps();
CREATE OR REPLACE FUNCTION cccp.state_gaps(
    earliest timestamptz DEFAULT '-infinity')
RETURNS TABLE (agent_id int, since timestamptz, until timestamptz,
    trouble text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.agent_id, s.since, s.until, CASE
		WHEN s.until IS NULL THEN 'open, but another one follows'
		WHEN s.next < s.until THEN 'overlaps the next one'
		ELSE 'hole before the next one' END
	FROM cccp.agent a
	LEFT JOIN LATERAL (
		SELECT b.since FROM cccp.agent_state b
		WHERE b.agent_id = a.agent_id AND b.since <= earliest
		ORDER BY b.since DESC LIMIT 1
	) first ON true
	CROSS JOIN LATERAL (
		SELECT i.since, i.until, lead(i.since) OVER (ORDER BY i.since)
		    AS next
		FROM cccp.agent_state i
		WHERE i.agent_id = a.agent_id
		AND i.since >= coalesce(first.since, earliest)
	) s
	WHERE s.next IS NOT NULL AND s.next IS DISTINCT FROM s.until
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
	SELECT s.agent_id, s.since, NULL,
	    format('began at %s, but the agent says %s',
	    coalesce(s.state_since, s.since), a.state_since)
	FROM cccp.agent_state s JOIN cccp.agent a USING (agent_id)
	WHERE s.until IS NULL AND NOT s.gap AND a.present
	AND coalesce(s.state_since, s.since) <> a.state_since
	UNION ALL
	SELECT agent_id, a.state_since, NULL, CASE
		WHEN w.source_id IS NULL THEN 'not in agent_now'
		WHEN a.source_id IS NULL THEN 'still in agent_now'
		ELSE format('agent_now says %s since %s', w.state,
		    w.state_since) END
	FROM (SELECT * FROM cccp.agent WHERE present AND NOT hidden) a
	FULL JOIN cccp.agent_now w USING (agent_id)
	WHERE (a.source_id, a.state, a.since_known, CASE WHEN a.since_known
	    THEN a.state_since ELSE 'epoch' END)
	IS DISTINCT FROM (w.source_id, w.state, w.since_known, w.state_since);
$$;
COMMENT ON FUNCTION cccp.state_gaps(timestamptz) IS
    'Checks the history of states from a time on, of the source''s clock; by'
    ' default all that is kept, which takes a minute with 10 million'
    ' intervals. Returns one row for each interval that overlaps, leaves a'
    ' hole or contradicts cccp.agent, and for each row of agent_now that'
    ' contradicts it. Returns no row when all is correct.';
GRANT EXECUTE ON FUNCTION cccp.state_gaps TO cccp_poller, cccp_reader;
