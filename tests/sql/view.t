#!/bin/bash
# What people and handlers read: names, durations, staleness, searching.

. "${0%/*}/tap.bash"
tap <<'SQL'
SELECT plan(62);

-- The promise: these columns, in this order.  New ones come after them.
CREATE FUNCTION test.promise(view regclass, columns text) RETURNS text
LANGUAGE sql AS $$
	SELECT is(left(string_agg(attname, ' ' ORDER BY attnum),
	    length(columns)), replace(columns, E'\n', ' '), 'columns of ' || view)
	FROM pg_attribute WHERE attrelid = view AND attnum > 0
$$;
SELECT test.promise('cccp_v1.user', 'source login name kind
profile team state state_since state_seconds known_state stale mode mode_label
mode_since interface task task_label task_started_at task_managed_at
task_ended_at queue queues phone phone_uri logged login_at logout_at
login_seconds session_id busy_count recording spies total_inbound
managed_inbound lost_inbound transferred_inbound redirected_inbound total_tasks
talk_seconds held_seconds ringing_seconds pause_seconds outbound_seconds
contact_seconds_max held_seconds_max ringing_seconds_max talk_seconds_mean
held_seconds_mean ringing_seconds_mean outbound_state outbound_target
outbound_started_at present hidden changed_at generation object_id id
search_key state_from login_from running queue_name');
SELECT test.promise('cccp_v1.source', 'source url status
status_since alive_at age_seconds stale error error_at last_sync last_change
generation users clock_skew_s server_version');

-- A live source whose clock is an hour ahead.
CREATE FUNCTION test.ahead(seconds double precision) RETURNS timestamptz
LANGUAGE sql AS $$ SELECT now() + interval '1 h' - seconds * interval '1 s' $$;
CREATE FUNCTION test.view(status text, silent double precision) RETURNS bigint
LANGUAGE sql AS $$
	SELECT rows FROM test.flush(jsonb_build_object('status', status,
	    'alive_at', test.ahead(silent), 'clock_skew_s', 3600), jsonb_build_array(
	    jsonb_build_object('login', 'zoe', 'name', 'Zoé Évrard',
		'profile', 'Profil Été', 'team', 'Nord/Œuvre',
		'phone_uri', 'sip:+33199001234@192.0.2.1;user=phone',
		'mode', 'pause', 'mode_since', test.ahead(100.5),
		'login_at', test.ahead(1000.5), 'record_active', 3,
		'managed_inbound', 4, 'talk_seconds', 10, 'held_seconds', 2),
	    jsonb_build_object('login', 'max', 'mode_since', test.ahead(-30),
		'logged', false, 'login_at', test.ahead(50), 'record_active', 2,
		'managed_inbound', 0, 'talk_seconds', 0),
	    jsonb_build_object('login', 'consistent')))
$$;
-- In one transaction, so that no time passes between the flush and the views.
BEGIN;
SELECT test.view('live', 0) \g /dev/null
SELECT is(state_seconds, 100.5::float8, 'exact, the skew taken out'),
    is(login_seconds, 1000.5::float8, 'logged in for'),
    is(state, 'paused', 'state'), is(known_state, 'paused', 'known state'),
    is(stale, false, 'not stale'), is(recording, true, 'odd: recording'),
    is(talk_seconds_mean, 2.5::float8, 'mean talk'),
    is(held_seconds_mean, 0.5::float8, 'mean hold'),
    is(ringing_seconds_mean, 0::float8, 'a sum that is left out is 0'),
    is(phone, '+33199001234', 'phone')
FROM cccp_v1.user WHERE login = 'zoe';
SELECT is(login_seconds, NULL, 'not logged in: no duration'),
    is(recording, false, 'even: not recording'),
    is(talk_seconds_mean, NULL, 'no mean of no calls')
FROM cccp_v1.user WHERE login = 'max';
SELECT is(recording, NULL, 'not told: null'), is(hidden, true, 'hidden')
FROM cccp_v1.user WHERE login = 'consistent';
UPDATE cccp.agent SET state_since = test.ahead(-30) WHERE login = 'zoe';
SELECT is((SELECT state_seconds FROM cccp_v1.user WHERE login = 'zoe'),
    0::float8, 'never negative');
COMMIT;
SELECT is((SELECT users FROM cccp_v1.source), 2::bigint,
    'users without hidden ones');
CREATE FUNCTION test.skew(seconds double precision,
    error double precision DEFAULT NULL) RETURNS text LANGUAGE sql
AS $$
	SELECT test.flush(jsonb_build_object('alive_at', test.ahead(0),
	    'clock_skew_s', seconds, 'clock_error_s', error));
	SELECT clock_skew_s || ', ' || generation FROM cccp.source
	WHERE name <> 'first'
$$;
SELECT generation AS last FROM cccp.source \gset
-- Later is less; a little is jitter.
SELECT is(test.skew(3600.04), '3600, ' || :last, 'jitter of a clock');
SELECT is(test.skew(3599.51), '3600, ' || :last, 'told late');
SELECT is(test.skew(3600.06), '3600.06, ' || :last + 1, 'told sooner');
SELECT is(test.skew(3599.6), '3600.06, ' || :last + 1, 'told late again');
SELECT is(test.skew(3599.5), '3599.5, ' || :last + 2, 'set, which is news');
SELECT is(test.skew(3597, 3), '3599.5, ' || :last + 2,
    'within the error of a slow measurement');
SELECT is(test.skew(3590, 3), '3593, ' || :last + 3,
    'before it: the nearest within');
SELECT is(test.skew(3600, 4), '3596, ' || :last + 4, 'or after it');
SELECT test.flush('{"name": "first", "status": "connecting"}') \g /dev/null
SELECT test.flush(jsonb_build_object('name', 'first', 'alive_at', now(),
    'clock_skew_s', -0.04)) \g /dev/null
SELECT is((SELECT clock_skew_s FROM cccp.source WHERE name = 'first'),
    -0.04::float8, 'what is measured first is taken as it is');
DELETE FROM cccp.sync WHERE source_id = (SELECT source_id FROM cccp.source
    WHERE name = 'first');
DELETE FROM cccp.source WHERE name = 'first';
SELECT test.view('live', 0) \g /dev/null
SELECT is((SELECT state_from FROM cccp_v1.user WHERE login = 'zoe'),
    (SELECT state_since - interval '1 h' FROM cccp_v1.user
    WHERE login = 'zoe'), 'since when, by our clock');
SELECT is((SELECT array_agg(known_state ORDER BY known_state COLLATE "C")
    FROM cccp.source_state WHERE since_known), (SELECT array_agg(m[1] ORDER BY m[1] COLLATE "C")
    FROM pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid),
    $$'([a-z_]+)'::text$$, 'g') m WHERE c.conname = 'state_check'),
    'all states are among those that agents are looked for in');
