#!/bin/bash
# The history of states: no overlap, no hole, and the right begin of each.

. "${0%/*}/tap.bash"
tap <<'SQL'
SELECT plan(53);

-- First sight, and the plain way through a call.
SELECT test.flush('{"alive_at": 10}', '[
    {"login": "zoe", "mode_since": 1},
    {"login": "max", "mode": "pause_cafe", "mode_label": "Pause café"},
    {"login": "ana", "logged": false, "logout_at": 3},
    {"login": "leo", "logged": null},
    {"login": "eve", "busy_count": 1, "task": "held", "mode_since": 2,
	"task_started_at": 4, "task_managed_at": 5}]') \g /dev/null
SELECT is(test.history('zoe'), 'available 1-', 'begins with the mode');
SELECT is(test.history('max'), 'paused 10-', 'without a date: when seen');
SELECT is(test.history('ana'), 'offline 3-', 'offline since the logout');
SELECT is(test.history('leo'), 'offline 10-', 'never logged in: when seen');
SELECT is(test.history('eve'), 'held 5-',
    'a state without a date of its own begins with the latest date known');

SELECT test.flush('{"alive_at": 12}', '[{"login": "zoe", "mode_since": 1,
    "busy_count": 1, "task": "ringing", "task_started_at": 11}]') \g /dev/null
SELECT test.flush('{"alive_at": 14}', '[{"login": "zoe", "mode_since": 1,
    "busy_count": 1, "task": "managing", "task_started_at": 11,
    "task_managed_at": 13}]') \g /dev/null
SELECT test.flush('{"alive_at": 16}', '[{"login": "zoe", "mode_since": 1,
    "busy_count": 1, "task": "held", "task_started_at": 11,
    "task_managed_at": 13}]') \g /dev/null
SELECT is(test.history('zoe'), 'available 1-11, ringing 11-13, talking 13-16,'
    ' held 16-', 'a call, by the task''s own dates; hold when it was seen');
SELECT test.flush('{"alive_at": 17}', '[{"login": "zoe", "mode_since": 1,
    "busy_count": 1, "task": "held", "task_started_at": 11,
    "task_managed_at": 13, "talk_seconds": 60}]') \g /dev/null
SELECT is(test.state('zoe'), 'held 16', 'a state without a date keeps its own');

-- Back to a state known before: it begins again, it does not swallow the hold.
SELECT test.flush('{"alive_at": 18}', '[{"login": "zoe", "mode_since": 1,
    "busy_count": 1, "task": "managing", "task_started_at": 11,
    "task_managed_at": 13}]') \g /dev/null
SELECT is(test.history('zoe'), 'available 1-11, ringing 11-13, talking 13-16,'
    ' held 16-18, talking 18-', 'talking again after a hold');
SELECT is(test.state('zoe'), 'talking 18', 'the agent says the same moment');
SELECT test.flush('{"alive_at": 21}', '[{"login": "zoe", "mode_since": 1,
    "busy_count": 0, "task": "managing", "task_started_at": 11,
    "task_managed_at": 13, "task_ended_at": 20}]') \g /dev/null
SELECT is(test.history('zoe'), 'available 1-11, ringing 11-13, talking 13-16,'
    ' held 16-18, talking 18-20, available 20-',
    'available again when the call was over');
SELECT test.flush('{"alive_at": 22}', '[{"login": "zoe", "mode_since": 1,
    "busy_count": 0, "task": "managing", "task_started_at": 11,
    "task_managed_at": 13, "task_ended_at": 20}]') \g /dev/null
SELECT alike(test.history('zoe'), '%talking 18-20, available 20-',
    'the same again changes nothing');

-- Twice between two flushes.
SELECT test.flush('{"alive_at": 30}', '[{"login": "zoe", "mode_since": 28}]')
    \g /dev/null
SELECT alike(test.history('zoe'), '%, available 20-28, available 28-',
    'the same state with a later date is another interval');
SELECT test.flush('{"alive_at": 35}', '[{"login": "max", "mode": "pause_repas",
    "mode_label": "Pause déjeuner", "mode_since": 33}]') \g /dev/null
