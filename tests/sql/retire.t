#!/bin/bash
#
# A source that no poller follows any more leaves the views and its history
# stays; and only roles that write may block a flush.

. "${0%/*}/tap.bash"

tap <<'SQL'
SELECT plan(15);
SELECT test.flush('{"name": "demo", "alive_at": 1}', '[{"login": "zoe"}]',
    '[{"name": "accueil"}]', '[{"call_key": "t1", "queued_at": 0}]')
    \g /dev/null
SELECT test.flush('{"name": "prod", "alive_at": 1}', '[{"login": "max"}]')
    \g /dev/null
SELECT ok(cccp.retire_source('demo'), 'retired');
SELECT ok(NOT cccp.retire_source('demo'), 'only once');
SELECT ok(NOT cccp.retire_source('nobody'), 'a name that is none');
SELECT is((SELECT generation FROM cccp.clock), 3::bigint, 'a new generation');
SELECT results_eq('SELECT source FROM cccp_v1.source', ARRAY['prod'],
    'sources without it');
SELECT results_eq('SELECT login FROM cccp_v1.user', ARRAY['max'],
    'users without it');
SELECT is_empty('SELECT FROM cccp_v1.queue', 'queues without it');
SELECT is_empty('SELECT FROM cccp_v1.call', 'calls without it');
SELECT is((SELECT count(*)::int FROM cccp.agent), 2, 'the table keeps it');
SELECT cccp.apply_rules() \g /dev/null
SELECT results_eq('SELECT source FROM cccp_v1.source', ARRAY['prod'],
    'rules that are applied do not bring it back');
SELECT test.flush('{"name": "demo", "alive_at": 2}', '[]') \g /dev/null
SELECT results_eq('SELECT login FROM cccp_v1.user ORDER BY 1',
    ARRAY['max', 'zoe'], 'a poller brings it back');
SELECT is((SELECT generation FROM cccp.clock), 4::bigint, 'and says so');

SET ROLE cccp_poller;
SELECT throws_ok($$SELECT cccp.retire_source('prod')$$, '42501', NULL,
    'the poller may not retire');
SET ROLE cccp_reader;
SELECT throws_ok('SELECT FROM cccp.clock FOR UPDATE', '42501', NULL,
    'a reader cannot hold up the flushes');
SET ROLE cccp_web;
SELECT throws_ok('SELECT FROM cccp.clock FOR UPDATE', '42501', NULL,
    'nor can a handler');
RESET ROLE;
SELECT * FROM finish();
SQL
