-- 32-flush-state.sql: the intervals of cccp.agent_state.
--
-- The table state_todo says what to do with an agent's open interval:
--	open	there is none; a new one starts, after a gap since before
--	split	it ends, and a new one starts at that time
--	replace	it keeps its start and gets other values
--	move	so too, but it starts earlier, and the one before ends then
--	close	it ends and no other starts, since the agent is gone
-- state_since is the start of the state, which cccp.agent says too; it is before
-- the start of the interval when the state lasted over a gap.
--
-- flush_agent_todo() in 31-flush-agent.sql decides when an interval starts.  The
-- date of a state may be older than the open interval, for two reasons.
-- - The source reports it late: then the open interval was wrong, and it moves
--   when the one before began earlier.
-- - The agent returns to an earlier state (talking after a hold) and the date is
--   the known one: then the interval starts when that was seen, or when the
--   call ended.
-- A state that has the same date within a second, and a wrap-up of the same
-- task, go on.

CREATE FUNCTION cccp_private.flush_state_todo(ctx cccp_private.flush_context)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO pg_temp.state_todo
	SELECT agent_id, action, state, mode, mode_label, false, start,
	    nullif(since, start), open_since, before
	FROM pg_temp.agent_todo
	WHERE action IS NOT NULL;
END $$;
COMMENT ON FUNCTION cccp_private.flush_state_todo IS
    'Step of cccp.flush(): fills state_todo for the agents in agent_todo.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_state_todo TO cccp_poller;

CREATE FUNCTION cccp_private.flush_state_gap(ctx cccp_private.flush_context,
    at timestamptz)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO pg_temp.state_todo (agent_id, action, state, gap, since,
	    open_since)
	SELECT o.agent_id, CASE WHEN b.start > o.since THEN 'split'
		ELSE 'replace' END, 'unknown', true, b.start, o.since
	FROM cccp.agent a
	JOIN cccp.agent_state o ON o.agent_id = a.agent_id AND o.until IS NULL
	CROSS JOIN (SELECT least(ctx.latest, greatest(ctx.oldest, at)) AS start)
	    b
	WHERE a.source_id = ctx.source_id AND NOT o.gap;
END $$;
COMMENT ON FUNCTION cccp_private.flush_state_gap IS
    'Step of cccp.flush(): starts a gap, an interval of state unknown, for all'
    ' agents of a source at a time.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_state_gap TO cccp_poller;

-- Agents that are not staged have the same state after the gap as before it.
CREATE FUNCTION cccp_private.flush_state_heal(ctx cccp_private.flush_context)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO pg_temp.state_todo
	SELECT a.agent_id, CASE WHEN b.start > o.since THEN 'split'
		ELSE 'replace' END, a.state, a.mode, a.mode_label, false,
	    b.start, nullif(a.state_since, b.start), o.since, NULL
	FROM cccp.agent a
	JOIN cccp.agent_state o ON o.agent_id = a.agent_id
	    AND o.until IS NULL AND o.gap
	CROSS JOIN LATERAL (SELECT least(ctx.latest, greatest(ctx.oldest, CASE
	    WHEN a.state_since > o.since AND a.state_since
		= cccp.state_date(a.state, coalesce(a.busy_count >= 1, false),
		cccp.outbound(a.outbound_state, a.outbound_hold), a.logout_at,
		a.task_started_at, a.task_since, a.task_managed_at,
		a.task_ended_at, coalesce(a.outbound_contact_at,
		    a.outbound_started_at), a.mode_since)
	    THEN a.state_since ELSE ctx.seen END)) AS start) b
	WHERE a.source_id = ctx.source_id AND a.present
	AND NOT EXISTS (SELECT FROM pg_temp.agent_todo t
	    WHERE t.agent_id = a.agent_id);
END $$;
COMMENT ON FUNCTION cccp_private.flush_state_heal IS
    'Step of cccp.flush(): after a gap, agents that are not staged return to'
    ' their known state.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_state_heal TO cccp_poller;

-- The settings make the planner look up each interval by the index of its month;
-- with any number of agents that is faster than reading whole months.
CREATE FUNCTION cccp_private.flush_state_apply() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET enable_nestloop = on SET enable_hashjoin = off SET enable_material = off
SET enable_seqscan = off
AS $$
DECLARE
	b record;
	changed bigint;
	added bigint;
BEGIN
	SELECT min(CASE WHEN action = 'open' THEN coalesce(before, since)
		ELSE since END) AS first, max(since) AS last,
	    bool_or(action = 'move') AS moves
	INTO b FROM pg_temp.state_todo;
	IF b.last IS NULL THEN
		RETURN 0;
	END IF;
	PERFORM cccp.ensure_partitions('cccp.agent_state', b.first, b.last);

	IF b.moves THEN
		UPDATE cccp.agent_state s SET until = t.since
		FROM pg_temp.state_todo t
		WHERE t.action = 'move' AND s.agent_id = t.agent_id
		AND s.since = t.before;
		UPDATE cccp.agent_state s SET since = t.since
		FROM pg_temp.state_todo t
		WHERE t.action = 'move' AND s.agent_id = t.agent_id
		AND s.since = t.open_since;
		UPDATE pg_temp.state_todo SET action = 'replace',
		    open_since = since
		WHERE action = 'move';
	END IF;

	UPDATE cccp.agent_state s SET (until, state, mode, mode_label, gap,
	    state_since)
	= (CASE WHEN t.action <> 'replace' THEN t.since END,
	    CASE WHEN t.action = 'replace' THEN t.state ELSE s.state END,
	    CASE WHEN t.action = 'replace' THEN t.mode ELSE s.mode END,
	    CASE WHEN t.action = 'replace' THEN t.mode_label
		ELSE s.mode_label END,
	    CASE WHEN t.action = 'replace' THEN t.gap ELSE s.gap END,
	    CASE WHEN t.action = 'replace' THEN t.state_since
		ELSE s.state_since END)
	FROM pg_temp.state_todo t
	WHERE s.agent_id = t.agent_id AND s.since = t.open_since;
	GET DIAGNOSTICS changed = ROW_COUNT;

	INSERT INTO cccp.agent_state (agent_id, state, since, until, gap)
	SELECT agent_id, 'unknown', before, since, true
	FROM pg_temp.state_todo WHERE action = 'open' AND before < since;

	INSERT INTO cccp.agent_state (agent_id, state, mode, mode_label, since,
	    state_since, gap)
	SELECT agent_id, state, mode, mode_label, since, state_since, gap
	FROM pg_temp.state_todo WHERE action IN ('open', 'split');
	GET DIAGNOSTICS added = ROW_COUNT;

	DELETE FROM pg_temp.state_todo;
	RETURN changed + added;
END $$;
COMMENT ON FUNCTION cccp_private.flush_state_apply() IS
    'Step of cccp.flush(): writes what state_todo says and empties it; returns'
    ' how many intervals were written.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_state_apply TO cccp_poller;
