#!/bin/bash
# Each class of data goes when its time is over: numbers are masked for good,
# months are dropped, and a class that fails is named and stops no other.

. "${0%/*}/../tap.bash"
tap <<'SQL'
SELECT plan(30);

-- Numbers.
SELECT is(cccp.mask_number(cccp.mask_number(n)), cccp.mask_number(n),
    n || ' is masked once') FROM unnest('{+33199009812, 0639984125, 4125,
    anonymous}'::text[]) n;
SELECT test.flush(jsonb_build_object('alive_at', now()), '[{"login": "zoe"}]',
    '[]', (SELECT jsonb_agg(jsonb_build_object('call_key', 'c' || days,
	'caller', '+33199009812', 'callee', '0639984125', 'queued_at',
	now() - days * interval '1 day', 'ended_at', now()))
	FROM unnest('{0, 89, 100, 200}'::int[]) days)) \g /dev/null
CREATE FUNCTION test.numbers() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', call_key, caller, callee, blurred), ', '
	    ORDER BY queued_at DESC) FROM cccp.call
$$;
SELECT is(cccp.blur_numbers('3 months', 1), 1::bigint, 'one at a time');
SELECT is(test.numbers(), 'c0 +33199009812 0639984125 f,'
    ' c89 +33199009812 0639984125 f, c100 +33199009812 0639984125 f,'
    ' c200 +33 1 ·· ·· ·· 12 06 ·· ·· ·· 25 t', 'the oldest first');
CREATE TABLE test.generation AS SELECT generation FROM cccp.clock;
SELECT is(cccp.blur_numbers('3 months'), 1::bigint, 'all that are left');
SELECT is((SELECT c.generation - t.generation
    FROM cccp.clock c, test.generation t), 1::bigint,
    'answers that were made before end');
SELECT is(cccp.blur_numbers('3 months'), 0::bigint, 'nothing is masked twice');
SELECT is((SELECT c.generation - t.generation
    FROM cccp.clock c, test.generation t), 1::bigint,
    'when nothing changes, answers stay');
SELECT is((SELECT string_agg(concat_ws(' ', class, relation, rows,
    till < now() - interval '3 months' + interval '1 min'), ', ')
    FROM cccp.purge_report), 'numbers cccp.call 2 t', 'the report');
SELECT throws_ok(format('SELECT cccp.blur_numbers(%L)', i), '22023', NULL,
    'not ' || coalesce(i, 'without an interval'))
FROM unnest('{1 hour, NULL}'::text[]) i;
-- The server reports a call again, as active, as ended and as gone.
SELECT test.flush(jsonb_build_object('alive_at', now()), '[]', '[]',
    jsonb_build_array(jsonb_build_object('call_key', 'c200', 'caller',
	'+33199009812', 'queued_at', queued_at, 'queue', 'sav')))
FROM cccp.call WHERE call_key = 'c200' \g /dev/null
SELECT test.flush(jsonb_build_object('alive_at', now()), '[]', '[]',
    jsonb_build_array(jsonb_build_object('call_key', 'c200', 'caller',
	'+33199009812', 'callee', '0639984125', 'present', false)))
    \g /dev/null
SELECT alike(test.numbers(), '%, c200 +33 1 ·· ·· ·· 12 06 ·· ·· ·· 25 t',
    'what is masked stays masked');

-- All classes.  No role but the poller's does it.
SELECT is((SELECT string_agg(concat_ws(' ', class, keep, purged_at IS NOT NULL,
    error), ', ' ORDER BY class) FROM cccp.retention),
    'audit 1 year f, history f, numbers 3 mons f', 'before the first time');
SET ROLE cccp_poller;
SELECT is((SELECT string_agg(concat_ws(' ', class, removed, more, error), ', ')
    FROM cccp.purge()), 'numbers 0 f, audit 0 f, history 0 f', 'all classes');
RESET ROLE;
SELECT is((SELECT count(*) FROM cccp.retention WHERE purged_at IS NOT NULL
    AND error IS NULL), 3::bigint, 'when, is recorded of each');
SELECT is((SELECT c.purged_at = r.purged_at FROM cccp.clock c, cccp.retention r
    WHERE class = 'history'), true, 'as of history in the clock');

-- A DBA's settings.
UPDATE cccp.retention SET keep = '40 days' WHERE class = 'numbers';
UPDATE cccp.retention SET keep = '2 months' WHERE class = 'history';
SELECT is((SELECT string_agg(concat_ws(' ', class, removed > 0), ', ')
    FROM cccp.purge('13 months')), 'numbers t, audit f, history t',
    'what cccp.retention says');
SELECT is((SELECT history_from FROM cccp.clock), date_trunc('month', now()
    - interval '2 months', 'UTC'), 'history too');
SELECT throws_ok(format('UPDATE cccp.retention SET keep = %s WHERE class = %L',
    keep, class), '23514', NULL, class || ' for ' || keep)
FROM (VALUES ('numbers', '''1 hour'''), ('audit', '''27 days'''),
    ('history', '''1 day'''), ('audit', 'NULL')) v (class, keep);

-- One class fails, the others do not.
UPDATE cccp.retention SET purged_at = 'epoch', keep = NULL
WHERE class = 'history';
UPDATE cccp.retention SET purged_at = 'epoch';
SELECT cccp_private.make_partition('cccp_audit.access_log', date_trunc('month',
    now(), 'UTC') - interval '20 months') \g /dev/null
CREATE VIEW test.mine AS SELECT query FROM cccp_audit.access_log;
DO $$ BEGIN EXECUTE 'CREATE VIEW test.month AS SELECT query FROM '
    || (SELECT min(inhrelid::regclass::text) FROM pg_inherits
	WHERE inhparent = 'cccp_audit.access_log'::regclass); END $$;
SELECT is((SELECT string_agg(concat_ws(' ', class, removed, more,
    left(error, 17)), ', ') FROM cccp.purge()),
    'numbers 0 f, audit f cannot drop table, history 0 f', 'one class fails');
SELECT is((SELECT string_agg(concat_ws(' ', class, purged_at > 'epoch',
    left(error, 17), error_at IS NOT NULL), ', ' ORDER BY class)
    FROM cccp.retention), 'audit f cannot drop table t, history t f, numbers t f',
    'it is named');
CREATE TABLE test.failed AS SELECT error_at FROM cccp.retention
WHERE class = 'audit';
SELECT count(*) FROM cccp.purge() \g /dev/null
SELECT is((SELECT r.error_at = f.error_at FROM cccp.retention r, test.failed f
    WHERE class = 'audit'), true, 'and since when');
DROP VIEW test.month;
SELECT is((SELECT string_agg(concat_ws(' ', class, removed, error), ', ')
    FROM cccp.purge()), 'numbers 0, audit 1, history 0', 'it is made good');
SELECT is((SELECT count(*) FROM cccp.retention WHERE error IS NULL
    AND error_at IS NULL AND purged_at > 'epoch'), 3::bigint,
    'and said no more');
SELECT is((SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles
    WHERE rolname ~ '^cccp_' AND has_function_privilege(rolname,
	'cccp.blur_numbers(interval, int)', 'EXECUTE')), 'cccp_owner',
    'only the owner says another time');
SELECT * FROM finish();
SQL
