#!/bin/bash
# What each role may do, and above all what it may not.

. "${0%/*}/tap.bash"
tap <<'SQL'
SELECT plan(80);

-- Runs a statement as a role, undoes it, and says how it ended.
CREATE FUNCTION test.try(role name, statement text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE statement;
	RAISE EXCEPTION USING errcode = 'TEST0';
EXCEPTION
WHEN SQLSTATE 'TEST0' THEN RETURN 'done';
WHEN insufficient_privilege THEN RETURN 'refused';
WHEN OTHERS THEN RETURN SQLERRM;
END $$;

-- Rights on tables and views, "relation rights", as granted.
CREATE FUNCTION test.rights(role text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(relation || ' ' || rights, E'\n' ORDER BY relation)
	FROM (
		SELECT relnamespace::regnamespace || '.' || relname AS relation,
		    string_agg(
		    lower(left(p, 1)), '' ORDER BY p) AS rights
		FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE',
		    'DELETE', 'TRUNCATE', 'REFERENCES']) p
		WHERE relnamespace IN ('cccp'::regnamespace,
		    'cccp_v1'::regnamespace) AND relkind IN ('r', 'p', 'v')
		AND NOT relispartition AND has_table_privilege(role, c.oid, p)
		GROUP BY 1) r
$$;

