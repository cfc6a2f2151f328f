-- 35-flush.sql: one flush, from the staging tables to the tables.
--
-- Read cccp.flush() at the end first, then flush_rows(), which calls the steps.
-- Flushes of several pollers run one after the other, so that generations become
-- visible in ascending order.

CREATE FUNCTION cccp_private.flush_dedupe(staging name, key name,
    preferred text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	doubled boolean;
BEGIN
	EXECUTE format('SELECT EXISTS (SELECT FROM pg_temp.%I GROUP BY %I'
	    ' HAVING count(*) > 1)', staging, key) INTO doubled;
	IF doubled THEN
		EXECUTE format('DELETE FROM pg_temp.%I WHERE ctid IN (
			SELECT ctid FROM (
				SELECT ctid, row_number() OVER (
				    PARTITION BY %I ORDER BY present IS FALSE,
				    (%s) IS NOT TRUE,
				    object_id DESC NULLS LAST, ctid DESC) AS n
				FROM pg_temp.%1$I) x
			WHERE n > 1)', staging, key, preferred);
	END IF;
END $$;
COMMENT ON FUNCTION cccp_private.flush_dedupe IS
    'Step of cccp.flush(): of several staged rows with the same key, keeps the'
    ' newest one, if possible one that is present and preferred.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_dedupe TO cccp_poller;

CREATE FUNCTION cccp_private.flush_gap_at(old cccp.source, status text,
    alive_at timestamptz, clock_skew_s double precision, resumed boolean)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
	WHEN (old).gap_since IS NOT NULL OR (old).alive_at IS NULL THEN NULL
	-- Silence is measured by our clock, since the source's may be set.
	WHEN (resumed OR status IN ('connecting', 'down'))
	    AND alive_at - clock_skew_s * interval '1 s' - ((old).alive_at
	    - (old).clock_skew_s * interval '1 s') > (old).stale_after
	    THEN (old).alive_at
	WHEN status <> 'live' AND (status = 'stale' OR now()
	    + clock_skew_s * interval '1 s' - alive_at > (old).stale_after)
	    THEN alive_at
END;
COMMENT ON FUNCTION cccp_private.flush_gap_at IS
    'Step of cccp.flush(): when a gap of a source starts; null when none does.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_gap_at TO cccp_poller;

-- source_in.defects is an array of objects with the fields of
-- cccp.source_defect; null when nothing is known of defects now.
CREATE FUNCTION cccp_private.flush_defect(ctx cccp_private.flush_context)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	news jsonb := (SELECT defects FROM pg_temp.source_in);
	n bigint;
BEGIN
	IF news IS NULL OR news = '[]' AND NOT EXISTS (
		SELECT FROM cccp.source_defect d
		WHERE d.source_id = ctx.source_id) THEN
		RETURN 0;
	END IF;
	WITH new AS (
		SELECT d.kind, d.list, d.path, min(d.field) AS field,
		    sum(d.count)::bigint AS count
		FROM jsonb_to_recordset(news) AS d (kind text, list text,
		    path text, field text, count bigint)
		GROUP BY 1, 2, 3
	), gone AS (
		DELETE FROM cccp.source_defect old
		WHERE source_id = ctx.source_id AND NOT EXISTS (
			SELECT FROM new WHERE new.kind = old.kind
			AND new.list = old.list AND new.path = old.path)
		RETURNING 1
	), written AS (
		INSERT INTO cccp.source_defect AS old
		SELECT ctx.source_id, kind, list, path, field, count FROM new
		ON CONFLICT (source_id, kind, list, path) DO UPDATE
		SET field = excluded.field, count = excluded.count
		WHERE (old.field, old.count)
		    IS DISTINCT FROM (excluded.field, excluded.count)
		RETURNING 1
	)
	SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
	INTO n;
	RETURN n;
END $$;
COMMENT ON FUNCTION cccp_private.flush_defect IS
    'Step of cccp.flush(): writes what is wrong with the data of the source;'
    ' returns how many rows changed.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_defect TO cccp_poller;

-- A gap that starts before the staged rows were seen is written first.  Another
-- gap is written last: the rows would have no effect during a gap.
CREATE FUNCTION cccp_private.flush_rows(ctx cccp_private.flush_context,
    gap_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n bigint := 0;
BEGIN
	IF gap_at < ctx.seen THEN
		PERFORM cccp_private.flush_state_gap(ctx, gap_at);
		n := n + cccp_private.flush_state_apply();
	END IF;
	IF ctx.complete OR EXISTS (SELECT FROM pg_temp.agent_in) THEN
		PERFORM cccp_private.flush_dedupe('agent_in', 'login',
		    'logged');
		PERFORM cccp_private.flush_agent_todo(ctx);
		n := n + cccp_private.flush_agent_update(ctx)
		    + cccp_private.flush_agent_insert(ctx)
		    + cccp_private.flush_agent_gone(ctx);
		PERFORM cccp_private.flush_agent_now(ctx);
	END IF;
	PERFORM cccp_private.flush_state_todo(ctx);
	IF ctx.heal THEN
		PERFORM cccp_private.flush_state_heal(ctx);
	END IF;
	n := n + cccp_private.flush_state_apply();
	IF gap_at >= ctx.seen THEN
		PERFORM cccp_private.flush_state_gap(ctx, gap_at);
		n := n + cccp_private.flush_state_apply();
	END IF;
	IF ctx.complete OR EXISTS (SELECT FROM pg_temp.queue_in) THEN
		PERFORM cccp_private.flush_dedupe('queue_in', 'name',
		    'logged_sessions > 0');
		n := n + cccp_private.flush_queue(ctx);
	END IF;
	IF ctx.complete OR EXISTS (SELECT FROM pg_temp.call_in) THEN
		PERFORM cccp_private.flush_dedupe('call_in', 'call_key',
		    'true');
		PERFORM cccp_private.flush_call_todo(ctx);
		n := n + cccp_private.flush_call_insert(ctx)
		    + cccp_private.flush_call_update(ctx)
		    + cccp_private.flush_call_gone(ctx);
	END IF;
	IF EXISTS (SELECT FROM pg_temp.agent_todo WHERE is_new) THEN
		n := n + cccp_private.flush_call_agent(ctx);
	END IF;
	IF EXISTS (SELECT FROM pg_temp.call_todo)
	    OR EXISTS (SELECT FROM pg_temp.agent_todo WHERE task_news) THEN
		n := n + cccp_private.flush_call_queue(ctx);
	END IF;
	IF ctx.live THEN
		PERFORM cccp_private.flush_sample(ctx);
	END IF;
	RETURN n + cccp_private.flush_defect(ctx);
END $$;
COMMENT ON FUNCTION cccp_private.flush_rows IS
    'Step of cccp.flush(): writes everything except the source itself; returns'
    ' how many rows changed.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_rows TO cccp_poller;

-- There are no statistics of the staging tables, so these settings guide the
-- planner.  Many rows are joined by hash, with a new plan for each flush.  Few
-- rows are looked up one by one with cached plans, because planning would take
-- longer than the lookups.
CREATE FUNCTION cccp_private.flush_settings(many boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	many := many OR (SELECT count(*) > 200 FROM pg_temp.agent_in)
	    OR (SELECT count(*) > 200 FROM pg_temp.call_in);
	PERFORM set_config('plan_cache_mode', CASE WHEN many
		THEN 'force_custom_plan' ELSE 'force_generic_plan' END, true),
	    set_config('enable_nestloop', (NOT many)::text, true),
	    set_config('enable_hashjoin', many::text, true),
	    set_config('enable_material', many::text, true);
END $$;
COMMENT ON FUNCTION cccp_private.flush_settings IS
    'Step of cccp.flush(): planner settings, in effect until it returns.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_settings TO cccp_poller;

-- The poller has set another zone for itself.  One that was set as a number has
-- another text when it is shown, which is a zone for values too.
CREATE FUNCTION cccp_private.flush_zone() RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
AS $$
BEGIN
	RETURN set_config('TimeZone', reset_val, true) FROM pg_settings
	WHERE name = 'TimeZone';
END $$;
COMMENT ON FUNCTION cccp_private.flush_zone IS
    'Step of cccp.flush(): the time zone of the database.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_zone TO cccp_poller;

-- A new clock skew counts as a change: it moves all times of the source.
CREATE FUNCTION cccp_private.flush_source(old cccp.source,
    ctx cccp_private.flush_context, gap_at timestamptz, rows_changed bigint)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	new record;
	changed bigint := rows_changed;
	gap timestamptz := CASE WHEN NOT ctx.heal
	    THEN coalesce(old.gap_since, gap_at) END;
	midnight timestamptz;
BEGIN
	SELECT url, status, CASE WHEN status <> 'live' THEN error END AS error,
	    server_version, alive_at, clock_skew_s,
	    coalesce(make_interval(secs => stale_after_s), old.stale_after)
		AS stale_after, zone_s INTO new
	FROM pg_temp.source_in;
	IF (old.url, old.status, old.error, old.server_version,
	    old.stale_after, old.retired, old.clock_skew_s)
	    IS DISTINCT FROM (new.url, new.status, new.error,
	    coalesce(new.server_version, old.server_version),
	    new.stale_after, false,
	    coalesce(new.clock_skew_s, old.clock_skew_s)) THEN
		changed := changed + 1;
	END IF;
	-- A new day: what is running counts from its midnight.  When the server's
	-- offset changes, the day that began by the old offset goes on.
	midnight := cccp.midnight_before(coalesce(new.alive_at, old.alive_at),
	    coalesce(new.zone_s, old.zone_s), old.time_zone);
	IF old.zone_s IS NOT NULL AND midnight BETWEEN
	    old.midnight_at - interval '3 h' AND old.midnight_at + interval '3 h'
	THEN
		midnight := old.midnight_at;
	END IF;
	IF midnight <> old.midnight_at THEN
		changed := changed + 1;
		IF coalesce(new.zone_s, old.zone_s) IS NULL
		    AND cccp.known_zone(old.time_zone) IS NULL THEN
			RAISE WARNING 'source %: "%" is no time zone, its day'
			    ' is that of UTC', old.name, old.time_zone;
		END IF;
	END IF;
	IF changed = 0 AND gap IS NOT DISTINCT FROM old.gap_since
	    AND old.last_sync > now() - interval '2 s'
	    AND coalesce(new.alive_at BETWEEN old.alive_at - interval '2 s'
		AND old.alive_at + interval '2 s', new.alive_at IS NULL) THEN
		RETURN 0;
	END IF;
	UPDATE cccp.source s SET url = new.url,
	    read_url = CASE WHEN ctx.complete THEN new.url ELSE s.read_url END,
	    status = new.status,
	    status_since = CASE WHEN s.status = new.status
		THEN s.status_since ELSE now() END,
	    alive_at = coalesce(new.alive_at, s.alive_at), gap_since = gap,
	    zone_s = coalesce(new.zone_s, s.zone_s), midnight_at = midnight,
	    passed_at = CASE
		WHEN s.status = 'live' AND new.status = 'live'
		AND s.gap_since IS NULL AND gap_at IS NULL
		AND s.midnight_at < midnight THEN midnight
		ELSE s.passed_at END,
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
COMMENT ON FUNCTION cccp_private.flush_source IS
    'Step of cccp.flush(): writes the source itself; returns how many rows the'
    ' whole flush changed.';
GRANT EXECUTE ON FUNCTION cccp_private.flush_source TO cccp_poller;

-- A measured clock skew may be wrong by clock_error_s: the known skew stays when
-- it is within that, else the nearest one that is within it is taken.  A small
-- difference from the known skew is ignored: otherwise each flush would move all
-- times of the source.  Delays on the way make the skew look smaller, so the
-- largest measured skew is the most exact.
CREATE OR REPLACE FUNCTION cccp.flush(built_for text DEFAULT NULL,
    OUT source_id int, OUT generation bigint, OUT rows_changed bigint)
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
	ctx cccp_private.flush_context;
	gap_at timestamptz;
	added int := 0;
BEGIN
	PERFORM FROM cccp.clock FOR UPDATE;
	IF built_for <> cccp.schema_version() THEN
		RAISE EXCEPTION 'the schema is %, the program was built for %',
		    cccp.schema_version(), built_for
		    USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	DELETE FROM pg_temp.agent_todo;
	DELETE FROM pg_temp.call_todo;
	IF (SELECT count(*) FROM pg_temp.source_in) <> 1 THEN
		RAISE EXCEPTION 'source_in holds % rows, 1 is needed',
		    (SELECT count(*) FROM pg_temp.source_in);
	END IF;
	-- now() is when the transaction began, before its rows arrived.
	UPDATE pg_temp.source_in SET clock_skew_s =
	    extract(epoch FROM source_now - now()) WHERE source_now IS NOT NULL;
	UPDATE pg_temp.source_in n SET clock_skew_s = (
		SELECT CASE WHEN x.skew > s.clock_skew_s - 0.5
		    AND x.skew < s.clock_skew_s + 0.05
		    THEN s.clock_skew_s ELSE x.skew END
		FROM (SELECT greatest(n.clock_skew_s - e.s,
			least(n.clock_skew_s + e.s, s.clock_skew_s))
		    FROM (SELECT coalesce(n.clock_error_s, 0)) e (s)) x (skew))
	FROM cccp.source s
	WHERE s.name = n.name AND s.alive_at IS NOT NULL
	AND n.clock_skew_s IS NOT NULL;
	SELECT * INTO new FROM pg_temp.source_in;
	SELECT * INTO old FROM cccp.source WHERE name = new.name;
	IF NOT FOUND THEN
		INSERT INTO cccp.source (name, url, status, time_zone)
		VALUES (new.name, new.url, new.status,
		    cccp_private.flush_zone()) RETURNING * INTO old;
		added := 1;
	END IF;
	gap_at := cccp_private.flush_gap_at(old, new.status,
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
	PERFORM cccp_private.flush_settings(ctx.complete OR gap_at IS NOT NULL
	    OR ctx.heal);

	rows_changed := cccp_private.flush_source(old, ctx, gap_at,
	    added + cccp_private.flush_rows(ctx, gap_at));
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
COMMENT ON FUNCTION cccp.flush IS
    'Writes what differs between the staging tables (see cccp.staging()) and'
    ' the tables, in the caller''s transaction. If something changed, it'
    ' notifies channel cccp with the new generation. Returns the source, the'
    ' generation and how many rows were written. Fails when built_for is not'
    ' the current schema_version().';
GRANT EXECUTE ON FUNCTION cccp.flush TO cccp_poller;
