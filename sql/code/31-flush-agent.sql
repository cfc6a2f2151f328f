-- 31-flush-agent.sql: writes the staged agents that differ from cccp.agent.
--
-- flush_agent_todo() determines the state of each and when it began, which is one
-- moment for cccp.agent and for cccp.agent_state; the other steps write.

CREATE FUNCTION cccp_private.flush_agent_todo(ctx cccp_private.flush_context)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	named_tasks text[] := ARRAY(
		SELECT r.task FROM cccp.state_rule r WHERE r.task IS NOT NULL);
BEGIN
	-- raw: the staged values as cccp.state_of() needs them.
	-- ruled: the state of each distinct combination of them.
	-- dated: raw with the state and the server's date for its start, and
	-- with the stored agent.
	-- checked: a date more than a minute in the future is not valid;
	-- latest_date: any date, where the server has none for the state;
	-- news: the date differs from the stored one; same_task: the call in
	-- hand is the stored one.
	-- opened: with the open interval; last: the end of the last one when
	-- none is open; before: the start of the one before, when the date may
	-- move the start of the open one.
	-- begun: with the start of the interval; see 32-flush-state.sql.
	INSERT INTO pg_temp.agent_todo
	WITH raw AS MATERIALIZED (
		SELECT n.login, CASE
			WHEN n.profile = ANY (ctx.supervisor_profiles)
			OR n.mode = 'supervision'
			OR n.interface = 'supervision' THEN 'supervisor'
			ELSE 'agent' END AS kind,
		    coalesce(n.profile, '') AS profile,
		    coalesce(n.mode, '') AS mode,
		    coalesce(n.interface, '') AS interface,
		    CASE WHEN n.busy_count >= 1 THEN coalesce(n.task, '')
			ELSE '' END AS task,
		    coalesce(n.logged, false) AS logged,
		    coalesce(n.busy_count >= 1, false) AS busy,
		    CASE WHEN n.busy_count >= 1
			AND coalesce(n.task, '') <> ALL (named_tasks)
			THEN coalesce(cccp.phase(n.task_started_at,
			n.task_managed_at, n.task_ended_at), '')
			ELSE '' END AS phase,
		    cccp.outbound(n.outbound_state, n.outbound_hold) AS outbound,
		    coalesce(n.seen_at, ctx.seen) AS seen, n.mode AS raw_mode,
		    n.mode_label, n.mode_since, n.task_started_at, n.task_since,
		    n.task_managed_at, n.task_ended_at, n.task_queue,
		    n.login_at, n.logout_at, coalesce(n.outbound_contact_at,
			n.outbound_started_at) AS outbound_at
		FROM pg_temp.agent_in n
		WHERE n.present IS NOT FALSE
	), ruled AS MATERIALIZED (
		SELECT c.*, cccp.state_of(kind, profile, mode, interface, task,
		    logged, busy, phase, outbound) AS state
		FROM (SELECT DISTINCT kind, profile, mode, interface, task,
		    logged, busy, phase, outbound FROM raw) c
	), dated AS (
		SELECT raw.*, ruled.state, a.agent_id, a.state AS old_state,
		    a.state_since, a.since_known AS old_known,
		    cccp.state_date(ruled.state, raw.busy,
			raw.outbound, raw.logout_at, raw.task_started_at,
			raw.task_since, raw.task_managed_at, raw.task_ended_at,
			raw.outbound_at, raw.mode_since) AS date,
		    cccp.state_date(ruled.state, raw.busy, raw.outbound,
			a.logout_at, a.task_started_at, a.task_since,
			a.task_managed_at, a.task_ended_at,
			coalesce(a.outbound_contact_at, a.outbound_started_at),
			a.mode_since) AS old_date,
		    raw.busy AND a.busy_count >= 1 AND raw.task_started_at
			IS NOT DISTINCT FROM a.task_started_at AS same_task,
		    cccp.task_queue(raw.busy, raw.task_started_at,
			raw.task_ended_at, raw.task_queue)
		    IS DISTINCT FROM cccp.task_queue(a.busy_count >= 1,
			a.task_started_at, a.task_ended_at, a.task_queue)
			AS task_news
		FROM raw JOIN ruled USING (kind, profile, mode, interface, task,
		    logged, busy, phase, outbound)
		LEFT JOIN cccp.agent a ON a.source_id = ctx.source_id
		    AND a.login = raw.login
	), checked AS (
		SELECT *, CASE WHEN date <= seen + interval '1 min' THEN date END
			AS valid_date,
		    greatest(task_started_at, task_since, task_managed_at,
			task_ended_at, mode_since, login_at) AS latest_date,
		    date <= seen + interval '1 min'
			AND date IS DISTINCT FROM old_date AS news
		FROM dated
	), opened AS MATERIALIZED (
		SELECT c.*, o.since AS open_since, o.state AS open_state,
		    o.state_since AS open_state_since, o.gap,
		    (o.mode, o.mode_label) IS DISTINCT FROM
			(c.raw_mode, c.mode_label) AS other_mode,
		    CASE WHEN o.since IS NULL AND c.agent_id IS NOT NULL THEN (
			SELECT max(s.until) FROM cccp.agent_state s
			WHERE s.agent_id = c.agent_id) END AS last,
		    CASE WHEN c.news AND NOT o.gap AND c.date < o.since
			AND c.date >= ctx.oldest THEN coalesce((
			    SELECT s.since FROM cccp.agent_state s
			    WHERE s.agent_id = c.agent_id
			    AND s.since < o.since
			    ORDER BY s.since DESC LIMIT 1), '-infinity') END
			AS before
		FROM checked c
		LEFT JOIN cccp.agent_state o ON o.agent_id = c.agent_id
		    AND o.until IS NULL
	), begun AS (
		SELECT *, greatest(CASE WHEN before IS NULL
		    THEN open_since END, least(ctx.latest, greatest(ctx.oldest,
		    last, CASE
			WHEN open_since IS NULL AND last IS NULL THEN coalesce(
			    valid_date, CASE WHEN date IS NULL
				AND state <> 'offline' THEN least(latest_date,
				seen) ELSE seen END)
			WHEN gap OR open_since IS NULL THEN CASE WHEN valid_date
				> coalesce(open_since, last)
				THEN valid_date
				-- It has not changed since before the gap.
				WHEN gap AND seen <= open_since THEN ctx.seen
				ELSE seen END
			WHEN state = open_state AND (news IS NOT TRUE
			    OR valid_date >= open_since
			    AND (valid_date <= open_since + interval '1 s'
				OR state = 'wrapup' AND same_task))
			    THEN open_since
			WHEN valid_date > open_since THEN valid_date
			WHEN valid_date > before THEN valid_date
			WHEN news THEN open_since
			WHEN task_ended_at > open_since AND task_ended_at <= seen
			THEN task_ended_at
			-- A clock that is set back does not change history.
			WHEN seen < open_since - interval '1 min'
			THEN open_since + interval '1 us'
			ELSE greatest(seen, open_since) END))) AS start
		FROM opened
	)
	SELECT login, coalesce(agent_id,
		nextval('cccp.agent_agent_id_seq')::int), agent_id IS NULL,
	    kind, state, CASE
		WHEN gap AND NOT ctx.live THEN coalesce(valid_date,
		    CASE WHEN state = old_state THEN state_since ELSE seen END)
		WHEN gap OR open_since IS NULL THEN coalesce(valid_date, start)
		WHEN start = open_since AND state = open_state
		THEN coalesce(open_state_since, open_since)
		ELSE start
	    END, CASE
		WHEN valid_date IS NOT NULL THEN true
		WHEN state = old_state THEN old_known
		WHEN old_state IS NOT NULL THEN true
		ELSE date IS NULL AND state <> 'offline'
		    AND latest_date <= seen
	    END IS TRUE, task_news, raw_mode, mode_label, CASE
		WHEN open_since IS NULL THEN 'open'
		WHEN gap AND NOT ctx.live THEN NULL
		WHEN start > open_since THEN 'split'
		WHEN start < open_since THEN 'move'
		WHEN gap OR other_mode OR state <> open_state THEN 'replace'
	    END, start, open_since, CASE WHEN open_since IS NULL THEN last
		ELSE before END
	FROM begun;
