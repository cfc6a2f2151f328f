#!/bin/bash
# While a source is silent nothing is known of its agents, and nothing is made
# up for that time afterwards.

. "${0%/*}/tap.bash"
tap <<'SQL'
SELECT plan(43);

SELECT test.flush('{"alive_at": 10, "complete": true, "resumed": true}', '[
    {"login": "zoe", "mode_since": 1},
    {"login": "max", "mode": "pause", "mode_since": 2},
    {"login": "eve", "busy_count": 1, "task": "held", "mode_since": 3},
    {"login": "ana", "logged": false, "logout_at": 4}]') \g /dev/null
SELECT is(test.history('zoe'), 'available 1-',
    'the first session to a source follows no gap');

-- Silent, then heard again by the same session: nothing staged but one.
SELECT is((test.flush('{"status": "stale", "alive_at": 12,
    "error": "silent for 20 s"}')).rows > 0, true, 'going stale is a change');
SELECT is(test.history('zoe'), 'available 1-12, unknown? 12-',
    'stale: the interval ends with the last proof of life');
SELECT is(test.state('zoe'), 'available 1', 'the agent''s row is left alone');
SELECT is((SELECT max(generation) FROM cccp.agent), 1::bigint,
    'and not written');
SELECT is((SELECT gap_since FROM cccp.source), test.at(12), 'gap is noted');
SELECT is((test.flush('{"status": "stale", "alive_at": 12,
    "error": "silent for 20 s"}')).rows, 0::bigint, 'stale again: no change');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no hole while stale');
SELECT test.flush('{"alive_at": 20}', '[
    {"login": "zoe", "mode": "pause", "mode_since": 18},
    {"login": "ana", "logged": false, "logout_at": 4, "seen_at": 4},
    {"login": "new", "mode_since": 19}]') \g /dev/null
SELECT is(test.history('ana'), 'offline 4-12, unknown? 12-20, offline 20-',
    'who last changed before the gap, and is staged again, has a gap too');
SELECT is(test.history('zoe'), 'available 1-12, unknown? 12-18, paused 18-',
    'a date in the gap tells when it ended');
SELECT is(test.history('max'), 'paused 2-12, unknown? 12-20, paused 20-',
    'who was not staged has the known state from when the source spoke');
SELECT is(test.history('eve'), 'held 3-12, unknown? 12-20, held 20-',
    'so has a state without a date');
SELECT is((SELECT string_agg(test.state(login) || ' ' || test.minute(state_since),
    ', ' ORDER BY login) FROM cccp_v1.user_state
    WHERE until IS NULL AND login IN ('max', 'eve')), 'held 3 3, paused 2 2',
    'which is older than the gap, for the agent and in the history');
SELECT is(test.history('new'), 'available 19-', 'who is new has no gap');
SELECT is((SELECT (status, error, gap_since)::text FROM cccp.source),
    '(live,,)', 'live again, without error and gap');
SELECT test.flush('{"alive_at": 21}', '[{"login": "max", "mode": "pause",
    "mode_since": 2}]') \g /dev/null
SELECT is(test.history('max'), 'paused 2-12, unknown? 12-20, paused 20-',
    'and the same again changes nothing');

-- The poller was away: told by the next session.
SELECT test.flush('{"alive_at": 30, "complete": true, "resumed": true}', '[
    {"login": "zoe", "mode": "pause", "mode_since": 18},
    {"login": "max", "mode": "pause", "mode_since": 25},
    {"login": "new", "mode_since": 19}]') \g /dev/null
SELECT is(test.history('zoe'), 'available 1-12, unknown? 12-18, paused 18-21,'
    ' unknown? 21-30, paused 30-', 'resumed after a gap: unknown between');
SELECT alike(test.history('max'), '%, paused 20-21, unknown? 21-25, paused 25-',
    'resumed after a gap: as far as dates tell');
SELECT is(test.history('eve'), 'held 3-12, unknown? 12-20, held 20-21,'
    ' unknown? 21-30', 'gone in the gap');

-- Resumed in time, or a repetition after trouble with the database: no gap.
SELECT test.flush('{"alive_at": 30.2, "complete": true, "resumed": true}', '[
    {"login": "zoe", "mode": "pause", "mode_since": 18},
    {"login": "max", "mode": "pause", "mode_since": 25},
    {"login": "new", "mode_since": 19}]') \g /dev/null
SELECT alike(test.history('zoe'), '%unknown? 21-30, paused 30-',
    'resumed within stale_after: no gap');
SELECT test.flush('{"alive_at": 40, "complete": true, "resumed": false}', '[
    {"login": "zoe", "mode": "pause", "mode_since": 18},
    {"login": "max", "mode": "inbound", "mode_since": 35},
    {"login": "new", "mode_since": 19}]') \g /dev/null
SELECT alike(test.history('zoe'), '%unknown? 21-30, paused 30-',
    'complete without resumed: no gap');
SELECT alike(test.history('max'), '%paused 25-35, available 35-',
    'and changes as usual');

-- A server whose clock was put right: what passed is what counts.
SELECT test.flush('{"alive_at": 100.1, "clock_skew_s": 3600, "complete": true,
    "resumed": true}', '[{"login": "zoe", "mode": "pause", "mode_since": 18},
    {"login": "max", "mode": "inbound", "mode_since": 35},
    {"login": "new", "mode_since": 19}]') \g /dev/null
SELECT alike(test.history('max'), '%paused 25-35, available 35-',
    'an hour ahead all of a sudden, after six seconds: no gap');
SELECT test.flush('{"alive_at": 102, "clock_skew_s": 3600, "complete": true,
    "resumed": true}', '[{"login": "zoe", "mode": "pause", "mode_since": 18},
    {"login": "max", "mode": "inbound", "mode_since": 35},
    {"login": "new", "mode_since": 19}]') \g /dev/null
SELECT alike(test.history('max'),
    '%available 35-100.1, unknown? 100.1-102, available 102-',
    'but two minutes by the same clock: a gap');

-- Down: a gap only once it lasts.
SELECT test.flush(jsonb_build_object('status', 'live', 'alive_at', now()))
    \g /dev/null
SELECT test.flush(jsonb_build_object('status', 'down', 'error', 'refused'))
    \g /dev/null
SELECT is((SELECT count(*)::int FROM cccp.agent_state
    WHERE gap AND until IS NULL), 0, 'just gone down: no gap yet');
UPDATE cccp.source SET alive_at = now() - interval '20 s';
SELECT test.flush(jsonb_build_object('status', 'down', 'error', 'refused'))
    \g /dev/null
SELECT is((SELECT count(*)::int FROM cccp.agent_state
    WHERE gap AND until IS NULL), 3, 'down for longer than stale_after: gap');
SELECT is((SELECT status_since < now() FROM cccp.source), true,
    'down since it went down');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no hole while down');
SELECT test.flush(jsonb_build_object('status', 'connecting')) \g /dev/null
SELECT is((SELECT count(*)::int FROM cccp.agent_state
    WHERE gap AND until IS NULL), 3, 'connecting: the gap goes on');
SELECT test.flush(jsonb_build_object('name', 'lyon', 'status', 'connecting'))
    \g /dev/null
SELECT is((SELECT count(*)::int FROM cccp.agent_state
    WHERE gap AND until IS NULL), 3, 'another source has no part in it');
SELECT test.flush(jsonb_build_object('alive_at', now(), 'resumed', true,
    'complete', true), '[{"login": "zoe", "mode": "pause", "mode_since": 18}]')
    \g /dev/null
SELECT is((SELECT string_agg(login, ' ') FROM cccp.agent JOIN cccp.agent_state
    USING (agent_id) WHERE until IS NULL AND NOT gap), 'zoe',
    'live: who is still there goes on, the others are gone');

SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no hole after all');

-- The poller was away and says so late: what it heard while it connected
-- again is no news of the agents.
SELECT test.flush('{"name": "nice", "alive_at": 10, "complete": true,
    "resumed": true}', '[{"login": "ivy", "mode_since": 1},
    {"login": "jon", "mode": "pause", "mode_since": 2}]') \g /dev/null
SELECT test.flush('{"name": "nice", "status": "connecting", "alive_at": 10.2}')
    \g /dev/null
SELECT is(test.history('ivy'), 'available 1-10.2, unknown? 10.2-',
    'connecting for hours: silent since it was last heard');
SELECT test.flush(jsonb_build_object('name', 'nice', 'alive_at', now(),
    'complete', true, 'resumed', true), '[{"login": "ivy", "mode_since": 1},
    {"login": "jon", "mode": "pause", "mode_since": 2}]') \g /dev/null
UPDATE cccp.source SET alive_at = now() - interval '1 min' WHERE name = 'nice';
SELECT test.flush(jsonb_build_object('name', 'nice', 'status', 'connecting',
    'alive_at', now())) \g /dev/null
SELECT is((SELECT array_agg(gap ORDER BY login) FROM cccp.agent_state JOIN
    cccp.agent USING (agent_id) WHERE until IS NULL AND login IN ('ivy',
    'jon')), '{t,t}', 'heard again, but not in step: a gap');
SELECT is((SELECT date_trunc('second', now() - gap_since) FROM cccp.source
    WHERE name = 'nice') BETWEEN '55 s' AND '1 h', true,
    'which began when the agents were last known');
SELECT test.flush(jsonb_build_object('name', 'nice', 'alive_at', now(),
    'complete', true, 'resumed', true), '[{"login": "ivy", "mode_since": 1},
    {"login": "jon", "mode": "pause", "mode_since": 2}]') \g /dev/null
SELECT is((SELECT array_agg(gap ORDER BY login) FROM cccp.agent_state JOIN
    cccp.agent USING (agent_id) WHERE until IS NULL AND login IN ('ivy',
    'jon')), '{f,f}', 'and ends when it is in step');

-- A hold that began in a gap, and one that lasts over it.
SELECT test.flush('{"name": "brest", "alive_at": 10, "complete": true,
    "resumed": true}', '[
    {"login": "hal", "busy_count": 1, "task": "held", "task_started_at": 5,
	"task_managed_at": 6, "task_since": 8},
    {"login": "hil", "busy_count": 1, "task": "held", "task_started_at": 5,
	"task_managed_at": 6, "task_since": 8},
    {"login": "hol", "busy_count": 1, "task": "held", "task_started_at": 5,
	"task_managed_at": 6}]') \g /dev/null
SELECT test.flush('{"name": "brest", "status": "stale", "alive_at": 12,
    "error": "silent"}') \g /dev/null
SELECT test.flush('{"name": "brest", "alive_at": 20, "complete": true,
    "resumed": true}', '[
    {"login": "hal", "busy_count": 1, "task": "held", "task_started_at": 5,
	"task_managed_at": 6, "task_since": 15},
    {"login": "hil", "busy_count": 1, "task": "held", "task_started_at": 5,
	"task_managed_at": 6, "task_since": 8},
    {"login": "hol", "busy_count": 1, "task": "held", "task_started_at": 5,
	"task_managed_at": 6}]') \g /dev/null
SELECT is(test.state('hal') || ', ' || test.history('hal'),
    'held 15, held 8-12, unknown? 12-15, held 15-',
    'a hold that began in the gap begins with its date');
SELECT is(test.state('hil') || ', ' || test.history('hil'),
    'held 8, held 8-12, unknown? 12-20, held 20-',
    'a hold that lasts has its date');
SELECT is((SELECT test.minute(state_since) FROM cccp_v1.user_state
    WHERE login = 'hil' AND until IS NULL), '8', 'and so has its interval');
SELECT is(test.state('hol') || ', ' || test.history('hol'),
    'held 20, held 6-12, unknown? 12-20, held 20-',
    'without a date nobody knows: since it was seen again');

-- What came just before the silence is told with it.
SELECT test.flush('{"name": "pau", "alive_at": 10, "complete": true,
    "resumed": true}', '[{"login": "kim", "mode_since": 1},
    {"login": "lea", "mode_since": 2}]') \g /dev/null
SELECT test.flush('{"name": "pau", "status": "stale", "alive_at": 10.2,
    "error": "silent"}', '[{"login": "kim", "mode": "pause",
    "mode_since": 10.1}]') \g /dev/null
SELECT is(test.history('kim'),
    'available 1-10.1, paused 10.1-10.2, unknown? 10.2-',
    'a change and the silence in one flush: both are told');
SELECT is(test.history('lea'), 'available 2-10.2, unknown? 10.2-',
    'and of the others only the silence');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no hole anywhere');
SELECT * FROM finish();
SQL
