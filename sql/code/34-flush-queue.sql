-- 34-flush-queue.sql: queues, and their samples for charts.

DO $do$
BEGIN
	-- %1$s: names; %2$s: staged values; %3$s: stored values
	EXECUTE format($f$
		CREATE FUNCTION cccp_private.flush_queue(
		    ctx cccp_private.flush_context) RETURNS bigint
		LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
		AS $$
		DECLARE
			changed bigint;
			n bigint;
		BEGIN
			UPDATE cccp.queue q SET (generation, changed_at,
			    listed_at, %1$s)
			= (ctx.generation, now(), CASE WHEN q.present
				THEN q.listed_at ELSE now() END, %2$s)
			FROM pg_temp.queue_in n
			WHERE q.source_id = ctx.source_id AND q.name = n.name
			AND n.present IS NOT FALSE
			AND (%3$s) IS DISTINCT FROM (%2$s);
			GET DIAGNOSTICS changed = ROW_COUNT;

			INSERT INTO cccp.queue (source_id, generation, %1$s)
			SELECT ctx.source_id, ctx.generation, %2$s
			FROM pg_temp.queue_in n
			WHERE n.present IS NOT FALSE AND NOT EXISTS (
				SELECT FROM cccp.queue q
				WHERE q.source_id = ctx.source_id
				AND q.name = n.name);
			GET DIAGNOSTICS n = ROW_COUNT;
			changed := changed + n;

			UPDATE cccp.queue q SET present = false,
			    generation = ctx.generation, changed_at = now()
			WHERE q.source_id = ctx.source_id AND q.present
			AND CASE WHEN ctx.complete THEN q.name NOT IN (
				SELECT n.name FROM pg_temp.queue_in n
				WHERE n.present IS NOT FALSE)
			ELSE q.name IN (
				SELECT n.name FROM pg_temp.queue_in n
				WHERE n.present IS FALSE) END;
			GET DIAGNOSTICS n = ROW_COUNT;
			RETURN changed + n;
		END $$
	$f$, cccp_private.field_list('cccp.queue', '{name}'),
	    cccp_private.field_list('cccp.queue', '{value}'),
	    cccp_private.field_list('cccp.queue', 'q.{name}'));
END $do$;
COMMENT ON FUNCTION cccp_private.flush_queue IS
    'Step of cccp.flush(): writes queues; returns how many changed.';
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
	SELECT q.queue_id, this, q.logged_sessions, q.working_sessions,
	    q.withdrawn_sessions, q.running_tasks, q.waiting_tasks,
	    coalesce(q.managed_tasks, f.absent),
	    coalesce(q.failed_tasks, f.absent),
	    coalesce(cccp.turned_away(q.max_waiting, q.max_estimated_waiting,
		q.not_manageable_with_latent, q.not_manageable_without_latent),
		f.absent), coalesce(q.contact_seconds, f.absent),
	    coalesce(q.waiting_seconds, f.absent), q.oldest_waiting_at
	FROM cccp.queue q
	JOIN cccp.source s USING (source_id)
	CROSS JOIN LATERAL (SELECT CASE WHEN cccp.queue_counts(q, s.passed_at,
	    s.clock_skew_s) THEN 0 END AS absent) f
	WHERE q.source_id = ctx.source_id AND q.present
	ON CONFLICT DO NOTHING;
END $$;
COMMENT ON FUNCTION cccp_private.flush_sample IS
    'Step of cccp.flush(): once a minute, copies all queues to queue_sample.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_sample TO cccp_poller;