END $$;
COMMENT ON FUNCTION cccp_private.flush_agent_todo IS
    'Step of cccp.flush(): determines kind, state and start of the state of'
    ' the staged agents, and what happens to their open intervals.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_agent_todo TO cccp_poller;

DO $do$
BEGIN
	-- %1$s: names; %2$s: staged values; %3$s: stored values
	EXECUTE format($f$
		CREATE FUNCTION cccp_private.flush_agent_update(
		    ctx cccp_private.flush_context) RETURNS bigint
		LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
		AS $$
		DECLARE
			changed bigint;
		BEGIN
			UPDATE cccp.agent a SET (kind, hidden, state,
			    state_since, since_known, listed_at, generation,
			    changed_at, %1$s)
			= (t.kind, n.login = ANY (ctx.hidden_logins), t.state,
			    t.since, t.since_known, CASE WHEN a.present
				THEN a.listed_at ELSE now() END,
			    ctx.generation, now(), %2$s)
			FROM pg_temp.agent_in n
			JOIN pg_temp.agent_todo t USING (login)
			WHERE a.agent_id = t.agent_id AND NOT t.is_new
			AND (a.kind, a.hidden, a.state, a.state_since,
			    a.since_known, %3$s)
			IS DISTINCT FROM (t.kind,
			    n.login = ANY (ctx.hidden_logins),
			    t.state::cccp.state, t.since, t.since_known, %2$s);
			GET DIAGNOSTICS changed = ROW_COUNT;
			RETURN changed;
		END $$
	$f$, cccp_private.field_list('cccp.agent', '{name}'),
	    cccp_private.field_list('cccp.agent', '{value}'),
	    cccp_private.field_list('cccp.agent', 'a.{name}'));
