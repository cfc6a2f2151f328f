-- 60-access-log.sql: writes the record of who looked at whom.

-- Nothing in a line makes this fail: a value that is too long is cut, one that
-- is no such value is left out, so that the consultation itself is recorded.
CREATE OR REPLACE FUNCTION cccp.log_access(lines jsonb) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	added int;
BEGIN
	IF jsonb_typeof(lines) IS DISTINCT FROM 'array' THEN
		RAISE EXCEPTION 'an array of lines is needed'
		    USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF to_regclass('cccp_audit.access_log_' || to_char(now()
	    AT TIME ZONE 'UTC', 'YYYY_MM')) IS NULL
	    OR to_regclass('cccp_audit.access_log_' || to_char(
	    (now() - interval '1 day') AT TIME ZONE 'UTC', 'YYYY_MM')) IS NULL
	THEN
		-- One at a time makes a month.
		PERFORM pg_advisory_xact_lock(6735005);
		PERFORM cccp.ensure_partitions('cccp_audit.access_log',
		    now() - interval '1 day', now());
	END IF;
	INSERT INTO cccp_audit.access_log (at, reader, role, address, action,
	    source, agent_id, call_key, query, rows, request_id)
	SELECT CASE WHEN jsonb_typeof(l -> 'at') = 'number' THEN to_timestamp(
		least(extract(epoch FROM now()), greatest(extract(epoch FROM
		now() - interval '1 day'), (l -> 'at')::numeric))
		::double precision) ELSE now() END,
	    left(l ->> 'reader', 200),
	    CASE WHEN l ->> 'role' IN ('wall', 'reader', 'supervisor', 'admin',
		'auditor') THEN l ->> 'role' END,
	    left(l ->> 'address', 64),
	    CASE WHEN l ->> 'action' IN ('detail', 'history', 'replay', 'calls',
		'users', 'export', 'person_export', 'ack', 'config', 'audit')
		THEN l ->> 'action' ELSE 'other' END,
	    left(l ->> 'source', 32), a.agent_id,
	    left(l ->> 'call_key', 300), left(l ->> 'query', 2000),
	    CASE WHEN jsonb_typeof(l -> 'rows') = 'number' THEN least(
		greatest((l -> 'rows')::numeric, 0), 1e15)::bigint END,
	    left(l ->> 'request_id', 64)
	FROM jsonb_array_elements(lines) WITH ORDINALITY AS e (l, nr)
	LEFT JOIN cccp.source s ON s.name = l ->> 'source'
	LEFT JOIN cccp.agent a ON a.source_id = s.source_id
	    AND a.login = l ->> 'login'
	WHERE jsonb_typeof(l) = 'object'
	ORDER BY nr;
	GET DIAGNOSTICS added = ROW_COUNT;
	RETURN added;
END $$;
COMMENT ON FUNCTION cccp.log_access IS
    'Writes lines to cccp_audit.access_log: an array of objects whose members'
    ' are at (seconds since 1970, a number; without it, now), reader, role,'
    ' address, action, source, login (of the user who was looked at), call_key,'
    ' query, rows and request_id. Texts that are too long are cut, values of'
    ' another kind are left out, and an unknown action is written as other.'
    ' Returns how many lines were written: all that are objects. When it fails,'
    ' nothing is written; the same lines may be given again.';
GRANT EXECUTE ON FUNCTION cccp.log_access TO cccp_web;
