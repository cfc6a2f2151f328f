#!/bin/bash
# The history of states: no overlap, no hole, and the right begin of each.

. "${0%/*}/tap.bash"
tap <<'SQL'
SELECT plan(30);

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
SELECT is(test.state('zoe'), 'talking 13',
    'while the agent talks since the answer');
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
SELECT is(test.history('max'), 'paused 10-33, paused 33-40, ringing 40-',
    'news with a date before the open interval takes its place');
SELECT is(test.state('max'), 'ringing 39.5', 'the agent has the date itself');

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

SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap anywhere');
SELECT * FROM finish();
SQL
