-- 36-owner.sql: functions for the owner: apply changed rules, retire a source.

-- Retired sources are left out: a flush would end their retirement.
CREATE OR REPLACE FUNCTION cccp.apply_rules() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	source cccp.source;
	n bigint := 0;
BEGIN
	PERFORM FROM cccp.clock FOR UPDATE;
	PERFORM cccp.staging();
	FOR source IN SELECT * FROM cccp.source WHERE NOT retired LOOP
		INSERT INTO pg_temp.source_in (name, url, status, error,
		    alive_at, clock_skew_s, server_version)
		VALUES (source.name, source.url, source.status, source.error,
		    source.alive_at, source.clock_skew_s,
		    source.server_version);
		EXECUTE format('INSERT INTO pg_temp.agent_in (%1$s, seen_at)'
		    ' SELECT %1$s, $2 FROM cccp.agent'
		    ' WHERE source_id = $1 AND present',
		    cccp_private.field_list('cccp.agent', '{name}'))
		USING source.source_id, source.alive_at;
		n := n + (SELECT f.rows_changed FROM cccp.flush() f);
		DELETE FROM pg_temp.agent_in;
		DELETE FROM pg_temp.source_in;
	END LOOP;
	RETURN n;
END $$;
COMMENT ON FUNCTION cccp.apply_rules() IS
    'Determines state, kind and hidden of all agents again, except those of'
    ' retired sources. Call it after a change of state_rule or of the lists in'
    ' cccp.source. Returns how many rows changed. For the owner, in a session'
    ' of its own.';

CREATE OR REPLACE FUNCTION cccp.retire_source(name text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next bigint := (SELECT generation + 1 FROM cccp.clock FOR UPDATE);
	id int;
BEGIN
	UPDATE cccp.source s SET retired = true, status = 'down',
	    error = 'retired', error_at = now(), generation = next
	WHERE s.name = retire_source.name AND NOT retired
	RETURNING source_id INTO id;
	IF id IS NULL THEN
		RETURN false;
	END IF;
	UPDATE cccp.clock SET generation = next;
	INSERT INTO cccp.sync VALUES (next, id, now(), 0, 1);
	PERFORM pg_notify('cccp', next::text);
	RETURN true;
END $$;
COMMENT ON FUNCTION cccp.retire_source IS
    'Removes a source that no poller follows any more from the views. Returns'
    ' false when there is no source of that name, or it is retired already.'
    ' For the owner.';
