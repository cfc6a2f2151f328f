-- 32-flush-state.sql: the intervals of cccp.agent_state.
--
-- The table state_todo says what to do with an agent's open interval:
--	open	there is none; a new one starts, after a gap since gap_from
--	split	it ends, and a new one starts at that time
--	replace	it keeps its start and gets other values
--	close	it ends and no other starts, since the agent is gone

-- The date of a state may be older than the open interval, for two reasons.
-- - The source reports it late: then the open interval was wrong.
-- - The agent returns to an earlier state (talking after a hold): then the
--   interval starts when that was seen, or when the call ended.
CREATE FUNCTION cccp_private.flush_state_todo(ctx cccp_private.flush_context)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO pg_temp.state_todo
	WITH opened AS MATERIALIZED (
		SELECT t.*, o.since AS open_since, o.state AS open_state, o.gap,
		    CASE WHEN o.since IS NULL AND NOT t.is_new THEN (
			SELECT max(s.until) FROM cccp.agent_state s
			WHERE s.agent_id = t.agent_id) END AS last
		FROM pg_temp.agent_todo t
		LEFT JOIN cccp.agent_state o ON o.agent_id = t.agent_id
		    AND o.until IS NULL
		WHERE o.since IS NULL
		OR CASE WHEN o.gap THEN ctx.live ELSE t.since > o.since
		    OR (t.state, t.mode, t.mode_label) IS DISTINCT FROM
		    (o.state, o.mode, o.mode_label) END
	), begun AS (
		SELECT *, least(ctx.latest, greatest(ctx.oldest, last, CASE
			WHEN open_since IS NULL AND last IS NULL THEN since
			WHEN gap OR open_since IS NULL THEN CASE WHEN dated
				AND since > coalesce(open_since, last)
				THEN since ELSE seen END
			WHEN since > open_since THEN since
			WHEN state = open_state OR news THEN open_since
			WHEN resumed_at > open_since THEN resumed_at
			-- A clock that is set back does not change history.
			WHEN seen < open_since - interval '1 min'
			THEN open_since + interval '1 us'
			ELSE seen END)) AS start
		FROM opened
	)
	SELECT agent_id, CASE WHEN open_since IS NULL THEN 'open'
		WHEN start > open_since THEN 'split' ELSE 'replace' END,
	    state, mode, mode_label, false, start, open_since,
	    CASE WHEN last < start THEN last END
	FROM begun;
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
	INSERT INTO pg_temp.state_todo
	SELECT o.agent_id, CASE WHEN b.start > o.since THEN 'split'
		ELSE 'replace' END,
	    'unknown', NULL, NULL, true, b.start, o.since, NULL
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
	INSERT INTO pg_temp.agent_todo
	SELECT a.login, a.agent_id, false, a.kind, a.state, a.state_since,
	    a.since_known, cccp.state_date(a.state, coalesce(a.busy_count >= 1, false),
		cccp.outbound(a.outbound_state, a.outbound_hold), a.logout_at,
		a.task_started_at, a.task_managed_at,
		coalesce(a.outbound_contact_at, a.outbound_started_at),
		a.mode_since) IS NOT DISTINCT FROM a.state_since,
	    false, NULL, ctx.seen, a.mode, a.mode_label
	FROM cccp.agent a
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
	SELECT least(min(since), min(gap_from)) AS first, max(since) AS last
	INTO b FROM pg_temp.state_todo;
	IF b.last IS NULL THEN
		RETURN 0;
	END IF;
	PERFORM cccp.ensure_partitions('cccp.agent_state', b.first, b.last);

	UPDATE cccp.agent_state s SET (until, state, mode, mode_label, gap)
	= (CASE WHEN t.action <> 'replace' THEN t.since END,
	    CASE WHEN t.action = 'replace' THEN t.state ELSE s.state END,
	    CASE WHEN t.action = 'replace' THEN t.mode ELSE s.mode END,
	    CASE WHEN t.action = 'replace' THEN t.mode_label
		ELSE s.mode_label END,
	    CASE WHEN t.action = 'replace' THEN t.gap ELSE s.gap END)
	FROM pg_temp.state_todo t
	WHERE s.agent_id = t.agent_id AND s.since = t.open_since;
	GET DIAGNOSTICS changed = ROW_COUNT;

	INSERT INTO cccp.agent_state (agent_id, state, since, until, gap)
	SELECT agent_id, 'unknown', gap_from, since, true
	FROM pg_temp.state_todo WHERE gap_from IS NOT NULL;

	INSERT INTO cccp.agent_state (agent_id, state, mode, mode_label, since,
	    gap)
	SELECT agent_id, state, mode, mode_label, since, gap
	FROM pg_temp.state_todo WHERE action IN ('open', 'split');
	GET DIAGNOSTICS added = ROW_COUNT;

	DELETE FROM pg_temp.state_todo;
	RETURN changed + added;
END $$;
COMMENT ON FUNCTION cccp_private.flush_state_apply() IS
    'Step of cccp.flush(): writes what state_todo says and empties it; returns'
    ' how many intervals were written.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_state_apply TO cccp_poller;
