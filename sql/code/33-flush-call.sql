-- 33-flush-call.sql: calls, and the queue of the call that an agent has in hand.

-- The stored row of a staged call is the one with the same key and date.  If
-- there is none, it is the latest row with the key that is active or whose date
-- was guessed; for a call without a date, it is the latest row with the key.
-- So a date that is reported late moves the row, and a key that is used again
-- after the end of the call makes a new row.
CREATE FUNCTION cccp_private.flush_call_todo(ctx cccp_private.flush_context)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF ctx.complete THEN
		INSERT INTO pg_temp.call_in (call_key, queued_at, present)
		SELECT s.call_key, s.queued_at, false
		FROM cccp.call s
		WHERE s.source_id = ctx.source_id AND s.ended_at IS NULL
		AND NOT EXISTS (SELECT FROM pg_temp.call_in n
		    WHERE n.call_key = s.call_key);
	END IF;
	INSERT INTO pg_temp.call_todo
	SELECT n.staged, n.call_key, n.present IS FALSE, s.queued_at,
	    coalesce(n.queued, s.queued_at, n.first),
	    n.queued IS NULL AND coalesce(s.queued_guessed, true),
	    a.agent_id, s.agent_id
	FROM (
		SELECT c.*, c.ctid AS staged, CASE WHEN queued_at
			<= ctx.seen + interval '1 min' THEN queued_at END
			AS queued,
		    least(unqueued_at, managed_at, post_managed_at, ended_at,
			ctx.seen) AS first
		FROM pg_temp.call_in c
	) n
	LEFT JOIN LATERAL (
		SELECT s.queued_at, s.queued_guessed, s.agent_id
		FROM cccp.call s
		WHERE s.source_id = ctx.source_id AND s.call_key = n.call_key
		AND (n.queued IS NULL OR s.queued_at = n.queued
		    OR s.queued_guessed OR s.ended_at IS NULL)
		ORDER BY s.queued_at = n.queued DESC NULLS LAST,
		    s.queued_at DESC
		LIMIT 1
	) s ON true
	LEFT JOIN cccp.agent a ON a.source_id = ctx.source_id
	    AND a.login = n.agent_login
	WHERE coalesce(n.queued, s.queued_at, n.first)
	    BETWEEN ctx.oldest AND ctx.latest
	AND (n.present IS NOT FALSE OR s.queued_at IS NOT NULL
	    OR n.queued IS NOT NULL);
END $$;
COMMENT ON FUNCTION cccp_private.flush_call_todo IS
    'Step of cccp.flush(): finds the stored rows of the staged calls. When'
    ' staging is complete, stages the active calls that it lacks as gone.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_call_todo TO cccp_poller;

DO $do$
BEGIN
	-- %1$s: names; %2$s: staged values
	EXECUTE format($f$
		CREATE FUNCTION cccp_private.flush_call_insert(
		    ctx cccp_private.flush_context) RETURNS bigint
		LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
		AS $$
		DECLARE
			b record;
			added bigint;
		BEGIN
			SELECT min(queued_at) AS first, max(queued_at) AS last
			INTO b FROM pg_temp.call_todo
			WHERE stored_at IS DISTINCT FROM queued_at;
			IF b.last IS NULL THEN
				RETURN 0;
			END IF;
			PERFORM cccp.ensure_partitions('cccp.call', b.first,
			    b.last);
			INSERT INTO cccp.call (source_id, agent_id, queued_at,
			    queued_guessed, ended_at, lost, generation, %1$s)
			SELECT ctx.source_id, t.agent_id, t.queued_at,
			    t.guessed, CASE WHEN t.gone
				THEN coalesce(n.ended_at, ctx.seen)
				ELSE n.ended_at END,
			    t.gone AND n.ended_at IS NULL, ctx.generation, %2$s
			FROM pg_temp.call_todo t
			JOIN pg_temp.call_in n ON n.ctid = t.staged
			WHERE t.stored_at IS NULL;
			GET DIAGNOSTICS added = ROW_COUNT;
			RETURN added;
		END $$
	$f$, cccp_private.field_list('cccp.call', '{name}',
		'{queued_at, ended_at}'),
	    cccp_private.field_list('cccp.call', '{value}',
		'{queued_at, ended_at}'));