SELECT is(test.history('max'), 'paused 10-33, paused 33-',
    'another reason is another interval');
SELECT test.flush('{"alive_at": 36}', '[{"login": "max", "mode": "pause_repas",
    "mode_label": "Déjeuner", "mode_since": 33}]') \g /dev/null
SELECT is((SELECT s.mode_label FROM cccp.agent_state s JOIN cccp.agent a
    USING (agent_id) WHERE login = 'max' AND until IS NULL), 'Déjeuner',
    'a label that changes alone is corrected in place');

-- A date that comes late, earlier than the open interval, is a correction.
SELECT test.flush('{"alive_at": 40}', '[{"login": "max", "busy_count": 1,
    "mode_since": 33}]') \g /dev/null
SELECT is(test.history('max'), 'paused 10-33, paused 33-40, other_call 40-',
    'busy, and nothing known of the task');
SELECT test.flush('{"alive_at": 41}', '[{"login": "max", "busy_count": 1,
    "mode_since": 33, "task": "ringing", "task_started_at": 39.5}]')
    \g /dev/null
SELECT is(test.history('max'), 'paused 10-33, paused 33-39.5, ringing 39.5-',
    'news with a date before the open interval takes its place');
SELECT is(test.state('max'), 'ringing 39.5', 'and the agent says the same');

-- Wrong clocks.
SELECT test.flush('{"alive_at": 45}', '[{"login": "fut", "mode_since": 5000,
    "seen_at": 45}]') \g /dev/null
SELECT is(test.history('fut'), 'available 45-', 'a future date is capped');
SELECT test.flush('{"alive_at": 46}', '[{"login": "fut", "mode_since": 5000,
    "seen_at": 46}]') \g /dev/null
SELECT is(test.history('fut'), 'available 45-', 'and does not move on');
SELECT test.flush('{"alive_at": 46}', '[{"login": "near", "mode_since": 46.5,
    "seen_at": 46}]') \g /dev/null
SELECT is(test.history('near'), 'available 46.5-', 'half a minute is let pass');
SELECT test.flush('{"alive_at": 46}', '[{"login": "near", "mode_since": 46.5,
    "seen_at": 46, "mode": "disabled"}]') \g /dev/null
SELECT is(test.history('near'), 'withdrawn 46.5-', 'no interval of no length');

-- Set back by an hour, the clock does not undo what was written.
SELECT test.flush('{"alive_at": 120}', '[{"login": "back", "mode_since": 110,
    "seen_at": 120}]') \g /dev/null
SELECT test.flush('{"alive_at": 60}', '[{"login": "back", "mode": "mystery", "mode_since": 110,
    "seen_at": 60}]') \g /dev/null
SELECT is(test.history('back'), 'available 110-110, unknown 110-',
    'a clock that was set back adds, and never overwrites');

-- The far past: as far back as history is kept.
SELECT test.flush('{"alive_at": 47}', '[{"login": "old", "logged": false,
    "logout_at": -2000000}]') \g /dev/null
SELECT is((SELECT since FROM cccp.agent_state JOIN cccp.agent USING (agent_id)
    WHERE login = 'old'), (SELECT history_from FROM cccp.clock),
    'the far past is cut to what is kept');
SELECT is(test.state('old'), 'offline -2000000', 'not so the agent''s date');
SELECT test.flush('{"alive_at": 48}', '[{"login": "old", "logged": false,
    "logout_at": -2000000, "name": "Vieux"}]') \g /dev/null
SELECT is((SELECT count(*)::int FROM cccp.agent_state JOIN cccp.agent
    USING (agent_id) WHERE login = 'old'), 1, 'and stays one interval');

-- Gone and back, under another number; a login that is renamed is another.
SELECT test.flush('{"alive_at": 50}', '[{"login": "ana", "present": false}]')
    \g /dev/null
SELECT is(test.history('ana'), 'offline 3-50', 'gone: the interval ends');
SELECT is((SELECT state || ' ' || test.minute(state_since) FROM cccp.agent a
    WHERE login = 'ana'), 'offline 50', 'gone since then');
SELECT test.flush('{"alive_at": 60}', '[{"login": "ana", "object_id": 7,
    "mode_since": 55}]') \g /dev/null
