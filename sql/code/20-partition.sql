-- 20-partition.sql: monthly partitions of the tables with a history, and the
-- size of the others.
--
-- Months are in UTC.  A partition is created as a table and then attached, which
-- does not block readers.

CREATE FUNCTION cccp_private.make_partition(parent regclass, month timestamptz)
RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	home text := (SELECT relnamespace::regnamespace FROM pg_class
	    WHERE oid = parent);
	parent_name name := (SELECT relname FROM pg_class WHERE oid = parent);
	child text := home || '.' || quote_ident(parent_name
	    || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM'));
	till timestamptz := (month AT TIME ZONE 'UTC' + interval '1 month')
	    AT TIME ZONE 'UTC';
BEGIN
	IF to_regclass(child) IS NOT NULL THEN
		RETURN false;
	END IF;
	EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS'
	    ' INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS)',
	    child, parent);
	EXECUTE format('COMMENT ON TABLE %s IS %L', child, format(
	    'Month %s (UTC) of %s.%s.',
	    to_char(month AT TIME ZONE 'UTC', 'YYYY-MM'), home, parent_name));
	EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s'
	    ' FOR VALUES FROM (%L) TO (%L)', parent, child, month, till);
	RETURN true;
END $$;
COMMENT ON FUNCTION cccp_private.make_partition IS
    'Creates the partition of a month unless it exists; returns whether it'
    ' did.';

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
	    'cccp.call'::regclass, 'cccp.queue_sample'::regclass,
	    to_regclass('cccp_audit.access_log')) THEN
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
    'Creates the missing partitions of a table for the months between two'
    ' times, as far as history is kept; returns how many were missing.';
GRANT EXECUTE ON FUNCTION cccp.ensure_partitions TO cccp_poller;

-- The bound is parsed in the loop, not in the query: the planner may evaluate a
-- condition of the query for tables that are not partitions of the parent.
CREATE FUNCTION cccp_private.drop_partitions(parent regclass,
    oldest timestamptz, class text) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
DECLARE
	child text;
	bounds text;
	till timestamptz;
	dropped int := 0;
BEGIN
	FOR child, bounds IN
	    SELECT c.oid::regclass::text, pg_get_expr(c.relpartbound, c.oid)
	    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
	    WHERE i.inhparent = parent
	LOOP
		till := substring(bounds FROM ' TO \(''([^'']+)''\)$');
		IF till <= oldest THEN
			EXECUTE format('DROP TABLE %s', child);
			INSERT INTO cccp.purge_report (class, relation, till,
			    asked_by)
			VALUES (class, child, till, session_user);
			dropped := dropped + 1;
		END IF;
	END LOOP;
	RETURN dropped;
EXCEPTION WHEN lock_not_available THEN
	RAISE WARNING '% is being read: its old months are kept for now',
	    parent;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION cccp_private.drop_partitions IS
    'Drops the partitions that end before a time, and says so in'
    ' cccp.purge_report under a class of cccp.retention; returns how many. When'
    ' a long query on the table prevents that, drops none, gives a warning and'
    ' returns null.';

-- While a long reader is there, no row that is replaced can be removed, and the
-- tables whose rows are replaced all the time grow.  Afterwards vacuum only gives
-- back what is free at the end of a table.  So those are written anew by CLUSTER,
-- in the order of their key unless tables/ says CLUSTER ON: readers wait for as
-- long, some milliseconds for each MB.  Months are left out: they are dropped in time.
CREATE FUNCTION cccp_private.shrink_tables(names regclass[]) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name regclass;
	index_name name;
	fillfactor int;
	clustered boolean;
	live bigint;
	shrunk int := 0;
BEGIN
	FOR name, index_name, clustered, fillfactor IN
	    SELECT DISTINCT ON (c.oid) c.oid::regclass, k.relname,
		i.indisclustered, coalesce((SELECT option_value::int
		FROM pg_options_to_table(c.reloptions)
		WHERE option_name = 'fillfactor'), 100)
	    FROM pg_class c
	    JOIN pg_index i ON i.indrelid = c.oid
		AND (i.indisprimary OR i.indisclustered)
	    JOIN pg_class k ON k.oid = i.indexrelid
	    WHERE c.oid = ANY (names) AND pg_table_size(c.oid) > 256 * 1024
	    ORDER BY c.oid, i.indisclustered DESC
	LOOP
		EXECUTE format('SELECT coalesce(sum(pg_column_size(t.*) + 4), 0)'
		    ' FROM %s t', name) INTO live;
		CONTINUE WHEN pg_table_size(name)
		    <= 256 * 1024 + 2 * live * 100 / fillfactor;
		BEGIN
			EXECUTE format('CLUSTER %s USING %I', name, index_name);
			IF NOT clustered THEN
				EXECUTE format('ALTER TABLE %s SET WITHOUT'
				    ' CLUSTER', name);
			END IF;
			-- Its readers wait now: so there is no waiting for
			-- the next table, nor in the caller.
			PERFORM set_config('lock_timeout', '1ms', true);
			shrunk := shrunk + 1;
		EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
			NULL;	-- Until the next call.
		END;
	END LOOP;
	RETURN shrunk;
