#!/bin/bash
# The functions that list and change grants: for admins, and for the owner.

. "${0%/*}/../tap.bash"
PGOPTIONS='-c client_min_messages=warning' tap <<'SQL' || exit 1
CREATE ROLE dba LOGIN IN ROLE cccp_owner;
CREATE ROLE other LOGIN IN ROLE cccp_web;
DELETE FROM cccp.access_grant;
SELECT test.flush('{"alive_at": 1}', '[{"login": "zoe", "team": "Nord"},
    {"login": "max", "team": "Nord/Soir"}, {"login": "eva", "team": "Sud"}]')
    \g /dev/null
SQL

# Owners need no grant: there is none yet.
first=$(PGUSER=dba psql -XAtqc "SELECT cccp.grant_access('user', 'chef', 'admin',
    note => 'the first')" 2>&1)
web=$(PGUSER=cccp_web psql -XAtqv VERBOSITY=sqlstate 2>&1 <<'SQL'
SELECT cccp.grant_access('user', 'me', 'admin');
SELECT cccp.grant_access('user', 'me', 'admin', reader => 'me', groups => '{}');
SELECT cccp.access_grants();
SELECT cccp.access_grants('me', '{chef}', NULL);
SELECT cccp.access_grants(NULL, '{}', 'supervisor');
SELECT cccp.change_access(1, NULL, 'user', 'me', 'admin', reader => 'me');
SELECT cccp.end_access(1, reader => 'me');
INSERT INTO cccp.access_grant (who_kind, role) VALUES ('everyone', 'admin');
SELECT count(*) FROM cccp.access_grants(NULL, '{}', 'admin');
SQL
)
refused=$(printf 'ERROR:  42501\n%.0s' {1..8})$'\n1'
listen=$(PGUSER=cccp_web psql -XAtq <<'SQL'
LISTEN cccp_access;
SELECT cccp.grant_access('group', 'Nord', 'supervisor', team => 'Nord',
    reader => 'chef', groups => '{}') AS id \gset
SELECT cccp.grant_access('everyone', NULL, 'reader', team => 'Parti',
    reader => 'chef', groups => '{}') \g /dev/null
SELECT cccp.grant_access('user', 'later', 'reader', valid => '[2200-01-01,)',
    reader => 'chef', groups => '{}') \g /dev/null
SELECT count(*) FROM cccp.access_grants('chef', '{}', NULL);
SQL
)

tap -v first="$first" -v web="$web" -v refused="$refused" -v listen="$listen" \
    <<'SQL'
SELECT plan(17);
SELECT matches(:'first'::text, '^[0-9]+$', 'a member of the owner makes an admin');
SELECT is(:'web'::text, :'refused'::text, 'nobody else does anything');
SELECT matches(:'listen'::text, 'Asynchronous notification "cccp_access"',
    'programs are told');
SELECT is((SELECT string_agg(concat_ws(' ', who_kind, who, role, team, state,
    users, created_by), E'\n' ORDER BY id) FROM cccp.access_grants()),
    'user chef admin valid 3 dba
group Nord supervisor Nord valid 2 chef
everyone reader Parti valid 0 chef
user later reader future 3 chef', 'all are listed, with their users of now');

SELECT id AS north, etag AS etag FROM cccp.access_grants() WHERE who = 'Nord' \gset
SELECT lives_ok(format('SELECT cccp.change_access(%s, %L, ''group'', ''Nord'',
    ''reader'', team => ''Nord/Soir'', reader => ''chef'')', :north, :'etag'),
    'an admin changes a grant');
SELECT is((role, team, numbers, users, created_by)::text,
    '(reader,Nord/Soir,,1,chef)', 'to what he says')
FROM cccp.access_grants() WHERE id = :north;
SELECT throws_ok(format('SELECT cccp.change_access(%s, %L, ''group'', ''Nord'',
    ''admin'')', :north, :'etag'), '40001', NULL, 'but not what was changed since');
SELECT throws_ok(format('SELECT cccp.end_access(%s, %L)', :north, :'etag'),
    '40001', NULL, 'nor ends it');
SELECT throws_ok('SELECT cccp.end_access(4711)', 'P0002', NULL,
    'nor one that is not there');
SELECT throws_ok('SELECT cccp.change_access(4711, NULL, ''user'', ''x'',
    ''reader'')', 'P0002', NULL, 'nor changes it');
SELECT throws_ok(format('SELECT cccp.%s', f), '23514', NULL, what) FROM (VALUES
    ('grant_access(''user'', NULL, ''reader'')', 'a user has a name'),
    ('grant_access(''user'', ''x'', ''boss'')', 'roles are known'),
    ('grant_access(''user'', ''x'', ''reader'', team => ''/Nord'')',
	'a team begins without a slash')) q (f, what);

SELECT cccp.end_access(:north) \g /dev/null
SELECT is((SELECT state FROM cccp.access_grants() WHERE id = :north), 'ended',
    'a grant ends');
SELECT is((SELECT count(*) FROM cccp.scope_of('x', '{nord}')
    WHERE scope ~ 'Soir'), 0::bigint, 'and gives nothing');
SELECT created_at AS at FROM cccp.access_grants() WHERE id = :north \gset
SELECT cccp.end_access(:north) \g /dev/null
SELECT is((SELECT created_at FROM cccp.access_grants() WHERE id = :north),
    :'at'::timestamptz, 'once');
SELECT cccp.end_access(id) FROM cccp.access_grants() WHERE who = 'later'
    \g /dev/null
SELECT is((SELECT state FROM cccp.access_grants() WHERE who = 'later'), 'ended',
    'also before it begins');
SELECT * FROM finish();
SQL