SELECT is(test.history('ana'), 'offline 3-50, unknown? 50-55, available 55-',
    'back: what was between is unknown');
SELECT test.flush('{"alive_at": 62}', '[{"login": "ana", "present": false}]')
    \g /dev/null
SELECT test.flush('{"alive_at": 65}', '[{"login": "ana", "object_id": 8,
    "mode_since": 55}]') \g /dev/null
SELECT is(test.history('ana'), 'offline 3-50, unknown? 50-55, available 55-62,'
    ' unknown? 62-65, available 65-', 'back with an old date: when seen');
SELECT is((SELECT object_id FROM cccp.agent WHERE login = 'ana'), 8::bigint,
    'with its new number');

SELECT is(test.state('ana'), 'available 55', 'the agent has the date');
SELECT is((SELECT test.minute(state_since) FROM cccp_v1.user_state
    WHERE login = 'ana' AND until IS NULL), '55', 'and so has the interval');

-- The date of the task state: talk, hold and wrap-up begin with it.
CREATE FUNCTION test.task(at double precision, name text, task jsonb)
RETURNS bigint LANGUAGE sql AS $$
	SELECT rows FROM test.flush(jsonb_build_object('alive_at', at),
	    jsonb_build_array('{"mode_since": 1, "busy_count": 1}'::jsonb || task
	    || jsonb_build_object('login', name)))
$$;
SELECT test.task(70, 'pia', '{"task": "managing", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 62}') \g /dev/null
SELECT test.task(72, 'pia', '{"task": "held", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 71.5}') \g /dev/null
SELECT test.task(75, 'pia', '{"task": "managing", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 74}') \g /dev/null
SELECT is(test.history('pia'), 'talking 62-71.5, held 71.5-74, talking 74-',
    'hold and talk begin with the date of the task state');
SELECT is(test.state('pia'), 'talking 74', 'and the agent says the same');
SELECT test.task(77, 'pia', '{"task": "post_managing", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 76}') \g /dev/null
SELECT test.task(78, 'pia', '{"task": "temporization", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 77.5}') \g /dev/null
SELECT alike(test.history('pia'), '%, talking 74-76, wrapup 76-',
    'a wrap-up of two parts is one');
SELECT is(test.state('pia'), 'wrapup 76', 'and the agent says the same');
SELECT test.task(80, 'pia', '{"task": "temporization", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 77.5, "task_ended_at": 79,
    "busy_count": 0}') \g /dev/null
SELECT alike(test.history('pia'), '%, wrapup 76-79, available 79-',
    'a call that left the mode alone: available since its end');
SELECT is(test.state('pia'), 'available 79', 'and the agent says the same');
SELECT is(test.task(81, 'pia', '{"task": "temporization",
    "task_started_at": 61, "task_managed_at": 62, "task_since": 77.5,
    "task_ended_at": 79, "busy_count": 0}'), 0::bigint,
    'the same again changes nothing');

-- First sight of the same.
SELECT test.task(80, 'lou', '{"task": "held", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 78}') \g /dev/null
SELECT is(test.state('lou') || ', ' || test.history('lou'),
    'held 78, held 78-', 'first seen on hold: since the hold began');
SELECT test.task(80, 'lia', '{"task": "post_managing", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 79}') \g /dev/null
SELECT is(test.state('lia') || ', ' || test.history('lia'),
    'wrapup 79, wrapup 79-', 'first seen in wrap-up: since that began');
SELECT test.task(80, 'ivo', '{"task": "managing", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 62, "task_ended_at": 70,
    "busy_count": 0}') \g /dev/null
SELECT is(test.state('ivo') || ', ' || test.history('ivo'),
    'available 70, available 70-', 'first seen after a call: since its end');

-- The date comes a moment after the state.
SELECT test.task(82, 'kai', '{"task": "managing", "task_started_at": 81,
    "task_managed_at": 81.5, "task_since": 81.5}') \g /dev/null
SELECT test.task(84, 'kai', '{"task": "held", "task_started_at": 81,
    "task_managed_at": 81.5, "task_since": 81.5}') \g /dev/null