SELECT ok(abs(age_seconds) < 60, 'age without the skew'),
    is(stale, false, 'not stale') FROM cccp_v1.source;

-- Stale: by status, by age, while nobody writes.
SELECT test.view('stale', 5) \g /dev/null
SELECT is(state, 'unknown', 'stale: state unknown'),
    is(known_state, 'paused', 'and the known one kept'),
    is(stale, true, 'and said'),
    ok(state_since = (SELECT alive_at FROM cccp.source),
    'unknown since the last proof of life')
FROM cccp_v1.user WHERE login = 'zoe';
SELECT test.view('down', 5) \g /dev/null
SELECT is((SELECT stale FROM cccp_v1.source), false, 'just down: not stale');
UPDATE cccp.source SET alive_at = test.ahead(20);
SELECT is((SELECT stale FROM cccp_v1.source), true, 'down for longer: stale');
UPDATE cccp.source SET status = 'live';
SELECT is((SELECT stale FROM cccp_v1.source), true,
    '«live», but the poller is dead: stale');
SELECT is((SELECT bool_and(stale) FROM cccp_v1.user), true, 'users too');
UPDATE cccp.source SET stale_after = '1 min';
SELECT is((SELECT stale FROM cccp_v1.source), false, 'stale_after is heard');
UPDATE cccp.source SET alive_at = NULL;
SELECT is((SELECT stale FROM cccp_v1.source), true, 'never alive: stale');
SELECT test.view('live', 0) \g /dev/null
SELECT test.flush(jsonb_build_object('alive_at', test.ahead(0), 'clock_skew_s',
    3600), '[{"login": "zoe", "present": false}]') \g /dev/null
SELECT is((SELECT state FROM cccp_v1.user WHERE login = 'zoe'), 'unknown',
    'no longer listed: unknown');

