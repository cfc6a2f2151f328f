#!/bin/bash
# A flush: what differs is written, once, and told; nothing else is.

. "${0%/*}/tap.bash"

tap <<'SQL'
SELECT plan(57);

-- The same twice, complete and in part.
CREATE FUNCTION test.day(alive double precision, complete boolean)
RETURNS bigint LANGUAGE sql AS $$
	SELECT rows FROM test.flush(jsonb_build_object('alive_at', alive,
	    'complete', complete, 'server_version', '2.10'), '[
	    {"login": "zoe", "name": "Zoé", "mode_since": 1, "busy_count": 1,
		"task": "appel", "task_started_at": 2, "task_managed_at": 3,
		"profile": "Profile_Test", "phone_uri": "sip:101@192.0.2.1",
		"queues": ["accueil", "ventes"], "spies": ["chef"],
		"record_active": 3, "talk_seconds": 12.5},
	    {"login": "chef", "name": "Chef", "profile": "Superviseur_default"},
	    {"login": "sup", "mode": "supervision"},
	    {"login": "sup2", "interface": "supervision"},
	    {"login": "fut", "mode_since": 9000},
	    {"login": "gone", "present": false},
	    {"login": "consistent", "logged": null}]', '[
	    {"name": "accueil", "display_name": "Accueil", "waiting_tasks": 2},
	    {"name": "x__Ventes"}, {"name": "VQ_1"}, {"name": "a cdep:b"},
	    {"name": "u", "type": "user"}, {"name": "never", "present": false}]',
	    '[{"call_key": "t1", "queue": "accueil", "queue_label": "Accueil",
		"agent_login": "zoe", "queued_at": 2, "managed_at": 3},
	    {"call_key": "t2", "queue": "accueil"},
	    {"call_key": "t3", "queued_at": 1, "present": false}]')
$$;
SELECT cmp_ok(test.day(10, true), '>', 0::bigint, 'the first flush writes');
SELECT is((SELECT generation FROM cccp.clock), 1::bigint,
    'generation 1, not one for each table');
SELECT is(test.day(10, true), 0::bigint, 'the same again writes nothing');
SELECT is(test.day(11, true), 0::bigint, 'nor does a later proof of life');
SELECT is(test.day(11, false), 0::bigint, 'nor the same rows in part');
SELECT is((SELECT generation FROM cccp.clock), 1::bigint, 'still generation 1');
SELECT is((SELECT count(*) FROM cccp.sync), 1::bigint, 'one row in sync');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap');

-- What is made of the rows.
SELECT is((SELECT string_agg(login, ' ' ORDER BY login) FROM cccp.agent
    WHERE kind = 'supervisor'), 'chef sup sup2',
    'supervisors by profile, mode, interface');
SELECT is((SELECT string_agg(login, ' ') FROM cccp.agent WHERE hidden),
    'consistent', 'the system account is hidden');
SELECT is((SELECT count(*) FROM cccp.agent WHERE login = 'gone'), 0::bigint,
    'gone before it was known: no row');
SELECT is((SELECT name FROM cccp.agent WHERE login = 'sup'), '',
    'a name that is absent is empty');
SELECT is((SELECT busy_count FROM cccp.agent WHERE login = 'chef'), NULL,
    'a number that is absent is null');
SELECT is((SELECT phone FROM cccp.agent WHERE login = 'zoe'), '101',
    'phone without scheme and host');
SELECT is((SELECT string_agg(name, ',' ORDER BY queue_id) FROM cccp.queue
    WHERE hidden), 'VQ_1,a cdep:b,u', 'hidden queues');
SELECT is((SELECT label FROM cccp.queue WHERE name = 'x__Ventes'), 'Ventes',
    'label by the name');
SELECT is((SELECT count(*) FROM cccp.queue_sample), 5::bigint,
    'one sample of each queue');

-- Every change is one generation, notes only the rows it changed, and is told.
SELECT is((test.flush('{"alive_at": 12}', '[{"login": "chef", "name": "Chef"}]'
    )).generation, 2::bigint, 'a change is the next generation');