SELECT is(test.history('kai'), 'talking 81.5-84, held 84-',
    'without its date: when seen');
SELECT test.task(84.1, 'kai', '{"task": "held", "task_started_at": 81,
    "task_managed_at": 81.5, "task_since": 83.9}') \g /dev/null
SELECT is(test.state('kai') || ', ' || test.history('kai'),
    'held 83.9, talking 81.5-83.9, held 83.9-', 'then by its date');
SELECT test.task(85, 'kai', '{"task": "held", "task_started_at": 81,
    "task_managed_at": 81.5, "task_since": 81.2}') \g /dev/null
SELECT is(test.state('kai') || ', ' || test.history('kai'),
    'held 83.9, talking 81.5-83.9, held 83.9-',
    'but never before the state that came before');

-- Two calls in hand, of which the later one dies; its dates are not the other's.
SELECT test.task(63, 'ugo', '{"task": "managing", "task_started_at": 61,
    "task_managed_at": 62, "task_since": 62}') \g /dev/null
SELECT test.task(66, 'ugo', '{"task": "ringing", "task_started_at": 65,
    "task_since": 65}') \g /dev/null
SELECT test.task(68, 'ugo', '{"task": "managing", "task_started_at": 65,
    "task_managed_at": 66, "task_since": 66, "task_ended_at": 67}')
    \g /dev/null
SELECT is(test.state('ugo') || ', ' || test.history('ugo'),
    'talking 67, talking 62-65, ringing 65-67, talking 67-',
    'a dead call of two: talking again since its end');
SELECT is(test.task(69, 'ugo', '{"task": "managing", "task_started_at": 65,
    "task_managed_at": 66, "task_since": 66, "task_ended_at": 67}'),
    0::bigint, 'and that stays');

-- The values of a new call come one by one.
SELECT test.task(70, 'eli', '{"busy_count": 0, "task_started_at": 50,
    "task_managed_at": 51, "task_since": 55, "task_ended_at": 56}')
    \g /dev/null
SELECT test.task(72, 'eli', '{"task": "ringing", "task_started_at": 50,
    "task_managed_at": 51, "task_since": 55, "task_ended_at": 56}')
    \g /dev/null
SELECT test.task(72.1, 'eli', '{"task": "ringing", "task_started_at": 71.9,
    "task_managed_at": 51, "task_since": 55, "task_ended_at": 56}')
    \g /dev/null
SELECT is(test.state('eli') || ', ' || test.history('eli'),
    'ringing 71.9, available 56-71.9, ringing 71.9-',
    'dates of an earlier call do not count');
SELECT test.task(75, 'eli', '{"task": "appel", "task_started_at": 71.9,
    "task_managed_at": 74, "task_since": 55, "task_ended_at": 56}')
    \g /dev/null
SELECT is(test.state('eli'), 'talking 74', 'nor does its end');

-- An outbound call in an outbound mode: the mode is older than the call.
SELECT test.task(80, 'oda', '{"busy_count": 0, "mode": "sortant",
    "outbound_state": "connected", "outbound_started_at": 75}') \g /dev/null
SELECT test.task(82, 'oda', '{"busy_count": 0, "mode": "sortant",
    "outbound_state": "disconnected", "outbound_started_at": 75}')
    \g /dev/null
SELECT is(test.state('oda') || ', ' || test.history('oda'),
    'outbound 75, outbound 75-', 'the state goes on, and so does its start');

SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap anywhere');
SELECT is_empty('SELECT u.login, u.state_since, s.state_since
    FROM cccp.agent u JOIN cccp_v1.user_state s ON s.user_id = u.agent_id
    WHERE s.until IS NULL AND u.state_since <> s.state_since',
    'agent and history say one moment');
UPDATE cccp.agent SET state_since = test.at(1) WHERE login = 'pia';
SELECT alike((SELECT trouble FROM cccp.state_gaps() JOIN cccp.agent
    USING (agent_id) WHERE login = 'pia' AND trouble LIKE 'began%'),
    'began at % but the agent says %', 'and state_gaps() tells when not');
SELECT * FROM finish();
SQL