END $$;
COMMENT ON FUNCTION cccp_private.shrink_tables IS
    'Writes those tables anew that are larger than twice their rows and more'
    ' than 256 kB; returns how many. A table that is in use for longer than'
    ' lock_timeout stays as it is. After the first, lock_timeout is 1 ms until'
    ' the caller returns.';

-- When a long query on a table prevents the drop, its old months stay until the
-- next call: a waiting DROP TABLE would block the queries of the board.
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
	-- A flush locks the clock first, so later it could not be shrunk.
	PERFORM cccp_private.shrink_tables('{cccp.clock}');
	-- No flush may run during this: it could write to dropped months.
	PERFORM FROM cccp.clock FOR UPDATE;
	UPDATE cccp.clock SET history_from = oldest
	WHERE history_from <> oldest;
	FOREACH parent IN ARRAY ARRAY['cccp.agent_state', 'cccp.call',
	    'cccp.queue_sample']::regclass[]
	LOOP
		PERFORM cccp.ensure_partitions(parent, now(),
		    now() + interval '2 months');
		IF parent = 'cccp.agent_state'::regclass THEN
			-- Cut off the part of an interval that is too old.
			IF EXISTS (SELECT FROM cccp.agent_state
			    WHERE since < oldest) THEN
				PERFORM cccp.ensure_partitions(parent, oldest,
				    oldest);
			END IF;
			UPDATE cccp.agent_state SET since = oldest,
			    state_since = coalesce(state_since, since)
			WHERE since < oldest
			AND (until > oldest OR until IS NULL);
		END IF;
		-- If one result is null, the sum is null.
		dropped := dropped + cccp_private.drop_partitions(parent,
		    oldest, 'history');
	END LOOP;
	UPDATE cccp.clock SET purged_at = now() WHERE dropped IS NOT NULL;
	-- The readers of a table that lost a month wait now, and wait no longer.
	IF dropped = 0 THEN
		PERFORM cccp_private.shrink_tables(ARRAY(
			SELECT oid::regclass FROM pg_class
			WHERE relnamespace = 'cccp'::regnamespace
			AND relkind = 'r' AND NOT relispartition
			AND oid <> 'cccp.clock'::regclass));
	END IF;
	RETURN dropped;
END $$;
COMMENT ON FUNCTION cccp.keep_partitions IS
    'Creates the partitions of this month and the next two, and drops those'
    ' older than the retention. Intervals that last into the retention are'
    ' kept from its start on. Returns how many partitions it dropped; null'
    ' when some could not be dropped because of a long query. Success is'
    ' recorded in clock.purged_at. When it has dropped none, it writes tables'
    ' anew that are larger than twice their rows, as after a long reader. It'
    ' waits at most 1 s for a table, since queries wait behind it.';
GRANT EXECUTE ON FUNCTION cccp.keep_partitions TO cccp_poller;

-- The first months, before the first flush.  Existing months stay as they are.
DO $$
DECLARE
	parent regclass;
BEGIN
	FOREACH parent IN ARRAY ARRAY['cccp.agent_state', 'cccp.call',
	    'cccp.queue_sample', 'cccp_audit.access_log']::regclass[]
	LOOP
		PERFORM cccp.ensure_partitions(parent, now(),
		    now() + interval '2 months');
	END LOOP;
END $$;

-- Partitions that were there before a file of tables/ changed the comment of a
-- column, or added one.
DO $$
DECLARE
	old record;
BEGIN
	FOR old IN
		SELECT i.inhrelid::regclass AS child, c.attname,
		    col_description(i.inhparent, p.attnum) AS words
		FROM pg_inherits i
		JOIN pg_attribute p ON p.attrelid = i.inhparent
		    AND p.attnum > 0 AND NOT p.attisdropped
		JOIN pg_attribute c ON c.attrelid = i.inhrelid
		    AND c.attname = p.attname
		WHERE i.inhparent IN ('cccp.agent_state'::regclass,
		    'cccp.call'::regclass, 'cccp.queue_sample'::regclass,
		    'cccp_audit.access_log'::regclass)
		AND col_description(i.inhrelid, c.attnum)
		    IS DISTINCT FROM col_description(i.inhparent, p.attnum)
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', old.child,
		    old.attname, old.words);
	END LOOP;
END $$;