-- Searching: folded on both sides, in what identifies a user, and only there.
SELECT is(cccp.fold('ÉÀÇŒ ß Ñ''%_\'), 'eacoe ss n''%_\', 'folding');
SELECT is(cccp.pattern(w), '%' || replace(replace(replace(cccp.fold(w), '\',
    '\\'), '%', '\%'), '_', '\_') || '%', format('a pattern: %s', w))
FROM unnest(ARRAY['ÉÀÇŒ ß Ñ''%_\', '', '日本 😀', '½', '\%']) w;
SELECT is(cccp.pattern(NULL), NULL, 'a pattern of nothing');
SELECT is(cccp.fold(''), '', 'folding nothing');
SELECT is(cccp.fold(NULL), NULL, 'folding null');
SELECT is(cccp.fold('日本 😀'), '日本 😀', 'folding what has no accents');
SELECT is((SELECT bool_and(search_key LIKE cccp.pattern(word))
    FROM cccp_v1.user, unnest(ARRAY['ZOÉ', 'evrard', '9900', 'été',
	'oeuvre', 'nord/']) word WHERE login = 'zoe'), true,
    'login, name, phone, profile, team are found');
SELECT is((SELECT search_key LIKE '%pause%' OR search_key LIKE '%192.0.2%'
    FROM cccp_v1.user WHERE login = 'zoe'), false, 'nothing else is');
SELECT is((SELECT string_agg(v, ' ' ORDER BY v COLLATE cccp.french)
    FROM unnest(ARRAY['zoé', 'Zoe', 'éva', 'Eva', 'eve', 'œuf', 'Ode', 'oz'])
    v), 'Eva éva eve Ode œuf oz Zoe zoé', 'French order');

SELECT is((SELECT string_agg(coalesce(cccp.phone(uri), '-'), ' ') FROM unnest(
    ARRAY['tel:+33199001234', '0199001234', 'sip:101@h', 'sips:102@h:5061',
    'SIP:103@h;x=y', 'tel:+33199001234;ext=5', NULL, '', 'sip:']) uri),
    '+33199001234 0199001234 101 102 103 +33199001234 - - -', 'phones');

-- Queues and calls, again in one transaction.
BEGIN;
SELECT test.flush(jsonb_build_object('alive_at', test.ahead(0),
    'clock_skew_s', 3600), '[]', jsonb_build_array(jsonb_build_object(
	'name', 'a__b', 'latent_sessions', 2, 'logged_sessions', 5,
	'working_sessions', 3, 'managed_tasks', 6, 'failed_tasks', 4,
	'max_waiting', 1, 'not_manageable_with_latent', 2,
	'contact_seconds', 60, 'waiting_seconds', 20,
	'oldest_waiting_at', test.ahead(7.5)), jsonb_build_object('name', 'none')),
    jsonb_build_array(jsonb_build_object('call_key', 'a', 'agent_login', 'zoe',
	'queued_at', test.ahead(30.5), 'managed_at', test.ahead(20.5)),
	jsonb_build_object('call_key', 'b', 'queued_at', test.ahead(30.5)),
	jsonb_build_object('call_key', 'c', 'queued_at', test.ahead(30),
	'unqueued_at', test.ahead(25), 'managed_at', test.ahead(24),
	'post_managed_at', test.ahead(10), 'ended_at', test.ahead(4))))
    \g /dev/null
SELECT is((label, agents, free_sessions, offered_tasks, turned_away,
    abandoned_tasks, answer_rate, contact_seconds_mean, waiting_seconds_mean,
    longest_wait_seconds)::text, '(b,7,2,10,3,1,0.6,10,2,7.5)', 'queue')
FROM cccp_v1.queue WHERE name = 'a__b';
SELECT is((agents, free_sessions, offered_tasks, turned_away, abandoned_tasks,
    answer_rate, contact_seconds_mean, longest_wait_seconds)::text,
    '(,,,,,,,)', 'a queue of which nothing is told')
FROM cccp_v1.queue WHERE name = 'none';
SELECT is((active, agent, agent_name, waiting_seconds, contact_seconds,
    wrapup_seconds)::text, '(t,zoe,"Zoé Évrard",10,20.5,)', 'a call in hand')
FROM cccp_v1.call WHERE call_key = 'a';
SELECT is((active, agent, waiting_seconds, contact_seconds, wrapup_seconds
    )::text, '(t,,30.5,,)', 'a call that waits')
FROM cccp_v1.call WHERE call_key = 'b';
SELECT is((active, waiting_seconds, contact_seconds, wrapup_seconds)::text,
    '(f,5,14,6)', 'a call that is over')
FROM cccp_v1.call WHERE call_key = 'c';
COMMIT;
SELECT * FROM finish();
SQL
