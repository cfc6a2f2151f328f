-- 025-purge.sql: old months are found by their bounds, and the last time that
-- this worked is recorded.

SET LOCAL ROLE cccp_owner;

ALTER TABLE cccp.clock ADD purged_at timestamptz;
COMMENT ON COLUMN cccp.clock.purged_at IS
    'When cccp.keep_partitions() last dropped all history that was too old, or'
    ' found none; null: never.';

-- A bound is read only after its table is known to be a month of the parent: a
-- condition of the query could be evaluated for any table.
CREATE OR REPLACE FUNCTION cccp.drop_partitions(parent regclass,
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
COMMENT ON FUNCTION cccp.drop_partitions IS
    'Drops the months of a table that are over before a moment; returns how'
    ' many. Null, with a warning, when somebody reads the table for too long:'
    ' then none is dropped.';

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
		dropped := dropped + cccp.drop_partitions(parent, oldest);
	END LOOP;
	UPDATE cccp.clock SET purged_at = now() WHERE dropped IS NOT NULL;
	RETURN dropped;
END $$;
COMMENT ON FUNCTION cccp.keep_partitions IS
    'Keeps the partitions of this and the next two months ready and drops'
    ' those older than the retention; returns how many it dropped, null when'
    ' some stay because somebody reads them. What is true since before then is'
    ' kept, from the oldest moment on. Success is recorded in clock.purged_at.';

-- Only what writes agents calls it.
REVOKE EXECUTE ON FUNCTION cccp.phone FROM cccp_web;