SELECT is((SELECT string_agg(login, ' ') FROM cccp.agent
    WHERE generation = 2), 'chef', 'which the changed row has');
SELECT is((SELECT kind FROM cccp.agent WHERE login = 'chef'), 'agent',
    'kind follows the profile');
SELECT is((SELECT (generation, last_change = at)::text FROM cccp.source
    JOIN cccp.sync USING (source_id, generation)), '(2,t)',
    'the source has it too');
SELECT is((test.flush('{"alive_at": 12}', '[]',
    '[{"name": "accueil", "display_name": "Accueil", "waiting_tasks": 3}]')
    ).rows, 1::bigint, 'a queue that changes');
SELECT is((test.flush('{"alive_at": 12}', '[]',
    '[{"name": "accueil", "present": false}]')).rows, 1::bigint,
    'a queue that goes');
SELECT is((SELECT (present, waiting_tasks)::text FROM cccp.queue
    WHERE name = 'accueil'), '(f,3)', 'is kept as it was');
SELECT is((test.flush('{"alive_at": 12}', '[]',
    '[{"name": "accueil", "present": false}]')).rows, 0::bigint,
    'and goes once');
SELECT is((test.flush('{"alive_at": 12}', '[]', '[{"name": "accueil",
    "display_name": "Accueil", "waiting_tasks": 3}]')).rows, 1::bigint,
    'and may come back');
SELECT test.flush('{"alive_at": 12}', '[{"login": "chef", "name": "C"}]')
    \g /dev/null
SELECT is((SELECT name FROM cccp.agent WHERE login = 'chef'), 'C', 'renamed');

-- Doubles: present beats absent, then the newer number wins; always the same.
SELECT test.flush('{"alive_at": 13}', '[
    {"login": "dup", "object_id": 9, "name": "new"},
    {"login": "dup", "object_id": 12, "name": "old", "present": false},
    {"login": "dup", "object_id": 3, "name": "older"}]',
    '[{"name": "d", "object_id": 1, "waiting_tasks": 1},
    {"name": "d", "object_id": 2, "waiting_tasks": 2}]',
    '[{"call_key": "d", "object_id": 1, "queued_at": 12, "caller": "a"},
    {"call_key": "d", "object_id": 2, "queued_at": 12, "caller": "b"}]')
    \g /dev/null
SELECT is((SELECT name FROM cccp.agent WHERE login = 'dup'), 'new',
    'of two agents with one login the one that is there');
SELECT is((SELECT waiting_tasks FROM cccp.queue WHERE name = 'd'), 2,
    'of two queues with one name the newer');
SELECT test.flush('{"alive_at": 13}', '[
    {"login": "dup", "object_id": 9, "name": "away", "logged": false},
    {"login": "dup", "object_id": 3, "name": "at work"}]',
    '[{"name": "d", "object_id": 1, "logged_sessions": 1},
    {"name": "d", "object_id": 2, "logged_sessions": 0}]') \g /dev/null
SELECT is((SELECT name FROM cccp.agent WHERE login = 'dup'), 'at work',
    'of two agents with one login the one that is logged in');
SELECT is((SELECT object_id FROM cccp.queue WHERE name = 'd'), 1::bigint,
    'of two queues with one name the one that has agents');
SELECT is((SELECT caller FROM cccp.call WHERE call_key = 'd'), 'b',
    'of two calls with one key the newer');

-- Complete: what is not in it is gone, and only of this source.
SELECT test.flush('{"name": "lyon", "alive_at": 13, "complete": true}',
    '[{"login": "zoe", "name": "Zoé de Lyon"}]', '[{"name": "accueil"}]')
    \g /dev/null
SELECT test.flush('{"alive_at": 14, "complete": true}',
    '[{"login": "zoe", "name": "Zoé", "seen_at": 14}]') \g /dev/null
SELECT is((SELECT count(*) FROM cccp.agent WHERE present), 2::bigint,
    'agents that a complete flush lacks are gone');