END $do$;
COMMENT ON FUNCTION cccp_private.flush_agent_update IS
    'Step of cccp.flush(): updates known agents; returns how many changed.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_agent_update TO cccp_poller;

-- New agents are stored in the order of their names: see tables/003-agent.sql.
DO $do$
BEGIN
	-- %1$s: names; %2$s: staged values
	EXECUTE format($f$
		CREATE FUNCTION cccp_private.flush_agent_insert(
		    ctx cccp_private.flush_context) RETURNS bigint
		LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
		AS $$
		DECLARE
			added bigint;
		BEGIN
			INSERT INTO cccp.agent (agent_id, source_id, kind,
			    hidden, state, state_since, since_known,
			    generation, %1$s)
			OVERRIDING SYSTEM VALUE
			SELECT t.agent_id, ctx.source_id, t.kind,
			    n.login = ANY (ctx.hidden_logins), t.state, t.since,
			    t.since_known, ctx.generation, %2$s
			FROM pg_temp.agent_in n
			JOIN pg_temp.agent_todo t USING (login)
			WHERE t.is_new
			ORDER BY n.name COLLATE cccp.french;
			GET DIAGNOSTICS added = ROW_COUNT;
			RETURN added;
		END $$
	$f$, cccp_private.field_list('cccp.agent', '{name}'),
	    cccp_private.field_list('cccp.agent', '{value}'));
END $do$;
COMMENT ON FUNCTION cccp_private.flush_agent_insert IS
    'Step of cccp.flush(): inserts new agents; returns how many.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_agent_insert TO cccp_poller;

CREATE FUNCTION cccp_private.flush_agent_now(ctx cccp_private.flush_context)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO cccp.agent_now AS w (agent_id, source_id, state,
	    since_known, state_since)
	SELECT t.agent_id, ctx.source_id, t.state, t.since_known, k.since
	FROM pg_temp.agent_todo t
	CROSS JOIN LATERAL (SELECT CASE WHEN t.since_known THEN t.since
		ELSE 'epoch' END AS since) k
	WHERE t.login <> ALL (ctx.hidden_logins)
	AND NOT EXISTS (SELECT FROM cccp.agent_now o
	    WHERE o.agent_id = t.agent_id AND o.state = t.state
	    AND o.since_known = t.since_known AND o.state_since = k.since)
	ON CONFLICT (agent_id) DO UPDATE
	SET state = excluded.state, since_known = excluded.since_known,
	    state_since = excluded.state_since;
	DELETE FROM cccp.agent_now w
	USING pg_temp.agent_todo t
	WHERE w.agent_id = t.agent_id AND t.login = ANY (ctx.hidden_logins);
END $$;
COMMENT ON FUNCTION cccp_private.flush_agent_now IS
    'Step of cccp.flush(): updates agent_now from agent_todo.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_agent_now TO cccp_poller;

-- An agent is gone when it is staged as not present, or when staging is complete
-- and does not contain it.
CREATE FUNCTION cccp_private.flush_agent_gone(ctx cccp_private.flush_context)
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
	INSERT INTO pg_temp.state_todo (agent_id, action, since, open_since)
	SELECT o.agent_id, 'close', greatest(coalesce(n.seen_at, ctx.seen),
	    o.since + interval '1 us'), o.since
	FROM cccp.agent_state o
	JOIN cccp.agent a ON a.agent_id = o.agent_id
	LEFT JOIN pg_temp.agent_in n ON n.login = a.login
	WHERE o.agent_id = ANY (gone) AND o.until IS NULL;
	UPDATE cccp.agent a SET present = false, state_since = coalesce((
		SELECT t.since FROM pg_temp.state_todo t
		WHERE t.agent_id = a.agent_id), a.state_since),
	    since_known = true, generation = ctx.generation, changed_at = now()
	WHERE a.agent_id = ANY (gone);
	DELETE FROM cccp.agent_now w WHERE w.agent_id = ANY (gone);
	RETURN cardinality(gone);
END $$;
COMMENT ON FUNCTION cccp_private.flush_agent_gone IS
    'Step of cccp.flush(): marks agents that are gone as not present; returns'
    ' how many.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_agent_gone TO cccp_poller;
