#!/bin/bash
# Every state, told from raw values: the rules, their order, and what they do
# not know.

. "${0%/*}/tap.bash"
tap <<'SQL'
CREATE TABLE test.raw (id int GENERATED ALWAYS AS IDENTITY, want text,
    what text, raw jsonb);
INSERT INTO test.raw (want, what, raw) VALUES
('offline', 'not logged in', '{"logged": false}'),
('offline', 'never logged in', '{"logged": null}'),
('offline', 'not logged in beats a call',
    '{"logged": false, "busy_count": 1, "task": "managing"}'),
('offline', 'not logged in beats a pause', '{"logged": false, "mode": "pause"}'),
('offline', 'not logged in beats an outbound call on hold', '{"logged": false,
    "mode": "sortant", "outbound_state": "connected", "outbound_hold": true}'),

('held', 'outbound call on hold', '{"mode": "sortant",
    "outbound_state": "connected", "outbound_hold": true}'),
('outbound', 'hold is over with the call', '{"mode": "sortant",
    "outbound_state": "disconnected", "outbound_hold": true}'),
('available', 'hold outside an outbound mode', '{"outbound_state": "connected",
    "outbound_hold": true}'),
('held', 'task held', '{"busy_count": 1, "task": "held"}'),
('held', 'task held beats the outbound mode',
    '{"mode": "sortant", "busy_count": 1, "task": "held"}'),
('held', 'outbound hold beats a call', '{"mode": "sortant2", "busy_count": 1,
    "task": "managing", "outbound_state": "connected", "outbound_hold": true}'),

('talking', 'task managing', '{"busy_count": 1, "task": "managing"}'),
('talking', 'task contact', '{"busy_count": 2, "task": "contact"}'),
('talking', 'a call beats the outbound mode',
    '{"mode": "sortant", "busy_count": 1, "task": "contact"}'),
('talking', 'a call beats a pause',
    '{"mode": "pause_cafe", "busy_count": 1, "task": "managing"}'),
('talking', 'a call beats supervision', '{"mode": "supervision",
    "interface": "supervision", "busy_count": 1, "task": "managing"}'),
('talking', 'an unknown task, answered', '{"busy_count": 1, "task": "appel",
    "task_started_at": 1, "task_managed_at": 2}'),
('talking', 'an unknown task that only has an answer',
    '{"busy_count": 1, "task": "appel", "task_managed_at": 2}'),
('available', 'a task counts only while busy',
    '{"busy_count": 0, "task": "managing"}'),
('available', 'busy_count absent is not busy',
    '{"task": "appel", "task_started_at": 1, "task_managed_at": 2}'),

('outbound', 'outbound mode', '{"mode": "sortant"}'),
('outbound', 'another outbound mode', '{"mode": "sortant2"}'),
('outbound', 'dialling', '{"mode": "sortant", "outbound_state": "dialing"}'),
('outbound', 'outbound mode beats ringing',
    '{"mode": "sortant", "busy_count": 1, "task": "ringing"}'),

('ringing', 'task assigning', '{"busy_count": 1, "task": "assigning"}'),
('ringing', 'task processing', '{"busy_count": 1, "task": "processing"}'),
('ringing', 'task ringing', '{"busy_count": 1, "task": "ringing"}'),
('ringing', 'an unknown task, not answered',
    '{"busy_count": 1, "task": "appel", "task_started_at": 1}'),
('ringing', 'ringing beats a pause',
    '{"mode": "pause", "busy_count": 1, "task": "ringing"}'),

('wrapup', 'task post_managing', '{"busy_count": 1, "task": "post_managing"}'),
('wrapup', 'task temporization', '{"busy_count": 1, "task": "temporization"}'),
('wrapup', 'wrap-up beats a withdrawal',
    '{"mode": "disabled", "busy_count": 1, "task": "temporization"}'),
('wrapup', 'a task that is known is not judged by its dates', '{
    "busy_count": 1, "task": "post_managing", "task_started_at": 1,
    "task_managed_at": 2}'),

('other_call', 'busy without a task', '{"busy_count": 1}'),
('other_call', 'busy, and the task''s name is empty',
    '{"busy_count": 1, "task": ""}'),
('other_call', 'busy, and the unknown task is over', '{"busy_count": 1,
    "task": "appel", "task_started_at": 1, "task_managed_at": 2,
    "task_ended_at": 3}'),
('other_call', 'an answer before the start is of a call that is over',
    '{"busy_count": 1, "task": "appel", "task_started_at": 3,
    "task_managed_at": 2}'),
('other_call', 'busy beats a pause', '{"mode": "pause", "busy_count": 1}'),

