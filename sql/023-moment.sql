-- 023-moment.sql: the moments that durations count from.
--
-- Durations grow, so who reads a list by them, page after page, goes by the
-- moment that they count from, by our clock.

SET LOCAL ROLE cccp_owner;

CREATE OR REPLACE VIEW cccp_v1.user AS
SELECT s.name AS source, a.login, a.name, a.kind, a.profile, a.team,
    CASE WHEN a.present AND NOT x.stale THEN a.state ELSE 'unknown' END
	::text AS state,
    y.since AS state_since,
    cccp.seconds_since(y.since, s.clock_skew_s) AS state_seconds,
    a.state::text AS known_state, x.stale, a.mode, a.mode_label, a.mode_since,
    a.interface, a.task, a.task_label, a.task_started_at, a.task_managed_at,
    a.task_ended_at, a.call_queue AS queue, a.queues, a.phone, a.phone_uri,
    a.logged, a.login_at, a.logout_at,
    CASE WHEN a.logged THEN cccp.seconds_since(a.login_at, s.clock_skew_s)
	END AS login_seconds,
    a.session_id, a.busy_count, a.record_active % 2 = 1 AS recording, a.spies,
    a.total_inbound, a.managed_inbound, a.lost_inbound,
    a.transferred_inbound, a.redirected_inbound, a.total_tasks,
    a.contact_seconds, a.held_seconds, a.ringing_seconds, a.pause_seconds,
    a.outbound_seconds, a.contact_seconds_max, a.held_seconds_max,
    a.ringing_seconds_max,
    a.contact_seconds / nullif(a.managed_inbound, 0) AS contact_seconds_mean,
    a.held_seconds / nullif(a.managed_inbound, 0) AS held_seconds_mean,
    a.ringing_seconds / nullif(a.managed_inbound, 0) AS ringing_seconds_mean,
    a.outbound_state, a.outbound_target, a.outbound_started_at, a.present,
    a.hidden, a.changed_at, a.generation, a.object_id, a.agent_id AS user_id,
    a.search_key, y.since - y.skew AS state_from,
    CASE WHEN a.logged THEN a.login_at - y.skew END AS login_from
FROM cccp.agent a
JOIN cccp.source s ON s.source_id = a.source_id AND NOT s.retired
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN LATERAL (SELECT s.clock_skew_s * interval '1 s' AS skew,
    CASE WHEN x.stale THEN s.alive_at ELSE a.state_since END AS since) y;
COMMENT ON COLUMN cccp_v1.user.state_from IS
    'What state_seconds counts from: state_since by our clock.';
COMMENT ON COLUMN cccp_v1.user.login_from IS
    'What login_seconds counts from: login_at by our clock; null when logged'
    ' out.';

CREATE OR REPLACE VIEW cccp_v1.queue AS
SELECT s.name AS source, q.name, q.label, q.type, q.priority, x.stale,
    q.latent_sessions, q.logged_sessions, q.working_sessions,
    q.withdrawn_sessions, q.outbound_sessions, q.supervision_sessions,
    q.latent_sessions + q.logged_sessions AS agents,
    q.logged_sessions - q.working_sessions AS free_sessions,
    q.running_tasks, q.waiting_tasks, q.managed_tasks + q.failed_tasks
	AS offered_tasks,
    q.managed_tasks, q.failed_tasks, t.turned_away,
    q.failed_tasks - coalesce(t.turned_away, 0) AS abandoned_tasks,
    q.managed_tasks::double precision
	/ nullif(q.managed_tasks + q.failed_tasks, 0) AS answer_rate,
    q.max_waiting, q.max_estimated_waiting, q.not_manageable_with_latent,
    q.not_manageable_without_latent, q.contact_seconds, q.contact_seconds_max,
    q.contact_seconds / nullif(q.managed_tasks, 0) AS contact_seconds_mean,
    q.waiting_seconds, q.waiting_seconds_max,
    q.waiting_seconds / nullif(q.managed_tasks + q.failed_tasks, 0)
	AS waiting_seconds_mean,
    q.oldest_contact_at, q.oldest_waiting_at,
    cccp.seconds_since(q.oldest_waiting_at, s.clock_skew_s)
	AS longest_wait_seconds,
    q.present, q.hidden, q.changed_at, q.generation, q.object_id, q.queue_id,
    ARRAY(SELECT m.waiting_tasks FROM generate_series(
	date_trunc('minute', now()) - interval '59 minutes',
	date_trunc('minute', now()), interval '1 minute') i
	LEFT JOIN cccp.queue_sample m ON m.queue_id = q.queue_id
	AND m.minute = i
	AND m.minute >= date_trunc('minute', now()) - interval '1 hour'
	ORDER BY i) AS samples,
    q.oldest_waiting_at - s.clock_skew_s * interval '1 s'
	AS longest_wait_from
FROM cccp.queue q
JOIN cccp.source s ON s.source_id = q.source_id AND NOT s.retired
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN LATERAL (SELECT cccp.turned_away(q.max_waiting,
    q.max_estimated_waiting, q.not_manageable_with_latent,
    q.not_manageable_without_latent) AS turned_away) t;
COMMENT ON COLUMN cccp_v1.queue.longest_wait_from IS
    'What longest_wait_seconds counts from: oldest_waiting_at by our clock.';

