#!/bin/bash
# The figures of the views: counters that the server leaves out, durations to the
# fraction of a second, what is running, times that nobody knows, and one word for
# the status of a source.

. "${0%/*}/tap.bash"

# Columns of the counters of the day, as the poller has them: their paths end with
# a call.
counters() {
	sed -n "/^static const struct view_field $1\[\]/,/^};/p" \
	    "$PG_ROOT/poller/model/view.c" | tr -d '\n\t' |
	    grep -o "('0')\", *\"[a-z_]*\"" | cut -d'"' -f3
}

tap -v user="$(counters user)" -v queue="$(counters queue)" <<'SQL'
SELECT plan(65);
CREATE FUNCTION test.back(seconds double precision) RETURNS timestamptz
LANGUAGE sql AS $$ SELECT now() - seconds * interval '1 s' $$;
-- A flush at this moment, of a source that was never silent.
CREATE FUNCTION test.now(agents jsonb, queues jsonb DEFAULT '[]',
    calls jsonb DEFAULT '[]', source jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE sql AS $$
	SELECT rows FROM test.flush(jsonb_build_object('alive_at', now())
	    || source, agents, queues, calls)
$$;

-- An absent counter is 0 as soon as there is any, whichever it is.
SELECT cmp_ok(array_length(string_to_array(:'user', E'\n'), 1), '>=', 14,
    'counters of users'),
    cmp_ok(array_length(string_to_array(:'queue', E'\n'), 1), '>=', 10,
    'counters of queues');
SELECT test.now((SELECT jsonb_agg(jsonb_build_object('login', 'has ' || c, c, 1))
    FROM unnest(string_to_array(:'user', E'\n')) c), (SELECT jsonb_agg(
    jsonb_build_object('name', 'has ' || c, c, 1))
    FROM unnest(string_to_array(:'queue', E'\n')) c)) \g /dev/null
SELECT is_empty(format($$
	SELECT u.login, c FROM cccp_v1.user u, unnest(string_to_array(%L, E'\n')) c
	WHERE (to_jsonb(u) ->> c)::float8
	IS DISTINCT FROM CASE WHEN u.login = 'has ' || c THEN 1 ELSE 0 END
$$, :'user'), 'each counter of a user alone: the others are 0');
SELECT is_empty(format($$
	SELECT q.name, c FROM cccp_v1.queue q, unnest(string_to_array(%L, E'\n')) c
	WHERE (to_jsonb(q) ->> c)::float8
	IS DISTINCT FROM CASE WHEN q.name = 'has ' || c THEN 1 ELSE 0 END
$$, :'queue'), 'each counter of a queue alone: the others are 0');
SELECT is((offered_tasks, answer_rate, waiting_seconds_mean, turned_away,
    abandoned_tasks)::text, '(1,1,0,0,0)', 'one call, answered')
FROM cccp_v1.queue WHERE name = 'has managed_tasks';
SELECT is((offered_tasks, answer_rate, waiting_seconds_mean, turned_away,
    abandoned_tasks)::text, '(1,0,0,0,1)', 'one call, abandoned')
FROM cccp_v1.queue WHERE name = 'has failed_tasks';
SELECT is((managed_tasks, failed_tasks, turned_away, contact_seconds)::text,
    '(1,0,0,0)', 'so it is in the samples')
FROM cccp_v1.queue_sample WHERE name = 'has managed_tasks';
SELECT is(talk_seconds_mean, 0::float8, 'a mean of nothing said')
FROM cccp_v1.user WHERE login = 'has managed_inbound';

-- None at all: unknown, until a midnight has passed.
CREATE FUNCTION test.none(alive timestamptz, status text DEFAULT 'live',
    more text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT test.flush(jsonb_build_object('name', 'nuit', 'status', status,
	    'alive_at', alive), jsonb_build_array(jsonb_build_object('login',
	    coalesce(more, 'none'))), jsonb_build_array(jsonb_build_object('name',
	    coalesce(more, 'none'))))
$$;
CREATE FUNCTION test.known(name text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', coalesce(q.offered_tasks::text, '-'),
	    coalesce(q.waiting_seconds_max::text, '-'),
	    coalesce(u.total_inbound::text, '-'),
	    coalesce(u.pause_seconds::text, '-'))
	FROM cccp_v1.queue q JOIN cccp_v1.user u
	ON u.source = q.source AND u.login = q.name
	WHERE q.source = 'nuit' AND q.name = known.name
$$;
SELECT test.none(now()) \g /dev/null
SELECT is(test.known('none'), '- - - -', 'no counter: unknown');
UPDATE cccp.source SET time_zone = 'Asia/Kathmandu' WHERE name = 'nuit';
SELECT test.none(now()) \g /dev/null
SELECT is((SELECT midnight_at FROM cccp.source WHERE name = 'nuit'),
    date_trunc('day', (SELECT alive_at FROM cccp.source WHERE name = 'nuit'),
    'Asia/Kathmandu'), 'the day begins at the source''s own midnight');
SELECT is((SELECT time_zone FROM cccp.source WHERE name = 'nuit'),
    'Asia/Kathmandu', 'which is edited');
SET TimeZone = 'UTC';
SELECT test.flush(jsonb_build_object('name', 'zone', 'alive_at', now()))
    \g /dev/null
SELECT is((SELECT time_zone FROM cccp.source WHERE name = 'zone'),
    (SELECT reset_val FROM pg_settings WHERE name = 'TimeZone'),
    'at first that of the database, not that of the poller');
RESET TimeZone;
SELECT test.flush('{"name": "zone", "alive_at": "2026-01-10 19:00:00+00",
    "zone_s": 20700}') \g /dev/null
SELECT is((SELECT midnight_at FROM cccp.source WHERE name = 'zone'),
    '2026-01-10 18:15:00+00'::timestamptz, 'or that of the server');
SELECT test.flush('{"name": "zone", "alive_at": "2026-01-10 18:14:59+00"}')
    \g /dev/null
SELECT is((SELECT midnight_at FROM cccp.source WHERE name = 'zone'),
    '2026-01-09 18:15:00+00'::timestamptz, 'which is kept');
CREATE FUNCTION test.begun(alive timestamptz, zone_s int) RETURNS timestamptz
LANGUAGE sql AS $$
	SELECT test.flush(jsonb_build_object('name', 'zone', 'alive_at', alive,
	    'zone_s', zone_s));
	SELECT midnight_at FROM cccp.source WHERE name = 'zone'
$$;
SELECT is(test.begun('2026-03-29 00:59:00+00', 3600),
    '2026-03-28 23:00:00+00', 'a day on which the clock is set forward');
SELECT is(test.begun('2026-03-29 01:00:00+00', 7200),
    '2026-03-28 23:00:00+00', 'goes on then');
SELECT is(test.begun('2026-03-29 22:00:00+00', 7200),
    '2026-03-29 22:00:00+00', 'until the next midnight');
SELECT is(test.begun('2026-10-25 00:59:00+00', 7200),
    '2026-10-24 22:00:00+00', 'a day on which the clock is set back');
SELECT is(test.begun('2026-10-25 01:00:00+00', 3600),
    '2026-10-24 22:00:00+00', 'goes on then');
SELECT is(test.begun('2026-10-25 23:00:00+00', 3600),
    '2026-10-25 23:00:00+00', 'until the next midnight');
UPDATE cccp.source SET passed_at = NULL, midnight_at = midnight_at
    - interval '1 day' WHERE name = 'nuit';
UPDATE cccp.queue SET listed_at = listed_at - interval '2 days'
    WHERE name = 'none';
UPDATE cccp.agent SET listed_at = listed_at - interval '2 days'
    WHERE login = 'none';
SELECT test.none(now(), 'connecting') \g /dev/null
SELECT is((SELECT (midnight_at IS NOT NULL, passed_at)::text FROM cccp.source
    WHERE name = 'nuit'), '(t,)', 'a midnight that nobody saw');
SELECT is(test.known('none'), '- - - -', 'tells nothing');
UPDATE cccp.source SET status = 'live', midnight_at = midnight_at
    - interval '1 day' WHERE name = 'nuit';
SELECT generation AS last FROM cccp.clock \gset
SELECT test.none(now(), 'live', 'new') \g /dev/null
SELECT cmp_ok((SELECT generation FROM cccp.clock), '>', :last::bigint,
    'a midnight is a change');
SELECT is((SELECT passed_at FROM cccp.source WHERE name = 'nuit'),
    (SELECT midnight_at FROM cccp.source WHERE name = 'nuit'),
    'a midnight that was passed while live');
SELECT is(test.known('none'), '0 0 0 0', 'nothing counted since: 0 of the day');
SELECT is(test.known('new'), '- - - -', 'not so what is new since');
SELECT test.flush(jsonb_build_object('name', 'nuit', 'alive_at', now()),
    '[{"login": "none", "present": false}]', '[{"name": "none",
    "present": false}]') \g /dev/null
SELECT test.none(now()) \g /dev/null
SELECT is(test.known('none'), '- - - -', 'nor what was away and came back');

-- What is running.  One transaction: no time passes.
BEGIN;
SELECT test.now(jsonb_build_array(
    jsonb_build_object('login', 'pause', 'mode', 'pause_cafe', 'pause_seconds',
	0, 'mode_since', test.back(1560.25)),
    jsonb_build_object('login', 'called', 'mode', 'pause', 'pause_seconds', 10,
	'mode_since', test.back(100), 'busy_count', 1, 'task', 'contact',
	'task_started_at', test.back(40), 'task_managed_at', test.back(30.5),
	'managed_inbound', 2, 'talk_seconds', 100, 'contact_seconds_max', 20),
    jsonb_build_object('login', 'rings', 'busy_count', 1, 'task', 'ringing',
	'mode_since', test.back(500), 'task_started_at', test.back(7.5),
	'ringing_seconds', 3, 'ringing_seconds_max', 3),
    jsonb_build_object('login', 'sells', 'mode', 'sortant', 'outbound_seconds',
	60, 'mode_since', test.back(90.5)),
    jsonb_build_object('login', 'idle', 'pause_seconds', 77,
	'mode_since', test.back(50)),
    jsonb_build_object('login', 'left', 'mode', 'pause', 'logged', false,
	'mode_since', test.back(50), 'logout_at', test.back(20),
	'pause_seconds', 5),
    jsonb_build_object('login', 'mute', 'mode', 'pause',
	'mode_since', test.back(50))), jsonb_build_array(
    jsonb_build_object('name', 'q', 'managed_tasks', 2, 'failed_tasks', 1,
	'waiting_seconds', 30, 'waiting_seconds_max', 4, 'contact_seconds', 60,
	'contact_seconds_max', 50, 'waiting_tasks', 2,
	'oldest_waiting_at', test.back(9.5), 'oldest_contact_at',
	test.back(5.5))), jsonb_build_array(
    jsonb_build_object('call_key', 'w1', 'queue', 'q',
	'queued_at', test.back(9.5)),
    jsonb_build_object('call_key', 'w2', 'queue', 'q',
	'queued_at', test.back(1.25)),
    jsonb_build_object('call_key', 'c1', 'queue', 'q',
	'queued_at', test.back(20), 'unqueued_at', test.back(10),
	'managed_at', test.back(5.5)),
    jsonb_build_object('call_key', 'p1', 'queue', 'q',
	'queued_at', test.back(90), 'unqueued_at', test.back(80),
	'managed_at', test.back(80), 'post_managed_at', test.back(3)))) \g /dev/null
UPDATE cccp.source SET midnight_at = now() - interval '1 h';
SELECT is(pause_seconds, 1560.25::float8, 'a pause that lasts since 26 min'),
    is(running, '{pause_seconds}', 'and grows')
FROM cccp_v1.user WHERE login = 'pause';
SELECT is((talk_seconds, talk_seconds_mean, contact_seconds_max, pause_seconds
    )::text, '(130.5,50,30.5,110)', 'a call in a pause'),
    is(running, '{talk_seconds,pause_seconds}', 'both grow')
FROM cccp_v1.user WHERE login = 'called';
SELECT is((ringing_seconds, ringing_seconds_max, talk_seconds)::text,
    '(10.5,7.5,0)', 'ringing') FROM cccp_v1.user WHERE login = 'rings';
SELECT is((outbound_seconds, pause_seconds)::text, '(150.5,0)',
    'outbound mode') FROM cccp_v1.user WHERE login = 'sells';
SELECT is((pause_seconds, running)::text, '(77,{})', 'nothing runs')
FROM cccp_v1.user WHERE login = 'idle';
SELECT is((pause_seconds, running)::text, '(5,{})', 'not after the logout')
FROM cccp_v1.user WHERE login = 'left';
SELECT is((pause_seconds, running)::text, '(,{})',
    'of whom the server counts nothing, the total is unknown')
FROM cccp_v1.user WHERE login = 'mute';
SELECT is((waiting_seconds, waiting_seconds_max, waiting_seconds_mean)::text,
    '(40.75,9.5,10)', 'calls that wait'),
    is((contact_seconds, contact_seconds_max, contact_seconds_mean)::text,
    '(65.5,50,30)', 'a call that goes on')
FROM cccp_v1.queue WHERE name = 'q';
UPDATE cccp.source SET midnight_at = now() - interval '5 s';
SELECT is(pause_seconds, 5::float8, 'of the day: since midnight')
FROM cccp_v1.user WHERE login = 'pause';
SELECT is(waiting_seconds, 36.25::float8, 'waits too')
FROM cccp_v1.queue WHERE name = 'q';
UPDATE cccp.source SET midnight_at = now() - interval '1 h', alive_at = now()
    - interval '60.25 s', stale_after = '10 s';
SELECT is((pause_seconds, running)::text, '(1500,{})',
    'a source that is silent: up to when it was alive')
FROM cccp_v1.user WHERE login = 'pause';
UPDATE cccp.source SET alive_at = now(), stale_after = '1 day';

-- Hold is in the time of a call, and not in talk.
SELECT test.now(jsonb_build_array(jsonb_build_object('login', 'called', 'mode',
    'pause', 'mode_since', test.back(100), 'busy_count', 1, 'task', 'held',
    'task_started_at', test.back(40), 'task_managed_at', test.back(30.5),
    'task_since', test.back(4.5), 'managed_inbound', 2, 'talk_seconds', 120, 'held_seconds', 1,
    'held_seconds_max', 1, 'contact_seconds_max', 20))) \g /dev/null
SELECT is((talk_seconds, held_seconds, held_seconds_max, contact_seconds_max
    )::text, '(120,5.5,4.5,30.5)', 'on hold')
FROM cccp_v1.user WHERE login = 'called';
COMMIT;
SELECT is_empty($$
	SELECT attrelid::regclass, attname FROM pg_attribute
	JOIN pg_class c ON c.oid = attrelid
	WHERE relnamespace = 'cccp_v1'::regnamespace
	AND attname ~ '(^|_)seconds($|_)'
	AND (atttypid <> 'float8'::regtype
	    OR col_description(attrelid, attnum) !~* 'second')
$$, 'every duration is exact, and says its unit');
SELECT is_empty($$
	SELECT attrelid::regclass, attname FROM pg_attribute
	JOIN pg_class c ON c.oid = attrelid
	WHERE relnamespace IN ('cccp_v1'::regnamespace, 'cccp'::regnamespace)
	AND relkind IN ('v', 'r', 'p') AND attname ~ '^(contact|talk)_seconds'
	AND col_description(attrelid, attnum) !~ CASE WHEN attname ~ '^contact'
	    THEN 'with hold' ELSE 'without hold' END
$$, 'contact is with hold, talk without, everywhere');
SELECT is((SELECT sum(waiting_seconds) FROM cccp_v1.call
    WHERE call_key IN ('c1', 'p1')), 20::float8, 'sums of waits');
SELECT test.now('[]', '[]', jsonb_build_array(jsonb_build_object('call_key',
    'x1', 'queued_at', '2026-01-31 10:00:00+00', 'unqueued_at',
    '2026-01-31 10:00:04.9+00', 'managed_at', '2026-01-31 10:00:04.9+00',
    'ended_at', '2026-01-31 10:00:05.8+00'))) \g /dev/null
SELECT is((waiting_seconds, contact_seconds)::text, '(4.9,0.9)',
    'fractions stay') FROM cccp_v1.call WHERE call_key = 'x1';
SELECT test.now('[]', '[]', jsonb_build_array(jsonb_build_object('call_key',
    'x2', 'managed_at', test.back(10)))) \g /dev/null
SELECT is(waiting_seconds, NULL, 'a wait whose start nobody told is unknown')
FROM cccp_v1.call WHERE call_key = 'x2';

-- Since when: unknown is unknown.
SELECT test.now('[{"login": "never", "logged": false},
    {"login": "once", "logged": false, "login_at": 1, "mode_since": 1},
    {"login": "out", "logged": false, "logout_at": 3},
    {"login": "bare", "mode": "inbound"}]') \g /dev/null
CREATE FUNCTION test.since(who text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', state, coalesce(test.minute(state_since), '-'),
	    state_seconds IS NULL, state_from IS NULL)
	FROM cccp_v1.user WHERE login = who
$$;
SELECT is(test.since('never'), 'offline - t t', 'never logged in');
SELECT is(test.since('once'), 'offline - t t', 'logged out, nobody knows when');
SELECT is(test.since('out'), 'offline 3 f f', 'logged out at');
SELECT is(test.since('bare'), 'available - t t', 'a state without any date');
SELECT is((SELECT count(*)::int FROM cccp.agent_now JOIN cccp.agent a
    USING (agent_id) WHERE login IN ('never', 'once', 'bare')
    AND NOT agent_now.since_known AND agent_now.state_since = 'epoch'), 3,
    'kept apart where they are sorted');
SELECT test.now('[{"login": "never", "logged": false, "name": "N"}]')
    \g /dev/null
SELECT is(test.since('never'), 'offline - t t', 'still never');
SELECT test.now('[{"login": "never", "mode_since": 30},
    {"login": "bare", "mode": "pause"}]') \g /dev/null
SELECT is(test.since('never'), 'available 30 f f', 'logged in at');
SELECT alike(test.since('bare'), 'paused % f f', 'seen to change');
SELECT test.now('[{"login": "never", "logged": false}]') \g /dev/null
SELECT alike(test.since('never'), 'offline % f f', 'seen to leave');
SELECT test.now('[{"login": "once", "logged": false, "logout_at": 7}]')
    \g /dev/null
SELECT is(test.since('once'), 'offline 7 f f', 'a date that comes later');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap');
UPDATE cccp.source SET alive_at = test.at(9), stale_after = '1 s'
    WHERE name = 'prod';
SELECT is(test.since('once'), 'unknown 9 f f', 'while the source is silent');

-- One word for the status.
CREATE FUNCTION test.status(said text, silent double precision) RETURNS text
LANGUAGE sql AS $$
	UPDATE cccp.source SET status = said, alive_at = test.back(silent),
	    clock_skew_s = 0, status_since = test.back(500), stale_after = '10 s'
	WHERE name = 'prod';
	SELECT concat_ws(' ', status, stale, round(extract(epoch FROM now()
	    - status_since))) FROM cccp_v1.source WHERE source = 'prod'
$$;
SELECT is(test.status('live', 1), 'live f 500', 'live');
SELECT is(test.status('live', 30), 'stale t 20', 'nobody writes: stale since');
SELECT is(test.status('stale', 30), 'stale t 500', 'stale');
SELECT is(test.status('down', 1), 'down f 500', 'down, not stale yet');
SELECT is(test.status('down', 30), 'down t 500', 'down');
SELECT is_empty($$
	SELECT FROM cccp_v1.source s JOIN cccp.source t ON t.name = s.source
	WHERE s.status = 'live' AND s.stale
$$, 'never live and stale');
SELECT * FROM finish();
SQL