END $do$;
COMMENT ON FUNCTION cccp_private.flush_call_insert IS
    'Step of cccp.flush(): inserts new calls; returns how many.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_call_insert TO cccp_poller;

-- Known values of caller and callee stay when new ones are missing: the server
-- deletes the objects that report them before the call ends, so a poller that
-- was restarted does not see them.  Numbers that are masked for good stay so.
-- The settings make the planner look up each call by the index of its month.
DO $do$
BEGIN
	-- %1$s: names; %2$s: staged values; %3$s: stored values
	EXECUTE format($f$
		CREATE FUNCTION cccp_private.flush_call_update(
		    ctx cccp_private.flush_context) RETURNS bigint
		LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
		SET enable_nestloop = on SET enable_hashjoin = off
		SET enable_material = off SET enable_seqscan = off
		AS $$
		DECLARE
			changed bigint;
		BEGIN
			UPDATE cccp.call s SET (agent_id, caller, callee,
			    queued_at, queued_guessed, lost, generation,
			    changed_at, %1$s)
			= (t.agent_id, CASE WHEN s.blurred THEN s.caller
				ELSE coalesce(n.caller, s.caller) END,
			    CASE WHEN s.blurred THEN s.callee
				ELSE coalesce(n.callee, s.callee) END,
			    t.queued_at, t.guessed, false, ctx.generation, now(), %2$s)
			FROM pg_temp.call_todo t
			JOIN pg_temp.call_in n ON n.ctid = t.staged
			WHERE NOT t.gone AND s.source_id = ctx.source_id
			AND s.call_key = t.call_key
			AND s.queued_at = t.stored_at
			AND (s.agent_id, s.caller, s.callee, s.queued_at,
			    s.queued_guessed, s.lost, %3$s)
			IS DISTINCT FROM (t.agent_id,
			    CASE WHEN s.blurred THEN s.caller
				ELSE coalesce(n.caller, s.caller) END,
			    CASE WHEN s.blurred THEN s.callee
				ELSE coalesce(n.callee, s.callee) END,
			    t.queued_at, t.guessed, false, %2$s);
			GET DIAGNOSTICS changed = ROW_COUNT;
			RETURN changed;
		END $$
	$f$, cccp_private.field_list('cccp.call', '{name}',
		'{queued_at, caller, callee}'),
	    cccp_private.field_list('cccp.call', '{value}',
		'{queued_at, caller, callee}'),
	    cccp_private.field_list('cccp.call', 's.{name}',
		'{queued_at, caller, callee}'));
END $do$;
COMMENT ON FUNCTION cccp_private.flush_call_update IS
    'Step of cccp.flush(): updates known calls; returns how many changed.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_call_update TO cccp_poller;

-- For a call that is gone, staged values replace the stored ones; where a value
-- is missing, the stored one stays.
DO $do$
BEGIN
	-- %1$s: names; %2$s: staged values, or stored ones if missing
	EXECUTE format($f$
		CREATE FUNCTION cccp_private.flush_call_gone(
		    ctx cccp_private.flush_context) RETURNS bigint
		LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
		SET enable_nestloop = on SET enable_hashjoin = off
		SET enable_material = off SET enable_seqscan = off
		AS $$
		DECLARE
			gone bigint;
		BEGIN
			IF NOT EXISTS (SELECT FROM pg_temp.call_todo t
			    WHERE t.gone) THEN
				RETURN 0;
			END IF;
			UPDATE cccp.call s SET (agent_id, caller, callee,
			    ended_at, lost, generation, changed_at, %1$s)
			= (coalesce(t.agent_id, s.agent_id),
			    CASE WHEN s.blurred THEN s.caller
				ELSE coalesce(n.caller, s.caller) END,
			    CASE WHEN s.blurred THEN s.callee
				ELSE coalesce(n.callee, s.callee) END,
			    coalesce(n.ended_at, s.ended_at, ctx.seen),
			    n.ended_at IS NULL AND s.ended_at IS NULL,
			    ctx.generation, now(), %2$s)
			FROM pg_temp.call_todo t
			JOIN pg_temp.call_in n ON n.ctid = t.staged
			WHERE t.gone AND s.source_id = ctx.source_id
			AND s.call_key = t.call_key
			AND s.queued_at = t.stored_at
			AND (s.ended_at IS NULL
			    OR s.lost AND n.ended_at IS NOT NULL);
			GET DIAGNOSTICS gone = ROW_COUNT;
			RETURN gone;
		END $$
	$f$, cccp_private.field_list('cccp.call', '{name}',
		'{queued_at, ended_at, caller, callee}'),
	    cccp_private.field_list('cccp.call', 'coalesce(n.{name}, s.{name})',
		'{queued_at, ended_at, caller, callee}'));