SELECT is(test.rights('cccp_web'), 'cccp.access_clock s
cccp.clock s
cccp.migration s
cccp.retention s', 'cccp_web reads little but the views of schema cccp_web');
SELECT is(test.rights('cccp_reader'), (SELECT string_agg(name || ' s', E'\n'
	ORDER BY name) FROM (
    SELECT relnamespace::regnamespace || '.' || relname AS name FROM pg_class
    WHERE relnamespace IN ('cccp'::regnamespace, 'cccp_v1'::regnamespace)
    AND relkind IN ('r', 'p', 'v') AND NOT relispartition) r),
    'cccp_reader reads everything and writes nothing');
SELECT is((SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
    WHERE relnamespace::regnamespace::text ~ '^cccp(?!_audit)'
    AND CASE relkind WHEN 'S' THEN NOT has_sequence_privilege('cccp_reader', oid, 'SELECT')
	END), NULL,
    'cccp_reader reads sequences, as pg_dump does');
SELECT is(test.rights('cccp_poller'), 'cccp.agent isu
cccp.agent_now disu
cccp.agent_state isu
cccp.call isu
cccp.clock s
cccp.migration s
cccp.queue isu
cccp.queue_sample is
cccp.retention s
cccp.source s
cccp.source_defect disu
cccp.state_rule s
cccp.sync dis', 'cccp_poller writes what the poller writes');
SELECT is((SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles
    WHERE rolname ~ '^cccp_' AND (rolsuper OR rolcreaterole OR rolcreatedb
	OR rolreplication OR rolbypassrls)), NULL, 'no role has powers');
SELECT is((SELECT string_agg(rolname, ' ') FROM pg_roles
    WHERE rolname ~ '^cccp_' AND NOT rolcanlogin), 'cccp_owner cccp_scoped',
    'the owner does not log in, nor does a group of people');
SELECT is((SELECT count(*) FROM pg_authid WHERE rolname ~ '^cccp_'
    AND rolpassword IS NOT NULL), 0::bigint, 'no role has a password');
SELECT is((SELECT count(*) FROM pg_auth_members m JOIN pg_roles r
    ON r.oid = m.member WHERE rolname ~ '^cccp_'), 0::bigint,
    'no role is in another');

SELECT test.flush('{"alive_at": 1}', '[{"login": "zoe"}]') \g /dev/null

-- What cccp_web is not told of here it may not do either: each way to write,
-- to each relation, and each function that is not a plain calculation.
CREATE TABLE test.relation AS
SELECT c.oid::regclass AS name, quote_ident((SELECT attname FROM pg_attribute
    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum LIMIT 1)) AS col
FROM pg_class AS c WHERE relkind IN ('r', 'p', 'v', 'm')
AND relnamespace::regnamespace::text ~ '^cccp';
SELECT cmp_ok((SELECT count(*) FROM test.relation), '>', 20::bigint,
    'there are relations to try');
SELECT is((SELECT string_agg(statement, '; ') FROM (
    SELECT format(w, name, col) AS statement FROM test.relation, unnest(ARRAY[
	'INSERT INTO %1$s DEFAULT VALUES', 'UPDATE %1$s SET %2$s = %2$s',
	'DELETE FROM %1$s', 'TRUNCATE %1$s', 'ALTER TABLE %1$s ADD x int',
	'DROP TABLE %1$s', 'LOCK TABLE %1$s IN EXCLUSIVE MODE']) AS w) x
    WHERE test.try('cccp_web', statement) = 'done'), NULL,
    'cccp_web writes to no relation, locks none, changes none');
SELECT is((SELECT string_agg(proname, ' ' ORDER BY proname)
    FROM pg_proc WHERE pronamespace::regnamespace::text ~ '^cccp'
    AND provolatile = 'v' AND proname <> 'long_place'	-- it only locks
    AND has_function_privilege('cccp_web', oid, 'EXECUTE')),
    'change_access change_view delete_view end_access export_person'
    ' forget_agent grant_access log_access save_view',
    'cccp_web writes by these functions only');
SELECT is((SELECT string_agg(proname, ' ' ORDER BY proname)
    FROM pg_proc WHERE pronamespace::regnamespace::text ~ '^cccp' AND prosecdef
    AND has_function_privilege('cccp_web', oid, 'EXECUTE')),
    'access_grants change_access change_view delete_view end_access'
    ' export_person forget_agent grant_access log_access save_view saved_views'
    ' scope_calls scope_has_login scope_of scope_queues scope_sources scope_users',
    'cccp_web has the owner''s rights in these functions only');

CREATE TABLE test.attempt (id int GENERATED ALWAYS AS IDENTITY, role name,
    outcome text, statement text);
INSERT INTO test.attempt (role, outcome, statement) VALUES
('cccp_web', 'done', 'SELECT * FROM cccp_web.user'),
('cccp_web', 'refused', 'SELECT * FROM cccp_v1.user'),
('cccp_web', 'done', 'SELECT * FROM cccp_web.queue'),
('cccp_web', 'refused', 'SELECT * FROM cccp_v1.queue'),
('cccp_web', 'done', 'SELECT * FROM cccp_web.call'),
('cccp_web', 'refused', 'SELECT * FROM cccp_v1.call'),
('cccp_web', 'done', 'SELECT * FROM cccp_web.source'),
('cccp_web', 'refused', 'SELECT * FROM cccp_v1.source'),
('cccp_web', 'done', 'SELECT * FROM cccp_web.source_defect'),
('cccp_web', 'refused', 'SELECT * FROM cccp_v1.source_defect'),
('cccp_web', 'done', 'SELECT * FROM cccp_web.user_state'),
('cccp_web', 'refused', 'SELECT * FROM cccp_v1.user_state'),
('cccp_web', 'done', 'SELECT cccp.fold(''É''), cccp.pattern(''É''), cccp.schema_version()'),
('cccp_web', 'done', 'SELECT generation FROM cccp.clock'),
('cccp_web', 'refused', 'SELECT * FROM cccp.agent'),
('cccp_web', 'refused', 'SELECT * FROM cccp.source'),
('cccp_web', 'refused', 'SELECT * FROM cccp.call'),
('cccp_web', 'refused', 'SELECT * FROM cccp.state_rule'),
('cccp_web', 'refused', 'UPDATE cccp.clock SET generation = 0'),
('cccp_web', 'cannot update view "source"',
    'UPDATE cccp_web.source SET url = ''x'''),
('cccp_web', 'cannot delete from view "queue"',
    'DELETE FROM cccp_web.queue'),
('cccp_web', 'refused', 'SELECT cccp.staging()'),
('cccp_web', 'refused', 'SELECT cccp.flush()'),
('cccp_web', 'refused', 'SELECT cccp.apply_rules()'),
('cccp_web', 'refused', 'SELECT cccp.keep_partitions()'),
('cccp_web', 'refused', 'SELECT cccp.ensure_partitions(
    ''cccp.call'', now(), now())'),
('cccp_web', 'refused', 'CREATE TABLE cccp.t ()'),
('cccp_web', 'refused', 'CREATE TABLE cccp_v1.t ()'),
('cccp_web', 'refused', 'CREATE TABLE public.t ()'),
('cccp_reader', 'done', 'SELECT * FROM cccp.agent'),
('cccp_reader', 'done', format('SELECT * FROM cccp.%I',
    (SELECT relname FROM pg_class WHERE relname LIKE 'agent_state_2%' LIMIT 1))),
('cccp_reader', 'done', 'SELECT * FROM cccp.state_gaps()'),
('cccp_reader', 'done', 'SELECT * FROM cccp.time_in_state()'),
('cccp_reader', 'done', 'SELECT last_value FROM cccp.agent_agent_id_seq'),
('cccp_reader', 'refused', 'SELECT nextval(''cccp.agent_agent_id_seq'')'),
('cccp_reader', 'refused', 'INSERT INTO cccp.state_rule (priority, state)
    VALUES (1, ''offline'')'),
('cccp_reader', 'refused', 'UPDATE cccp.agent SET name = ''x'''),
('cccp_reader', 'refused', 'DELETE FROM cccp.agent_state'),
('cccp_reader', 'refused', 'TRUNCATE cccp.sync'),
('cccp_reader', 'refused', 'SELECT cccp.flush()'),
('cccp_reader', 'refused', 'SELECT cccp.keep_partitions()'),
('cccp_web', 'refused', 'SELECT * FROM cccp.purge()'),
('cccp_web', 'refused', 'SELECT cccp.blur_numbers(''1 year'')'),
('cccp_web', 'refused', 'SELECT * FROM cccp_audit.access_log'),
('cccp_reader', 'refused', 'SELECT * FROM cccp_audit.access_log'),
('cccp_poller', 'refused', 'SELECT * FROM cccp_audit.access_log'),
('cccp_poller', 'refused', 'SELECT cccp.log_access(''[]'')'),
('cccp_poller', 'refused', 'UPDATE cccp.retention SET keep = ''9 years'''),
('cccp_poller', 'refused', 'DELETE FROM cccp.purge_report'),
('cccp_reader', 'refused', 'CREATE TABLE cccp.t ()'),
('cccp_poller', 'done', 'SELECT cccp.staging()'),
('cccp_poller', 'done', 'SELECT cccp.keep_partitions()'),
('cccp_poller', 'refused', 'UPDATE cccp.state_rule SET state = ''offline'''),
('cccp_poller', 'refused', 'DELETE FROM cccp.state_rule'),
('cccp_poller', 'refused', 'UPDATE cccp.source SET hidden_logins = ''{}'''),
('cccp_poller', 'refused', 'UPDATE cccp.source SET name = ''x'''),
('cccp_poller', 'refused', 'UPDATE cccp.clock SET history_from = now()'),
('cccp_poller', 'refused', 'DELETE FROM cccp.agent'),
('cccp_poller', 'refused', 'TRUNCATE cccp.agent CASCADE'),
('cccp_poller', 'refused', 'DELETE FROM cccp.agent_state'),
('cccp_poller', 'refused', 'UPDATE cccp.queue_sample SET waiting_tasks = 0'),
('cccp_poller', 'refused', 'INSERT INTO cccp.migration VALUES (''x'', ''x'')'),
('cccp_poller', 'refused', 'CREATE TABLE cccp.t ()'),
('cccp_poller', 'refused', 'ALTER TABLE cccp.agent ADD x int'),
('cccp_poller', 'refused', 'DROP TABLE cccp.sync'),
('cccp_poller', 'refused', 'CREATE INDEX ON cccp.agent (state)'),
('cccp_poller', 'pg_class is not a table with a history',
    'SELECT cccp.ensure_partitions(''pg_class'', now(), now())'),
('cccp_poller', 'refused',
    'SELECT cccp_private.make_partition(''pg_class'', now())');

SELECT is(test.try(role, statement), outcome, role || ': '
    || regexp_replace(left(statement, 60), '\s+', ' ', 'g'))
FROM test.attempt ORDER BY id;
SELECT * FROM finish();
SQL