-- As in 013, but that a source's clock was set is news: it moves all moments.
CREATE OR REPLACE FUNCTION cccp.flush_source(old cccp.source,
    ctx cccp.flush_context, gap_at timestamptz, rows_changed bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	new record;
	changed bigint := rows_changed;
	gap timestamptz := CASE WHEN NOT ctx.heal
	    THEN coalesce(old.gap_since, gap_at) END;
BEGIN
	SELECT url, status, CASE WHEN status <> 'live' THEN error END AS error,
	    server_version, alive_at, clock_skew_s,
	    coalesce(make_interval(secs => stale_after_s), old.stale_after)
		AS stale_after INTO new
	FROM pg_temp.source_in;
	IF (old.url, old.status, old.error, old.server_version,
	    old.stale_after, old.retired, old.clock_skew_s)
	    IS DISTINCT FROM (new.url, new.status, new.error,
	    coalesce(new.server_version, old.server_version),
	    new.stale_after, false,
	    coalesce(new.clock_skew_s, old.clock_skew_s)) THEN
		changed := changed + 1;
	END IF;
	IF changed = 0 AND gap IS NOT DISTINCT FROM old.gap_since
	    AND old.last_sync > now() - interval '2 s'
	    AND coalesce(new.alive_at BETWEEN old.alive_at - interval '2 s'
		AND old.alive_at + interval '2 s', new.alive_at IS NULL) THEN
		RETURN 0;
	END IF;
	UPDATE cccp.source s SET url = new.url, status = new.status,
	    status_since = CASE WHEN s.status = new.status
		THEN s.status_since ELSE now() END,
	    alive_at = coalesce(new.alive_at, s.alive_at), gap_since = gap,
	    last_sync = now(), error = new.error,
	    error_at = CASE WHEN new.error IS DISTINCT FROM s.error
		AND new.error IS NOT NULL THEN now() ELSE s.error_at END,
	    clock_skew_s = coalesce(new.clock_skew_s, s.clock_skew_s),
	    stale_after = new.stale_after, retired = false,
	    server_version = coalesce(new.server_version, s.server_version),
	    last_change = CASE WHEN changed > 0 THEN now()
		ELSE s.last_change END,
	    generation = CASE WHEN changed > 0 THEN ctx.generation
		ELSE s.generation END
	WHERE s.source_id = ctx.source_id;
	RETURN changed;
END $$;

-- As in 013, but a source's skew stays what it was when it seems to be only a
-- little different: else each flush would move all moments.  What is said on
-- its way here late makes it seem smaller, so the largest is the best known.
CREATE OR REPLACE FUNCTION cccp.flush(OUT source_id int, OUT generation bigint,
    OUT rows_changed bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET jit = off SET work_mem = '64MB' SET plan_cache_mode = auto
SET enable_nestloop = on SET enable_hashjoin = on SET enable_material = on
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	started timestamptz := clock_timestamp();
	new record;
	old cccp.source;
	ctx cccp.flush_context;
	gap_at timestamptz;
	added int := 0;
BEGIN
	PERFORM FROM cccp.clock FOR UPDATE;
	DELETE FROM pg_temp.agent_todo;
	DELETE FROM pg_temp.call_todo;
	IF (SELECT count(*) FROM pg_temp.source_in) <> 1 THEN
		RAISE EXCEPTION 'source_in holds % rows, 1 is needed',
		    (SELECT count(*) FROM pg_temp.source_in);
	END IF;
	-- now() is when the flush arrived, its rows not yet.
	UPDATE pg_temp.source_in SET clock_skew_s =
	    extract(epoch FROM source_now - now()) WHERE source_now IS NOT NULL;
	UPDATE pg_temp.source_in n SET clock_skew_s = s.clock_skew_s
	FROM cccp.source s
	WHERE s.name = n.name AND s.alive_at IS NOT NULL
	AND n.clock_skew_s > s.clock_skew_s - 0.5
	AND n.clock_skew_s < s.clock_skew_s + 0.05;
	SELECT * INTO new FROM pg_temp.source_in;
	SELECT * INTO old FROM cccp.source WHERE name = new.name;
	IF NOT FOUND THEN
		INSERT INTO cccp.source (name, url, status)
		VALUES (new.name, new.url, new.status) RETURNING * INTO old;
		added := 1;
	END IF;
	gap_at := cccp.flush_gap_at(old, new.status,
	    coalesce(new.alive_at, old.alive_at),
	    coalesce(new.clock_skew_s, old.clock_skew_s),
	    coalesce(new.resumed, false));
	SELECT old.source_id, c.generation + 1,
	    coalesce(new.alive_at, old.alive_at, now()), c.history_from,
	    now() + interval '1 month', new.status = 'live',
	    coalesce(new.complete, false),
	    new.status = 'live' AND (old.gap_since IS NOT NULL
		OR gap_at IS NOT NULL),
	    old.supervisor_profiles, old.hidden_logins
	INTO ctx FROM cccp.clock c;
	PERFORM cccp.flush_settings(ctx.complete OR gap_at IS NOT NULL
	    OR ctx.heal);

	rows_changed := cccp.flush_source(old, ctx, gap_at,
	    added + cccp.flush_rows(ctx, gap_at));
	source_id := ctx.source_id;
	generation := ctx.generation - 1;
	IF rows_changed > 0 THEN
		generation := ctx.generation;
		UPDATE cccp.clock SET generation = ctx.generation;
		INSERT INTO cccp.sync VALUES (ctx.generation, ctx.source_id,
		    now(), extract(epoch FROM clock_timestamp() - started)
		    * 1000, rows_changed);
		DELETE FROM cccp.sync s
		WHERE s.generation <= ctx.generation - 10000;
		PERFORM pg_notify('cccp', ctx.generation::text);
	END IF;
END $$;
COMMENT ON COLUMN cccp.source.clock_skew_s IS
    'Seconds that its clock is ahead of ours; half a second less, or a twentieth'
    ' more, is no change.';
