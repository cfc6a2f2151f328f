#!/bin/bash
# Calls: found again by key and date, moved when the date comes, ended when
# they vanish; and the queue of the call that an agent has in hand.

. "${0%/*}/tap.bash"
tap <<'SQL'
SELECT plan(50);

CREATE FUNCTION test.calls(key text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s%s-%s%s', test.minute(queued_at),
	    CASE WHEN queued_guessed THEN '?' END, test.minute(ended_at),
	    CASE WHEN lost THEN ' lost' END), ', ' ORDER BY queued_at)
	FROM cccp.call WHERE call_key = key
$$;
CREATE FUNCTION test.hand(login text) RETURNS text LANGUAGE sql AS
    'SELECT call_queue FROM cccp.agent a WHERE a.login = hand.login';
CREATE FUNCTION test.call(alive double precision, call jsonb) RETURNS bigint
LANGUAGE sql AS $$
	SELECT rows FROM test.flush(jsonb_build_object('alive_at', alive),
	    '[]', '[]', jsonb_build_array(call))
$$;

-- A life.
SELECT test.flush('{"alive_at": 1}', '[{"login": "zoe"}, {"login": "max"}]')
    \g /dev/null
SELECT is(test.call(5, '{"call_key": "a", "queue": "q1", "queue_label": "Un",
    "queued_at": 4, "caller": "+33199001234"}'), 1::bigint, 'queued');
SELECT is(test.calls('a'), '4-', 'it waits');
SELECT is(test.hand('zoe'), NULL, 'nobody has it');
SELECT is(test.call(6, '{"call_key": "a", "queue": "q1", "queue_label": "Un",
    "queued_at": 4, "unqueued_at": 5, "agent_login": "zoe",
    "caller": "+33199001234"}'), 2::bigint, 'offered: the call and the agent');
SELECT is(test.hand('zoe'), 'Un', 'the agent to whom it is offered has it');
SELECT is(test.call(7, '{"call_key": "a", "queue": "q1", "queue_label": "Un",
    "queued_at": 4, "unqueued_at": 5, "agent_login": "max",
    "caller": "+33199001234"}'), 3::bigint, 'offered to another');
SELECT is(test.hand('zoe'), NULL, 'the first one has it no more');
SELECT is(test.hand('max'), 'Un', 'the second one has it');
SELECT is(test.call(8, '{"call_key": "a", "queue": "q1", "queue_label": "Un",
    "queued_at": 4, "unqueued_at": 5, "agent_login": "max",
    "caller": "+33199001234"}'), 0::bigint, 'the same again');
SELECT is(test.call(9, '{"call_key": "a", "queue": "q1", "queue_label": "Un",
    "queued_at": 4, "unqueued_at": 5, "agent_login": "max", "managed_at": 6,
    "post_managed_at": 7, "ended_at": 8}'), 2::bigint, 'ended');
SELECT is(test.calls('a'), '4-8', 'with its own end');
SELECT is(test.hand('max'), NULL, 'nobody has it in hand');
SELECT is((SELECT (caller, callee)::text FROM cccp.call), '(+33199001234,)',
    'numbers once known are kept, unlike the rest');
SELECT is(test.call(10, '{"call_key": "a", "present": false}'), 0::bigint,
    'over and gone from the server: nothing changes');

-- Without a date, and then with one: moved, not doubled; even across months.
SELECT test.call(11, '{"call_key": "b"}') \g /dev/null
SELECT is(test.calls('b'), '11?-', 'without a date: when it was first known');
SELECT is(test.call(12, '{"call_key": "b"}'), 0::bigint,
    'and that is kept, later');
SELECT is(test.call(13, '{"call_key": "b", "queued_at": 10}'), 1::bigint,
    'its date comes');
SELECT is(test.calls('b'), '10-', 'and moves it');
SELECT is(test.call(14, '{"call_key": "b"}'), 0::bigint,
    'a date once known is kept');
SELECT is(test.call(14, '{"call_key": "b", "queued_at": -90000}'), 1::bigint,
    'a date that changes, two months back');
SELECT is(test.calls('b'), '-90000-', 'moves it while it is active');
SELECT test.call(15, '{"call_key": "c", "managed_at": 12, "ended_at": 13}')
    \g /dev/null
SELECT is(test.calls('c'), '12?-13', 'without a date: its first other one');
SELECT test.call(16, '{"call_key": "c", "queued_at": 11, "managed_at": 12,
    "ended_at": 13}') \g /dev/null
SELECT is(test.calls('c'), '11-13', 'a guess moves even after the end');
SELECT test.call(17, '{"call_key": "f", "queued_at": 9000}') \g /dev/null
SELECT is(test.calls('f'), '17?-', 'a date in the future is none');

-- A key that is used again.
SELECT test.call(30, '{"call_key": "a", "queued_at": 29}') \g /dev/null
SELECT is(test.calls('a'), '4-8, 29-', 'after the end: another call');

-- Vanishing.
SELECT is(test.call(31, '{"call_key": "a", "queued_at": 29,
    "present": false}'), 1::bigint, 'vanishes');
SELECT is(test.calls('a'), '4-8, 29-31 lost', 'ends when that was seen');
SELECT is(test.call(33, '{"call_key": "a", "present": false}'), 0::bigint,
    'vanishes once');
SELECT is(test.call(34, '{"call_key": "a", "queued_at": 29,
    "ended_at": 30.5, "present": false}'), 1::bigint, 'its end comes late');
SELECT is(test.calls('a'), '4-8, 29-30.5', 'and is believed');
SELECT test.call(35, '{"call_key": "d", "queued_at": 34, "ended_at": 34.5,
    "present": false}') \g /dev/null
SELECT is(test.calls('d'), '34-34.5', 'came and went between two flushes');
SELECT test.call(35, '{"call_key": "never", "present": false}') \g /dev/null
SELECT is(test.calls('never'), NULL, 'gone before anything was known of it');
SELECT test.flush('{"alive_at": 40, "complete": true}',
    '[{"login": "zoe"}, {"login": "max"}]', '[]', '[
    {"call_key": "g", "queued_at": 39, "agent_login": "ana", "queue": "q2"}]')
    \g /dev/null
SELECT is(test.calls('b') || ', ' || test.calls('f'),
    '-90000-40 lost, 17?-40 lost', 'what a complete flush lacks is lost');
SELECT test.call(41, '{"call_key": "b", "queued_at": -90000}') \g /dev/null
SELECT is(test.calls('b'), '-90000-', 'and lives again when it is back');

-- An agent who comes after the call.
SELECT is((SELECT agent_id FROM cccp.call WHERE call_key = 'g'), NULL,
    'a login that nobody knows');
SELECT test.flush('{"alive_at": 42}', '[{"login": "ana"}]') \g /dev/null
SELECT is(test.hand('ana'), 'q2', 'has the call once it is known');

-- Several in hand: not the one in wrap-up, then the one answered last.
SELECT test.flush('{"alive_at": 43}', '[]', '[]', '[
    {"call_key": "h", "queue": "old", "agent_login": "zoe", "queued_at": 40,
	"managed_at": 42, "post_managed_at": 43},
    {"call_key": "i", "queue": "new", "agent_login": "zoe", "queued_at": 39,
	"managed_at": 41},
    {"call_key": "j", "queue": "ringing", "agent_login": "zoe",
	"queued_at": 42}]') \g /dev/null
SELECT is(test.hand('zoe'), 'new', 'of several the one that was answered');
SELECT test.flush('{"alive_at": 44}', '[]', '[]', '[
    {"call_key": "i", "present": false}, {"call_key": "j", "present": false}]')
    \g /dev/null
SELECT is(test.hand('zoe'), 'old', 'else the one in wrap-up');

-- A call that rings names no agent; the agent's last task names its queue.
SELECT test.flush('{"alive_at": 44.1}', '[{"login": "rio", "busy_count": 1,
    "task": "ringing", "task_started_at": 44, "task_queue": "q9"}]',
    '[{"name": "q9", "display_name": "Neuf"}]') \g /dev/null
SELECT is(test.hand('rio'), 'Neuf', 'it rings: the queue is known');
SELECT test.flush('{"alive_at": 44.2}', '[{"login": "rio", "busy_count": 1,
    "task": "managing", "task_started_at": 44, "task_queue": "q9"}]', '[]',
    '[{"call_key": "k", "queue": "q7", "queue_label": "Sept",
    "agent_login": "rio", "queued_at": 43, "managed_at": 44}]') \g /dev/null
SELECT is(test.hand('rio'), 'Sept', 'answered: the call''s own');
SELECT test.flush('{"alive_at": 44.3}', '[{"login": "rio", "busy_count": 1,
    "task": "managing", "task_started_at": 44, "task_queue": "q9",
    "task_ended_at": 44.25}]', '[]', '[{"call_key": "k",
    "present": false}]') \g /dev/null
SELECT is(test.hand('rio'), NULL, 'over, though busy with another: none');
SELECT test.flush('{"alive_at": 44.4}', '[{"login": "rio", "busy_count": 1,
    "task": "ringing", "task_started_at": 44.35, "task_queue": "q8",
    "task_ended_at": 44.25}]') \g /dev/null
