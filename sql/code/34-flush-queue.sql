-- 34-flush-queue.sql: queues, and their samples for charts.

CREATE FUNCTION cccp_private.flush_queue(ctx cccp_private.flush_context)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changed bigint;
	n bigint;
BEGIN
	UPDATE cccp.queue q SET (present, object_id, display_name, type,
	    priority, latent_sessions, logged_sessions, working_sessions,
	    withdrawn_sessions, outbound_sessions, supervision_sessions,
	    running_tasks, waiting_tasks, managed_tasks, failed_tasks,
	    max_waiting, max_estimated_waiting, not_manageable_with_latent,
	    not_manageable_without_latent, contact_seconds,
	    contact_seconds_max, waiting_seconds, waiting_seconds_max,
	    oldest_contact_at, oldest_waiting_at, generation, changed_at)
	= (true, n.object_id, n.display_name, n.type, n.priority,
	    n.latent_sessions, n.logged_sessions, n.working_sessions,
	    n.withdrawn_sessions, n.outbound_sessions, n.supervision_sessions,
	    n.running_tasks, n.waiting_tasks, n.managed_tasks, n.failed_tasks,
	    n.max_waiting, n.max_estimated_waiting,
	    n.not_manageable_with_latent, n.not_manageable_without_latent,
	    n.contact_seconds, n.contact_seconds_max, n.waiting_seconds,
	    n.waiting_seconds_max, n.oldest_contact_at, n.oldest_waiting_at,
	    ctx.generation, now())
	FROM pg_temp.queue_in n
	WHERE q.source_id = ctx.source_id AND q.name = n.name
	AND n.present IS NOT FALSE
	AND (q.present, q.object_id, q.display_name, q.type, q.priority,
	    q.latent_sessions, q.logged_sessions, q.working_sessions,
	    q.withdrawn_sessions, q.outbound_sessions, q.supervision_sessions,
	    q.running_tasks, q.waiting_tasks, q.managed_tasks, q.failed_tasks,
	    q.max_waiting, q.max_estimated_waiting,
	    q.not_manageable_with_latent, q.not_manageable_without_latent,
	    q.contact_seconds, q.contact_seconds_max, q.waiting_seconds,
	    q.waiting_seconds_max, q.oldest_contact_at, q.oldest_waiting_at)
	IS DISTINCT FROM (true, n.object_id, n.display_name, n.type,
	    n.priority, n.latent_sessions, n.logged_sessions,
	    n.working_sessions, n.withdrawn_sessions, n.outbound_sessions,
	    n.supervision_sessions, n.running_tasks, n.waiting_tasks,
	    n.managed_tasks, n.failed_tasks, n.max_waiting,
	    n.max_estimated_waiting, n.not_manageable_with_latent,
	    n.not_manageable_without_latent, n.contact_seconds,
	    n.contact_seconds_max, n.waiting_seconds, n.waiting_seconds_max,
	    n.oldest_contact_at, n.oldest_waiting_at);
	GET DIAGNOSTICS changed = ROW_COUNT;

	INSERT INTO cccp.queue (source_id, name, object_id, display_name, type,
	    priority, latent_sessions, logged_sessions, working_sessions,
	    withdrawn_sessions, outbound_sessions, supervision_sessions,
	    running_tasks, waiting_tasks, managed_tasks, failed_tasks,
	    max_waiting, max_estimated_waiting, not_manageable_with_latent,
	    not_manageable_without_latent, contact_seconds,
	    contact_seconds_max, waiting_seconds, waiting_seconds_max,
	    oldest_contact_at, oldest_waiting_at, generation)
	SELECT ctx.source_id, n.name, n.object_id, n.display_name, n.type,
	    n.priority, n.latent_sessions, n.logged_sessions,
	    n.working_sessions, n.withdrawn_sessions, n.outbound_sessions,
	    n.supervision_sessions, n.running_tasks, n.waiting_tasks,
	    n.managed_tasks, n.failed_tasks, n.max_waiting,
	    n.max_estimated_waiting, n.not_manageable_with_latent,
	    n.not_manageable_without_latent, n.contact_seconds,
	    n.contact_seconds_max, n.waiting_seconds, n.waiting_seconds_max,
	    n.oldest_contact_at, n.oldest_waiting_at, ctx.generation
	FROM pg_temp.queue_in n
	WHERE n.present IS NOT FALSE AND NOT EXISTS (
		SELECT FROM cccp.queue q
		WHERE q.source_id = ctx.source_id AND q.name = n.name);
	GET DIAGNOSTICS n = ROW_COUNT;
	changed := changed + n;

	UPDATE cccp.queue q SET present = false, generation = ctx.generation,
	    changed_at = now()
	WHERE q.source_id = ctx.source_id AND q.present
	AND CASE WHEN ctx.complete THEN q.name NOT IN (
		SELECT n.name FROM pg_temp.queue_in n
		WHERE n.present IS NOT FALSE)
	ELSE q.name IN (
		SELECT n.name FROM pg_temp.queue_in n
		WHERE n.present IS FALSE) END;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN changed + n;
END $$;
COMMENT ON FUNCTION cccp_private.flush_queue IS
    'Step of cccp.flush(): queues; returns how many changed.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_queue TO cccp_poller;

CREATE FUNCTION cccp_private.flush_sample(ctx cccp_private.flush_context)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	this timestamptz := date_trunc('minute', now(), 'UTC');
BEGIN
	UPDATE cccp.source SET sampled_at = this
	WHERE source_id = ctx.source_id AND sampled_at IS DISTINCT FROM this;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM cccp.ensure_partitions('cccp.queue_sample', this, this);
	INSERT INTO cccp.queue_sample (queue_id, minute, logged_sessions,
	    working_sessions, withdrawn_sessions, running_tasks, waiting_tasks,
	    managed_tasks, failed_tasks, turned_away, contact_seconds,
	    waiting_seconds, oldest_waiting_at)
	SELECT queue_id, this, logged_sessions, working_sessions,
	    withdrawn_sessions, running_tasks, waiting_tasks, managed_tasks,
	    failed_tasks, cccp.turned_away(max_waiting, max_estimated_waiting,
		not_manageable_with_latent, not_manageable_without_latent),
	    contact_seconds, waiting_seconds, oldest_waiting_at
	FROM cccp.queue WHERE source_id = ctx.source_id AND present
	ON CONFLICT DO NOTHING;
END $$;
COMMENT ON FUNCTION cccp_private.flush_sample IS
    'Step of cccp.flush(): once a minute, all queues go to queue_sample.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_sample TO cccp_poller;
