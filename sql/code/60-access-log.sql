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

-- In a transaction of a reader who is an auditor, the handler sets cccp.need.  The
-- view is in this schema so that a dump without the schema can be restored.
CREATE OR REPLACE VIEW cccp_audit.consultation AS
SELECT l.at, l.reader, l.role, l.address, l.action, l.source, a.login, a.name,
    l.call_key, l.query, l.rows, l.request_id, l.agent_id AS user_id,
    l.line_id AS id
FROM cccp_audit.access_log l
LEFT JOIN cccp.agent a ON a.agent_id = l.agent_id
WHERE (SELECT current_setting('cccp.need', true) = 'audit');
COMMENT ON VIEW cccp_audit.consultation IS
    'Who looked at whom, for auditors: it has rows only in a transaction that'
    ' has set cccp.need to audit.';
COMMENT ON COLUMN cccp_audit.consultation.at IS 'When.';
COMMENT ON COLUMN cccp_audit.consultation.reader IS
    'User of the web server who looked; null: nobody had signed in.';
COMMENT ON COLUMN cccp_audit.consultation.role IS 'Role of the reader then.';
COMMENT ON COLUMN cccp_audit.consultation.address IS
    'Network address of the reader.';
COMMENT ON COLUMN cccp_audit.consultation.action IS
    'What was done: detail, history, replay, calls, users, export,'
    ' person_export, ack, config, audit or other; see cccp_audit.access_log.';
COMMENT ON COLUMN cccp_audit.consultation.source IS
    'Name of the source, as in cccp_v1.source; null: all, or none.';
COMMENT ON COLUMN cccp_audit.consultation.login IS
    'Login of the user who was looked at; null for a list.';
COMMENT ON COLUMN cccp_audit.consultation.name IS
    'Display name of that user, as it is now.';
COMMENT ON COLUMN cccp_audit.consultation.call_key IS 'Call that was looked at.';
COMMENT ON COLUMN cccp_audit.consultation.query IS
    'Filter of the list, as parameters of a URL.';
COMMENT ON COLUMN cccp_audit.consultation.rows IS
    'How many rows the answer had; null for one user, a file, whose rows are read'
    ' after the line is written, and an answer that the reader had already.';
COMMENT ON COLUMN cccp_audit.consultation.request_id IS
    'The request''s name in the logs of the web server and the handler.';
COMMENT ON COLUMN cccp_audit.consultation.user_id IS
    'Key of that user (id in cccp_v1.user).';
COMMENT ON COLUMN cccp_audit.consultation.id IS 'Number of the line.';
GRANT USAGE ON SCHEMA cccp_audit TO cccp_web;
GRANT SELECT ON cccp_audit.consultation TO cccp_web;
COMMENT ON SCHEMA cccp_audit IS
    'The record of who looked at the data of a person. Only the owner has rights'
    ' on its tables: cccp.log_access() writes them, and auditors read them'
    ' through the board.';
