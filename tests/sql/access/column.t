#!/bin/bash
# Columns that are new in a view, and what a limited scope shows of them until a
# rule names them.

. "${0%/*}/world.bash"
tap -v file="$PG_ROOT/sql/code/53-web-user.sql" <<'SQL'
SELECT plan(7);
SELECT is((SELECT string_agg(oid::regclass::text, ' ') FROM pg_class
    WHERE relnamespace IN ('cccp_web'::regnamespace, 'cccp_scoped'::regnamespace)
    AND pg_get_viewdef(oid) ~ 'WHEN false'), NULL, 'each text has a rule');
SELECT is((SELECT string_agg(format('%s.%s', c.oid::regclass, attname), ' ')
    FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
    JOIN pg_class o ON o.relnamespace = 'cccp_v1'::regnamespace
    AND o.relname = regexp_replace(c.relname, '_part$', '')
    WHERE c.relnamespace IN ('cccp_web'::regnamespace, 'cccp_scoped'::regnamespace)
    AND NOT EXISTS (SELECT FROM pg_attribute v WHERE v.attrelid = o.oid
	AND (v.attnum, v.attname, v.atttypid, v.attcollation)
	= (a.attnum, a.attname, a.atttypid, a.attcollation))), NULL,
    'the columns are those of cccp_v1, of the same type and order');

SELECT format('CREATE OR REPLACE VIEW cccp_v1.user AS SELECT *, name AS badge,
    ARRAY[name] AS badges, 7 AS number, now() AS moment FROM (%s) v',
    rtrim(pg_get_viewdef('cccp_v1.user'), ';')) \gexec
\i :file
CREATE FUNCTION test.badge(reader text, login text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM test.become(reader);
	RETURN (SELECT concat_ws(' ', u.login, badge, badges, number,
	    CASE WHEN moment = now() THEN 'now' END)
	    FROM cccp_web.user_part u WHERE u.login = badge.login);
END $$;
SELECT is(test.badge('team', 'l_zoe'), 'l_zoe 7 now',
    'figures and moments are shown with the user, no text');
SELECT is(test.badge('queue', 'l_zoe'), 'l_zoe',
    'but not of who is visible by a queue');
SELECT is(test.badge('team', 'l_max'), NULL, 'nor of others');
SELECT is((SELECT count(*) FROM pg_attribute WHERE attname = 'badge'
    AND attrelid IN ('cccp_web.user_part'::regclass,
    'cccp_scoped.user'::regclass)), 2::bigint, 'both views have it');
SELECT is(col_description('cccp_web.user_part'::regclass, 1),
    col_description('cccp_v1.user'::regclass, 1), 'comments are the same');
SELECT * FROM finish();
SQL