SELECT is(test.hand('rio'), 'q8', 'the next one rings, of a queue not listed');
SELECT test.flush('{"alive_at": 44.5}', '[{"login": "rio", "busy_count": 0,
    "task_started_at": 44.35, "task_queue": "q8"}]') \g /dev/null
SELECT is(test.hand('rio'), NULL, 'nothing in hand: none');

-- Too old for history; two sources; refused.
SELECT is(test.call(45, '{"call_key": "z", "queued_at": -2000000}'), 0::bigint,
    'a call from before all history is left out');
SELECT test.flush('{"name": "lyon", "alive_at": 45}', '[]', '[]',
    '[{"call_key": "g", "queued_at": 39}]') \g /dev/null
SELECT is((SELECT count(*) FROM cccp.call WHERE call_key = 'g'), 2::bigint,
    'one key in two sources');
SELECT is((SELECT count(*) FROM cccp.call WHERE agent_id IS NOT NULL
    AND agent_login IS NULL), 0::bigint, 'no agent without a login');
SELECT throws_like($$SELECT test.call(46, '{"call_key": "x", "queued_at": 45,
    "direction": "sideways"}')$$, '%call_direction_check%',
    'a direction that there is not');
SELECT throws_like($$SELECT test.call(46, '{"call_key": "",
    "queued_at": 45}')$$, '%call_call_key_check%', 'an empty key');

-- What a call is at, by what is known of it.
SELECT test.flush('{"name": "metz", "alive_at": 60}', '[]', '[]', '[
    {"call_key": "1", "queued_at": 50},
    {"call_key": "2", "queued_at": 50, "direction": "outbound"},
    {"call_key": "3", "queued_at": 50, "unqueued_at": 51},
    {"call_key": "4", "queued_at": 50, "unqueued_at": 51, "managed_at": 52},
    {"call_key": "5", "queued_at": 50, "managed_at": 52,
	"post_managed_at": 53},
    {"call_key": "6", "queued_at": 50, "managed_at": 52, "ended_at": 53},
    {"call_key": "7", "queued_at": 50, "ended_at": 53},
    {"call_key": "8", "queued_at": 50, "managed_at": 52},
    {"call_key": "9", "queued_at": 50, "agent_login": "zoe"}]') \g /dev/null
SELECT test.flush('{"name": "metz", "alive_at": 61}', '[]', '[]',
    '[{"call_key": "8", "present": false}]') \g /dev/null
SELECT is((SELECT string_agg(stage, ' ' ORDER BY call_key) FROM cccp_v1.call
    WHERE source = 'metz'), 'waiting dialling ringing talking wrapup managed'
    ' unmanaged vanished ringing', 'stages');
SELECT test.flush('{"name": "metz", "alive_at": 62}', '[]', '[]', '[
    {"call_key": "9", "queued_at": 50}]') \g /dev/null
SELECT is((SELECT stage FROM cccp_v1.call WHERE call_key = '9'), 'waiting',
    'nobody answered: it waits again');
SELECT * FROM finish();
SQL
