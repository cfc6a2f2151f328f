-- 61-retention.sql: removes what is too old, class by class.

-- Answers that were made before may hold what is gone: a new generation ends
-- them.  The clock is locked until the transaction ends.
CREATE FUNCTION cccp_private.next_generation(source_id int, changed bigint)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next bigint;
BEGIN
	UPDATE cccp.clock SET generation = generation + 1
	RETURNING generation INTO next;
	INSERT INTO cccp.sync (generation, source_id, at, duration_ms,
	    rows_changed)
	VALUES (next, next_generation.source_id, now(), 0,
	    greatest(changed, 1));
	UPDATE cccp.source s SET generation = next, last_change = now()
	WHERE s.source_id = next_generation.source_id;
	PERFORM pg_notify('cccp', next::text);
END $$;
COMMENT ON FUNCTION cccp_private.next_generation IS
    'Makes and announces a new generation, of a source and a number of rows.';

CREATE OR REPLACE FUNCTION cccp.blur_numbers(older interval,
    at_most int DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	oldest timestamptz := now() - older;
	blurred bigint;
	n bigint;
	source int;
BEGIN
	IF older IS NULL OR older < interval '1 day' THEN
		RAISE EXCEPTION 'the interval is %, at least 1 day is needed',
		    older USING ERRCODE = 'invalid_parameter_value';
	END IF;
	WITH old AS MATERIALIZED (
		SELECT source_id, call_key, queued_at FROM cccp.call c
		WHERE NOT c.blurred AND queued_at < oldest
		AND (caller IS NOT NULL OR callee IS NOT NULL)
		ORDER BY queued_at LIMIT at_most
	), done AS (
		UPDATE cccp.call c SET caller = cccp.mask_number(caller),
		    callee = cccp.mask_number(callee), blurred = true
		FROM old
		WHERE c.source_id = old.source_id
		AND c.call_key = old.call_key AND c.queued_at = old.queued_at
		RETURNING c.source_id
	)
	SELECT count(*), min(source_id) INTO blurred, source FROM done;
	-- Whom the last outbound call of a user called; what the server still
	-- reports of present users stays.
	WITH done AS (
		UPDATE cccp.agent SET outbound_target
		    = cccp.mask_number(outbound_target)
		WHERE NOT present AND outbound_started_at < oldest
		AND outbound_target <> cccp.mask_number(outbound_target)
		RETURNING source_id
	)
	SELECT count(*), coalesce(source, min(source_id)) INTO n, source
	FROM done;
	blurred := blurred + n;
	IF blurred = 0 THEN
		RETURN 0;
	END IF;
	UPDATE cccp.purge_report SET rows = rows + blurred, till = oldest
	WHERE class = 'numbers' AND at >= date_trunc('day', now(), 'UTC');
	IF NOT FOUND THEN
		INSERT INTO cccp.purge_report (class, relation, rows, till,
		    asked_by)
		VALUES ('numbers', 'cccp.call', blurred, oldest, session_user);
	END IF;
	PERFORM cccp_private.next_generation(source, blurred);
	RETURN blurred;
END $$;
COMMENT ON FUNCTION cccp.blur_numbers IS
    'Masks the numbers of calls that are older than an interval, for good: see'
    ' cccp.mask_number(). With at_most, that many calls, the oldest first.'
    ' Returns how many rows changed. For the owner; cccp.purge() calls it with'
    ' the interval of cccp.retention.';

CREATE FUNCTION cccp_private.keep_audit(keep interval) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM cccp.ensure_partitions('cccp_audit.access_log', now(),
	    now() + interval '2 months');
	RETURN cccp_private.drop_partitions('cccp_audit.access_log',
	    date_trunc('month', now() - keep, 'UTC'), 'audit');
END $$;
COMMENT ON FUNCTION cccp_private.keep_audit IS
    'As cccp.keep_partitions(), of cccp_audit.access_log.';

-- A class that fails does not keep the others from being done.  History comes
-- last, since it locks the clock, which each flush needs.  The poller writes
-- nothing meanwhile, so numbers are masked in small parts.
CREATE OR REPLACE FUNCTION cccp.purge(history interval DEFAULT '13 months',
    OUT class text, OUT removed bigint, OUT more boolean, OUT error text)
RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '1s'
AS $$
#variable_conflict use_column
DECLARE
	part constant int := 20000;
	wanted interval;
BEGIN
	FOREACH class IN ARRAY '{numbers, audit, history}'::text[] LOOP
		wanted := (SELECT r.keep FROM cccp.retention r
		    WHERE r.class = purge.class);
		error := NULL;
		BEGIN
			removed := CASE purge.class
			WHEN 'numbers' THEN cccp.blur_numbers(wanted, part)
			WHEN 'audit' THEN cccp_private.keep_audit(wanted)
			ELSE cccp.keep_partitions(coalesce(wanted, history))
			END;
			IF removed IS NULL THEN
				error := 'months that are too old stay, since'
				    ' somebody reads them';
			END IF;
		EXCEPTION WHEN OTHERS THEN
			removed := NULL;
			error := SQLERRM;
		END;
		more := purge.class = 'numbers' AND coalesce(removed >= part,
		    false);
		UPDATE cccp.retention r SET purged_at = CASE
			WHEN purge.error IS NULL AND NOT purge.more THEN now()
			ELSE r.purged_at END,
		    error = purge.error, error_at = CASE
			WHEN purge.error IS NOT NULL
			THEN coalesce(r.error_at, now()) END
		WHERE r.class = purge.class;
		RETURN NEXT;
	END LOOP;
END $$;
COMMENT ON FUNCTION cccp.purge IS
    'Removes what is older than cccp.retention says; history, where that says'
    ' nothing, is kept for the interval that is given. One row for each class:'
    ' how many months were dropped, or rows masked; more, when the rest is left'
    ' for the next call; error, when it failed. The poller calls it at its start'
    ' and every six hours.';
GRANT EXECUTE ON FUNCTION cccp.purge TO cccp_poller;