SELECT is((SELECT count(*) FROM cccp.queue WHERE present), 1::bigint,
    'queues too');
SELECT is((SELECT count(*) FROM cccp.call WHERE ended_at IS NULL), 0::bigint,
    'calls too');
SELECT is((SELECT count(DISTINCT source_id) FROM cccp.agent
    WHERE login = 'zoe' AND present), 2::bigint, 'one login in two sources');
SELECT is((test.flush('{"alive_at": 15}')).rows, 0::bigint,
    'nothing staged and not complete: nothing is gone');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap');

-- The source itself.
SELECT test.flush(jsonb_build_object('alive_at', now())) \g /dev/null
SELECT is((test.flush('{"status": "down", "error": "refused"}')).rows,
    1::bigint, 'a status is a change');
SELECT is((SELECT (status, error, error_at = last_sync)::text FROM cccp.source
    WHERE name = 'prod'), '(down,refused,t)', 'with its error');
SELECT is((test.flush(jsonb_build_object('alive_at', now(), 'error',
    'left over'))).rows, 1::bigint, 'live again');
SELECT is((SELECT (status, error, error_at < alive_at)::text
    FROM cccp.source WHERE name = 'prod'), '(live,,t)',
    'without an error, but with the moment of the last one');
SELECT is((SELECT server_version FROM cccp.source WHERE name = 'prod'), '2.10',
    'a version that is not told is kept');

-- What is wrong with its data: until it says that nothing is.
CREATE FUNCTION test.defects(defects jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT rows FROM test.flush(jsonb_build_object('alive_at', now(),
	    'defects', defects))
$$;
CREATE FUNCTION test.wrong() RETURNS text LANGUAGE sql AS $$
	SELECT (unreadable_values, unreadable_fields, same_key_objects,
	    left_out_objects)::text FROM cccp_v1.source WHERE source = 'prod'
$$;
SELECT is(test.wrong(), '(0,{},0,0)', 'nothing is wrong');
SELECT is(test.defects('[{"kind": "unreadable", "list": "users",
    "path": "name", "field": "name", "count": 2}, {"kind": "unreadable",
    "list": "calls", "path": "task_id", "field": null, "count": 1},
    {"kind": "unreadable", "list": "calls", "path": "task_id",
    "field": "call_key", "count": 1}, {"kind": "left_out", "list": "users",
    "path": "login", "field": "login", "count": 7}]'), 3::bigint,
    'what is wrong is a change');
SELECT is(test.wrong(), '(4,"{calls.task_id,users.name}",0,7)', 'it is shown');
SELECT is(test.defects(NULL), 0::bigint, 'a flush that does not say keeps it');
SELECT is(test.defects('[{"kind": "unreadable", "list": "users",
    "path": "name", "field": "name", "count": 2}, {"kind": "same_key",
    "list": "users", "path": "login", "field": "login", "count": 1}]'),
    3::bigint, 'what differs is written');
SELECT is(test.wrong(), '(2,{users.name},1,0)', 'what is over is not shown');
SELECT is(test.defects('[]'), 2::bigint, 'so is the end of all');
SELECT is(test.defects('[]'), 0::bigint, 'once');
SELECT is(test.wrong(), '(0,{},0,0)', 'nothing is wrong again');

-- Bad input is refused by name, and leaves nothing behind.
SELECT throws_like($$SELECT test.flush('{"name": "Prod"}')$$,
    '%source_name_check%', 'a bad source name');
SELECT throws_like($$SELECT test.flush('{"status": "asleep"}')$$,
    '%source_status_check%', 'a bad status');
SELECT throws_like($$SELECT test.flush('{"alive_at": 17}',
    '[{"login": ""}]')$$, '%agent_login_check%', 'an empty login');
SELECT throws_like('SELECT cccp.flush()', '%source_in%',
    'a flush without a source');

SELECT is((SELECT generation FROM cccp.clock),
    (SELECT max(generation) FROM cccp.sync), 'the clock agrees with sync');
SELECT * FROM finish();
SQL
