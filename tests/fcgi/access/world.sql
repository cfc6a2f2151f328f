-- world.sql: after ../users.sql and grants.sql, a source whose users, queues and
-- calls cross the borders of scopes, and readers with such scopes.  Each text has
-- a word that no other text contains.  Everybody here is made up.

\set QUIET on
SET ROLE cccp_poller;
SELECT cccp.staging() \g /dev/null

BEGIN;
INSERT INTO source_in (name, url, status, alive_at, clock_skew_s,
    server_version, complete, resumed)
VALUES ('metz', 'cccp://metz.example:20103', 'live', now(), 0, '4.2', true,
    true);
INSERT INTO agent_in (login, object_id, name, profile, team, phone_uri, logged,
    mode, mode_since, task, task_started_at, task_managed_at, busy_count,
    login_at, session_id, spies, queues, total_inbound, talk_seconds,
    outbound_state, outbound_target, task_queue, present, seen_at)
SELECT 'agt' || i || 'q', 7000 + i, 'Zo' || chr(235) || ' "Nom' || i
    || 'q"; <b>\' || chr(233), 'Profil' || i % 7 || 'q',
    (ARRAY['Nord', 'Nord/Lille', 'Nordique', 'Sud', NULL,
	'Nord/Lille/"Gare" ; 1', 'Est'])[1 + i % 7],
    'sip:+33199005' || i || '@pbx.example', i % 6 > 0,
    CASE WHEN i % 6 > 0 THEN 'inbound' END,
    now() - i * interval '1 s', CASE WHEN i % 3 = 0 THEN 'managing' END,
    CASE WHEN i % 3 = 0 THEN now() - interval '9 s' END,
    CASE WHEN i % 3 = 0 THEN now() - interval '5 s' END,
    (i % 3 = 0)::int, CASE WHEN i % 6 > 0 THEN now() - interval '1 h' END,
    'sess' || i || 'q', CASE WHEN i % 2 = 0 THEN
    ARRAY['agt' || 100 + (i + 7) % 56 || 'q', 'agt' || 100 + (i + 1) % 56 || 'q',
	'agt999q'] END,
    CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN ARRAY['accueil', 'quA7q']
    WHEN 2 THEN ARRAY['quA7q', 'quB7q "x"; 1'] WHEN 3
    THEN ARRAY['quB7q "x"; 1', 'quC7q'] ELSE ARRAY['accueil', 'quC7q'] END,
    i % 9, i * 1.5, CASE WHEN i % 4 = 0 THEN 'calling' END,
    CASE WHEN i % 4 = 0 THEN '+33639987' || i END,
    CASE WHEN i % 3 = 0 THEN (ARRAY['accueil', 'quA7q', 'quB7q "x"; 1',
	'quC7q'])[1 + i % 4] END, i % 11 > 0, now()
FROM generate_series(100, 155) AS i;
INSERT INTO queue_in (name, display_name, type, logged_sessions, running_tasks,
    waiting_tasks, managed_tasks, present)
VALUES ('accueil', 'LibAcc7q', 'queue', 5, 4, 3, 2, true),
    ('quA7q', 'LibA7q "x"', 'queue', 6, 5, 4, 3, true),
    ('quB7q "x"; 1', 'LibB7q', 'queue', 7, 6, 5, 4, true),
    ('quC7q', 'LibC7q', 'skill', 8, 7, 6, 5, true),
    ('quD7q', 'LibD7q', 'queue', 9, 8, 7, 6, true);
INSERT INTO call_in (call_key, direction, queue, queue_label, agent_login,
    agent_profile, caller, callee, queued_at, unqueued_at, managed_at, ended_at,
    present)
SELECT 'call' || i || 'k', CASE WHEN i % 4 = 0 THEN 'outbound' ELSE 'inbound'
    END, q.name, q.label, CASE i % 8 WHEN 0 THEN NULL WHEN 1
    THEN 'agt' || 900 + i || 'q' ELSE 'agt' || 100 + i * 5 % 56 || 'q' END,
    CASE WHEN i % 8 > 0 THEN 'Profil' || i * 5 % 7 || 'q' END, '+33639985' || i, '+33639986' || i,
    now() - (i - 100) * interval '1 min',
    CASE WHEN i % 8 > 0 THEN now() - (i - 100) * interval '59 s' END,
    CASE WHEN i % 8 > 0 THEN now() - (i - 100) * interval '58 s' END,
    CASE WHEN i % 5 > 0 THEN now() - (i - 100) * interval '30 s' END, true
FROM generate_series(101, 220) AS i
CROSS JOIN LATERAL (SELECT 1 + i % 6 AS nr) n
CROSS JOIN LATERAL (SELECT (ARRAY['accueil', 'quA7q', 'quB7q "x"; 1', 'quC7q',
    'quD7q', NULL])[nr] AS name, (ARRAY['LibAcc7q', 'LibA7q "x"', 'LibB7q',
    'LibC7q', 'LibD7q', NULL])[nr] AS label) q;
SELECT * FROM cccp.flush() \g /dev/null
COMMIT;
RESET ROLE;
UPDATE cccp.source SET stale_after = '1 day';

INSERT INTO cccp.access_grant (who_kind, who, role, source, team, queue, detail,
    history, numbers, export)
VALUES
('user', 'tess', 'supervisor', 'metz', 'Nord', 'quA7q', NULL, NULL, NULL, NULL),
('user', 'uma', 'supervisor', 'metz', 'Nord/Lille', NULL, NULL, NULL, NULL,
    false),
('user', 'uma', 'reader', NULL, NULL, 'accueil', NULL, NULL, true, true),
('user', 'victor', 'supervisor', NULL, NULL, NULL, NULL, false, NULL, NULL),
('user', 'wim', 'wall', 'metz', NULL, 'quB7q "x"; 1', NULL, NULL, NULL, NULL),
('user', 'xena', 'supervisor', 'metz', 'Sud', NULL, NULL, NULL, false, NULL),
('user', 'xena', 'reader', 'metz', NULL, 'quC7q', true, true, true, NULL),
('group', 'Équipe É', 'reader', 'metz', 'Nordique', NULL, true, NULL, NULL,
    true);

INSERT INTO cccp.saved_view (owner, name, list, query, shared) VALUES
('ada', 'Vue pour tous', 'users',
    'team=Nord,Sud,Nordique&queue=metz%2FquA7q,metz%2FquC7q&q=agt101q', 'all'),
('ada', 'Vue 2', 'calls', 'source=metz,lyon&agent=agt102q', 'team:Nord'),
('ada', 'Vue 3', 'users', 'state=talking&q=agt103q',
    'team:Nord/Lille'),
('ada', 'Vue de personne', 'users', 'q=agt104q', 'none'),
('nora', 'Vue de nora', 'users', 'q=agt105q&team=Sud', 'none'),
('victor', 'Vue de files', 'queues', 'source=metz&q=quA7q', 'all');