END $do$;
COMMENT ON FUNCTION cccp_private.flush_call_gone IS
    'Step of cccp.flush(): ends the calls that the server no longer lists;'
    ' returns how many.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_call_gone TO cccp_poller;

-- Active calls whose agent was not known when the call was stored.
CREATE FUNCTION cccp_private.flush_call_agent(ctx cccp_private.flush_context)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found bigint;
BEGIN
	WITH found AS (
		UPDATE cccp.call s SET agent_id = t.agent_id,
		    generation = ctx.generation, changed_at = now()
		FROM pg_temp.agent_todo t
		WHERE t.is_new AND s.source_id = ctx.source_id
		AND s.ended_at IS NULL AND s.agent_id IS NULL
		AND s.agent_login = t.login
		RETURNING t.agent_id
	)
	INSERT INTO pg_temp.call_todo (agent_id) SELECT agent_id FROM found;
	GET DIAGNOSTICS found = ROW_COUNT;
	RETURN found;
END $$;
COMMENT ON FUNCTION cccp_private.flush_call_agent IS
    'Step of cccp.flush(): enters new agents in the active calls that name'
    ' them; returns how many calls changed.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_call_agent TO cccp_poller;

-- Of several calls in hand, the queue is that of the call answered last; calls
-- in wrap-up come after the others.  A call that rings names no agent yet: then
-- the agent's last task names the queue.
CREATE FUNCTION cccp_private.flush_call_queue(ctx cccp_private.flush_context)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changed bigint;
BEGIN
	WITH touched AS (
		SELECT agent_id FROM pg_temp.call_todo
		WHERE agent_id IS NOT NULL
		UNION
		SELECT old_agent_id FROM pg_temp.call_todo
		WHERE old_agent_id IS NOT NULL
		UNION
		SELECT agent_id FROM pg_temp.agent_todo WHERE task_news
	), hand AS (
		SELECT DISTINCT ON (c.agent_id) c.agent_id,
		    c.queue AS name, coalesce(q.display_name,
			c.queue_label, q.label, c.queue) AS label
		FROM cccp.call c LEFT JOIN cccp.queue q
		    ON q.source_id = c.source_id AND q.name = c.queue
		WHERE c.source_id = ctx.source_id AND c.ended_at IS NULL
		AND c.agent_id IN (SELECT agent_id FROM touched)
		AND coalesce(c.queue_label, c.queue) IS NOT NULL
		ORDER BY c.agent_id, c.post_managed_at IS NOT NULL,
		    c.managed_at DESC NULLS LAST, c.queued_at DESC
	), named AS (
		SELECT t.agent_id, CASE WHEN hand.agent_id IS NOT NULL
			THEN hand.name ELSE n.task_queue END AS name,
		    CASE WHEN hand.agent_id IS NOT NULL THEN hand.label
			ELSE coalesce(q.label, n.task_queue) END AS label
		FROM touched t JOIN cccp.agent a USING (agent_id)
		LEFT JOIN hand USING (agent_id)
		CROSS JOIN LATERAL (SELECT cccp.task_queue(a.busy_count >= 1,
		    a.task_started_at, a.task_ended_at, a.task_queue)) n
			(task_queue)
		LEFT JOIN cccp.queue q ON q.source_id = a.source_id
		    AND q.name = n.task_queue
	)
	UPDATE cccp.agent a SET call_queue = named.label,
	    call_queue_name = named.name, generation = ctx.generation,
	    changed_at = now()
	FROM named
	WHERE a.agent_id = named.agent_id
	AND (a.call_queue, a.call_queue_name)
	IS DISTINCT FROM (named.label, named.name);
	GET DIAGNOSTICS changed = ROW_COUNT;
	RETURN changed;
END $$;
COMMENT ON FUNCTION cccp_private.flush_call_queue IS
    'Step of cccp.flush(): updates the queue of the call in hand for agents'
    ' whose calls changed; returns how many agents changed.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_call_queue TO cccp_poller;