('paused', 'mode pause', '{"mode": "pause"}'),
('paused', 'mode pause_cafe', '{"mode": "pause_cafe"}'),
('paused', 'a pause beats an unplugged interface',
    '{"mode": "pause", "interface": "unplug"}'),
('unknown', 'a pause in the middle of a name', '{"mode": "ma_pause"}'),

('withdrawn', 'mode disabled', '{"mode": "disabled"}'),
('withdrawn', 'mode unplugged', '{"mode": "unplugged"}'),
('withdrawn', 'interface unplug', '{"interface": "unplug"}'),
('withdrawn', 'unplugged beats supervision',
    '{"mode": "supervision", "interface": "unplug"}'),

('supervising', 'mode supervision', '{"mode": "supervision"}'),
('supervising', 'interface supervision', '{"interface": "supervision"}'),

('available', 'mode inbound', '{"mode": "inbound", "interface": "inbound"}'),
('available', 'mode traitement', '{"mode": "traitement"}'),

('unknown', 'a mode that nobody knows', '{"mode": "formation"}'),
('unknown', 'no mode', '{"mode": null}'),
('unknown', 'an unknown task without dates',
    '{"busy_count": 1, "task": "appel"}'),
('unknown', 'an unknown mode with a quote', '{"mode": "in''bo%und_"}');

SELECT plan((SELECT count(*)::int FROM test.raw) + 15);
SELECT test.flush('{"alive_at": 10}', (SELECT jsonb_agg(raw
    || jsonb_build_object('login', 'a' || id)) FROM test.raw)) \g /dev/null
SELECT is(a.state::text, r.want, r.what)
FROM test.raw r LEFT JOIN cccp.agent a ON a.login = 'a' || r.id ORDER BY r.id;
SELECT is((SELECT count(DISTINCT want) FROM test.raw), 12::bigint,
    'all twelve states were seen');

-- The server's own date, state by state.
SELECT test.flush('{"alive_at": 20}', '[
    {"login": "d0", "logged": false, "logout_at": 1, "mode_since": 9},
    {"login": "d1", "busy_count": 1, "task": "ringing", "task_started_at": 2,
	"mode_since": 9},
    {"login": "d2", "busy_count": 1, "task": "managing", "task_started_at": 2,
	"task_managed_at": 3, "mode_since": 9},
    {"login": "d3", "mode": "sortant", "mode_since": 4},
    {"login": "d4", "mode": "sortant", "mode_since": 4,
	"outbound_state": "dialing", "outbound_started_at": 5},
    {"login": "d5", "mode": "sortant", "mode_since": 4,
	"outbound_state": "connected", "outbound_started_at": 5,
	"outbound_contact_at": 6},
    {"login": "d6", "mode": "sortant", "mode_since": 4,
	"outbound_state": "connected", "outbound_hold": true,
	"outbound_started_at": 5, "outbound_contact_at": 6},
    {"login": "d7", "mode": "formation", "mode_since": 7},
    {"login": "d8", "mode": "pause", "mode_since": 8, "busy_count": 0,
	"task": "managing", "task_started_at": 2, "task_managed_at": 3}]')
    \g /dev/null
SELECT is(test.state('d0'), 'offline 1', 'offline since the logout');
SELECT is(test.state('d1'), 'ringing 2', 'ringing since the start');
SELECT is(test.state('d2'), 'talking 3', 'talking since the answer');
SELECT is(test.state('d3'), 'outbound 4', 'outbound since the mode');
SELECT is(test.state('d4'), 'outbound 5', 'dialling since it was dialled');
SELECT is(test.state('d5'), 'outbound 6', 'outbound call since the answer');
SELECT is(test.state('d6'), 'held 4', 'hold: the latest date of the agent');
SELECT is(test.state('d7'), 'unknown 7', 'unknown since the mode');
SELECT is(test.state('d8'), 'paused 8', 'paused since the mode');

-- The customer's own rules.
INSERT INTO cccp.state_rule (priority, profile, mode, state, note)
VALUES (15, 'Profile_Formation', 'formation', 'withdrawn', 'a course'),
    (16, NULL, 'in''bo\%und\_', 'supervising', 'escaped');
SELECT cmp_ok(cccp.apply_rules(), '>', 0::bigint, 'apply_rules() changes');
SELECT is((SELECT a.state::text FROM cccp.agent a JOIN test.raw
    ON login = 'a' || id WHERE raw->>'mode' = 'in''bo%und_'), 'supervising',
    'who matches the new rule');
SELECT is(test.state('d7'), 'unknown 7', 'and nobody else');
SELECT is(cccp.apply_rules(), 0::bigint, 'once');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap');
SELECT * FROM finish();
SQL
