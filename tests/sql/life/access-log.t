#!/bin/bash
# The record of who looked at whom: written whole, whatever a line says, read by
# nobody without the right, and kept by months.

. "${0%/*}/../tap.bash"
tap <<'SQL'
SELECT plan(23);

SELECT test.flush('{"alive_at": 1}', '[{"login": "zoe", "name": "Zoé"}]')
    \g /dev/null
CREATE FUNCTION test.line(number bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', reader, role, address, action, source,
	    (SELECT login FROM cccp.agent a WHERE a.agent_id = l.agent_id),
	    call_key, query, rows, request_id)
	FROM (SELECT *, row_number() OVER (ORDER BY line_id) AS nr
	    FROM cccp_audit.access_log) l WHERE nr = number
$$;

SET ROLE cccp_web;
SELECT is(cccp.log_access('[]'), 0, 'no line');
SELECT is(cccp.log_access('[{"at": 4102444800, "reader": "Ève", "role":
    "supervisor", "address": "::1", "action": "detail", "source": "prod",
    "login": "zoe", "call_key": "k", "query": "a=b", "rows": 3,
    "request_id": "r1"}]'), 1, 'a line');
SELECT is(cccp.log_access(format('[{"reader": "first", "action": "calls"}, 7,
    null, "x", [], {}, {"reader": "%s", "role": "god", "address": "%1$s",
	"action": "%1$s", "source": "%1$s", "login": ["zoe"], "call_key": {},
	"query": "%1$s", "rows": 1e400, "request_id": "%1$s", "at": -1e300},
    {"rows": "3", "at": "2026-13-45", "source": 1, "reader": null,
	"action": null}, {"reader": "last", "action": "export", "rows": -4,
	"source": "prod", "login": "nobody"}]', repeat('é', 5000))::jsonb),
    5, 'bad lines lose no other one');
SELECT throws_ok('SELECT cccp.log_access(''{}'')', '22023', NULL,
    'one that is no array is refused');
SELECT throws_ok('SELECT cccp.log_access(NULL)', '22023', NULL, 'so is null');
RESET ROLE;

SELECT is(test.line(1),
    'Ève supervisor ::1 detail prod zoe k a=b 3 r1', 'what it says');
SELECT is(test.line(2), 'first calls', 'the first of many');
SELECT is(test.line(3), 'other', 'one that says nothing');
SELECT is((SELECT concat_ws(' ', length(reader), role, length(address), action,
    length(source), agent_id, call_key, length(query), rows, length(request_id))
    FROM (SELECT *, row_number() OVER (ORDER BY line_id) AS nr
	FROM cccp_audit.access_log) l WHERE nr = 4),
    '200 64 other 32 {} 2000 1000000000000000 64', 'texts are cut');
SELECT is(test.line(5), 'other 1', 'values of another kind are left out');
SELECT is(test.line(6), 'last export prod 0', 'the last; an unknown user');
SELECT is((SELECT count(*) FROM cccp_audit.access_log WHERE at BETWEEN
    now() - interval '1 day 1 min' AND now()), 6::bigint,
    'no time is in the future, or far in the past');

-- The poller, which makes months, may have been away for long.
DO $$
DECLARE
	month regclass;
BEGIN
	FOR month IN SELECT inhrelid FROM pg_inherits
	    WHERE inhparent = 'cccp_audit.access_log'::regclass LOOP
		EXECUTE 'DROP TABLE ' || month;
	END LOOP;
END $$;
SET ROLE cccp_web;
SELECT is(cccp.log_access('[{"action": "detail"}, {"action": "detail",
    "at": 0}]'), 2, 'missing months are made');
RESET ROLE;

-- Who may not.
SELECT is((SELECT string_agg(rolname || ' ' || relname, ', ')
    FROM pg_class c, pg_roles
    WHERE relnamespace = 'cccp_audit'::regnamespace
    AND relkind IN ('r', 'p', 'S') AND rolname ~ '^cccp_'
    AND rolname <> 'cccp_owner' AND (relkind <> 'S' AND
	(has_table_privilege(rolname, c.oid, 'SELECT, INSERT, UPDATE, DELETE,'
	    ' TRUNCATE') OR has_any_column_privilege(rolname, c.oid,
	    'SELECT, INSERT, UPDATE')) OR relkind = 'S'
	AND has_sequence_privilege(rolname, c.oid, 'USAGE, SELECT'))), NULL,
    'no role has a right on the table, nor on a month of it');
SELECT is((SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles
    WHERE rolname ~ '^cccp_' AND rolname <> 'cccp_owner'
    AND has_schema_privilege(rolname, 'cccp_audit', 'USAGE, CREATE')),
    'cccp_web', 'nor on its schema, but for the handlers');
SELECT is((SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles
    WHERE rolname ~ '^cccp_' AND has_function_privilege(rolname,
	'cccp.log_access(jsonb)', 'EXECUTE')), 'cccp_owner cccp_web',
    'only the handlers write lines');

-- Read by the handlers for auditors only.
SET ROLE cccp_web;
SELECT is((SELECT count(*) FROM cccp_audit.consultation), 0::bigint,
    'no rows unless a transaction says what for');
BEGIN;
SET LOCAL cccp.scope = 'whole';
SET LOCAL cccp.need = 'export';
SELECT is((SELECT count(*) FROM cccp_audit.consultation), 0::bigint,
    'not for those who see everything else');
SET LOCAL cccp.need = 'audit';
SELECT cmp_ok((SELECT count(*) FROM cccp_audit.consultation), '>', 1::bigint,
    'but for auditors');
COMMIT;
SELECT is((SELECT count(*) FROM cccp_audit.consultation), 0::bigint,
    'and no longer than that');
RESET ROLE;

-- Kept for its own time.
INSERT INTO cccp_audit.access_log (at, action) SELECT now(), 'detail';
SELECT is((SELECT count(*) FROM generate_series(2, 15) m WHERE
    cccp_private.make_partition('cccp_audit.access_log', date_trunc('month',
    now(), 'UTC') - m * interval '1 month')), 14::bigint, 'fifteen months');
SELECT is((SELECT string_agg(concat_ws(' ', class, removed, more, error), ', ')
    FROM cccp.purge() WHERE class = 'audit'), 'audit 3 f', 'twelve are kept');
SELECT is((SELECT count(*) FROM cccp.purge_report WHERE class = 'audit'
    AND relation ~ '^cccp_audit.access_log_20\d\d_\d\d$'
    AND till <= now() - interval '12 months' AND asked_by = 'postgres'),
    3::bigint, 'and the report says so');
SELECT * FROM finish();
SQL
