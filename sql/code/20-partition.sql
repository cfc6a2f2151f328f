-- 20-partition.sql: the monthly partitions of what is kept of the past.
--
-- Months are those of UTC.  A partition is attached rather than created in
-- place, which readers do not notice.

CREATE FUNCTION cccp_private.make_partition(parent regclass, month timestamptz)
RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plain name := (SELECT relname FROM pg_class WHERE oid = parent);
	child name := plain || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM');
	till timestamptz := (month AT TIME ZONE 'UTC' + interval '1 month')
	    AT TIME ZONE 'UTC';
BEGIN
	IF to_regclass(format('cccp.%I', child)) IS NOT NULL THEN
		RETURN false;
	END IF;
	EXECUTE format('CREATE TABLE cccp.%I (LIKE cccp.%I INCLUDING DEFAULTS'
	    ' INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS)',
	    child, plain);
	EXECUTE format('COMMENT ON TABLE cccp.%I IS %L', child, format(
	    'Month %s (UTC) of cccp.%s.',
	    to_char(month AT TIME ZONE 'UTC', 'YYYY-MM'), plain));
	EXECUTE format('ALTER TABLE cccp.%I ATTACH PARTITION cccp.%I'
	    ' FOR VALUES FROM (%L) TO (%L)', plain, child, month, till);
	RETURN true;
END $$;
COMMENT ON FUNCTION cccp_private.make_partition IS
    'Creates the partition of a month unless it is there; true when it did.';

CREATE OR REPLACE FUNCTION cccp.ensure_partitions(parent regclass,
    first timestamptz,
    last timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	oldest timestamptz := (SELECT history_from FROM cccp.clock);
	month timestamptz;
	made int := 0;
BEGIN
	IF parent NOT IN ('cccp.agent_state'::regclass,
	    'cccp.call'::regclass, 'cccp.queue_sample'::regclass) THEN
		RAISE EXCEPTION '% is not a table with a history', parent;
	END IF;
	FOR month IN SELECT m AT TIME ZONE 'UTC' FROM generate_series(
	    date_trunc('month', greatest(first, oldest) AT TIME ZONE 'UTC'),
	    least(last, now() + interval '2 months') AT TIME ZONE 'UTC',
	    interval '1 month') m
	LOOP
		IF cccp_private.make_partition(parent, month) THEN
			made := made + 1;
		END IF;
	END LOOP;
	RETURN made;
END $$;
COMMENT ON FUNCTION cccp.ensure_partitions IS
    'Makes sure that a table with a history has the months between two'
    ' moments, as far as they are kept; returns how many were missing.';
GRANT EXECUTE ON FUNCTION cccp.ensure_partitions TO cccp_poller;

-- A bound is read only after its table is known to be a month of the parent: a
-- condition of the query could be evaluated for any table.
CREATE FUNCTION cccp_private.drop_partitions(parent regclass,
    oldest timestamptz) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
DECLARE
	child regclass;
	bounds text;
	till timestamptz;
	dropped int := 0;
BEGIN
	FOR child, bounds IN
	    SELECT c.oid::regclass, pg_get_expr(c.relpartbound, c.oid)
	    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
	    WHERE i.inhparent = parent
	LOOP
		till := substring(bounds FROM ' TO \(''([^'']+)''\)$');
		IF till <= oldest THEN
			EXECUTE format('DROP TABLE %s', child);
			dropped := dropped + 1;
		END IF;
	END LOOP;
	RETURN dropped;
EXCEPTION WHEN lock_not_available THEN
	RAISE WARNING '% is being read, its old months stay for now', parent;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION cccp_private.drop_partitions IS
    'Drops the months of a table that are over before a moment; returns how'
    ' many. Null, with a warning, when somebody reads the table for too long:'
    ' then none is dropped.';

-- Somebody who reads a table for long keeps its months from being dropped; the
-- board does not wait for that, the next time will do.
CREATE OR REPLACE FUNCTION cccp.keep_partitions(
    retention interval DEFAULT '13 months') RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
	oldest timestamptz := date_trunc('month', now() - retention, 'UTC');
	parent regclass;
	dropped int := 0;
BEGIN
	IF retention IS NULL OR retention < interval '1 month' THEN
		RAISE EXCEPTION 'retention is %, at least 1 month is needed',
		    retention;
	END IF;
	-- No flush meanwhile: it would write what is just being dropped.
	PERFORM FROM cccp.clock FOR UPDATE;
	UPDATE cccp.clock SET history_from = oldest
	WHERE history_from <> oldest;
	FOREACH parent IN ARRAY ARRAY['cccp.agent_state', 'cccp.call',
	    'cccp.queue_sample']::regclass[]
	LOOP
		PERFORM cccp.ensure_partitions(parent, now(),
		    now() + interval '2 months');
		IF parent = 'cccp.agent_state'::regclass THEN
			-- What reaches into the time kept begins with it.
			IF EXISTS (SELECT FROM cccp.agent_state
			    WHERE since < oldest) THEN
				PERFORM cccp.ensure_partitions(parent, oldest,
				    oldest);
			END IF;
			UPDATE cccp.agent_state SET since = oldest
			WHERE since < oldest
			AND (until > oldest OR until IS NULL);
		END IF;
		-- Null once is null for all.
		dropped := dropped + cccp_private.drop_partitions(parent,
		    oldest);
	END LOOP;
	UPDATE cccp.clock SET purged_at = now() WHERE dropped IS NOT NULL;
	RETURN dropped;
END $$;
COMMENT ON FUNCTION cccp.keep_partitions IS
    'Keeps the partitions of this and the next two months ready and drops'
    ' those older than the retention; returns how many it dropped, null when'
    ' some stay because somebody reads them. What is true since before then is'
    ' kept, from the oldest moment on. Success is recorded in clock.purged_at.';
GRANT EXECUTE ON FUNCTION cccp.keep_partitions TO cccp_poller;

-- The first months, before the first flush; what is kept is not touched.
DO $$
DECLARE
	parent regclass;
BEGIN
	FOREACH parent IN ARRAY ARRAY['cccp.agent_state', 'cccp.call',
	    'cccp.queue_sample']::regclass[]
	LOOP
		PERFORM cccp.ensure_partitions(parent, now(),
		    now() + interval '2 months');
	END LOOP;
END $$;
