-- users.sql: what the tests of the HTTP side expect in the database, handed
-- over as the poller does.  Everybody here is made up.
--
-- prod: 100 users, u001 to u100, names and states by turns, 10 supervisors,
-- and the hidden account `consistent`; lyon: 6 users, each for one question.

\set QUIET on
SET ROLE cccp_poller;
SELECT cccp.staging() \g /dev/null
SELECT * FROM cccp.purge() \g /dev/null

BEGIN;
INSERT INTO source_in VALUES ('prod', 'cccp://demo.example:20103', 'live',
    NULL, now(), 0, '4.2', true, true);
INSERT INTO agent_in (login, object_id, name, profile, team, phone_uri,
    logged, mode, mode_label, mode_since, interface, task, task_label,
    task_started_at, task_managed_at, busy_count, login_at, session_id,
    queues, total_inbound, managed_inbound, talk_seconds, present, seen_at)
SELECT 'u' || to_char(i, 'FM000'), 1000 + i,
    (ARRAY['Agathe', 'Basile', 'Chloé', 'Damien', 'Élodie', 'Fanny', 'Gaël',
	'Hélène', 'Inès', 'Jérôme'])[1 + i % 10] || ' '
	|| (ARRAY['Abadie', 'Bréval', 'Cordonnier', 'Delaunay', 'Évrard',
	'Fournel', 'Garnaud', 'Hébrard', 'Imbert', 'Jaquemin'])[1 + i / 10 % 10],
    CASE WHEN i % 10 = 0 THEN 'Superviseur_default'
	WHEN i % 3 = 0 THEN 'Profil_Ventes' ELSE 'Profil_Accueil' END,
    CASE i % 4 WHEN 0 THEN 'Nord' WHEN 1 THEN 'Sud' WHEN 2 THEN 'Est, Ouest'
	END,
    'sip:+3319900' || to_char(i, 'FM0000') || '@pbx.example',
    i % 5 > 0,
    CASE i % 5 WHEN 1 THEN 'inbound' WHEN 2 THEN 'pause_cafe'
	WHEN 3 THEN 'inbound' WHEN 4 THEN 'inconnu_au_bataillon' END,
    CASE i % 5 WHEN 1 THEN 'Disponible' WHEN 2 THEN 'Pause café'
	WHEN 3 THEN 'Disponible' END,
    date_trunc('hour', now()) - i * interval '1 s', 'inbound',
    CASE i % 5 WHEN 3 THEN 'managing' END,
    CASE i % 5 WHEN 3 THEN 'Traitement d''appel' END,
    CASE i % 5 WHEN 3 THEN now() - i * interval '2 s' END,
    CASE i % 5 WHEN 3 THEN now() - i * interval '1 s' END,
    CASE i % 5 WHEN 3 THEN 1 ELSE 0 END,
    CASE WHEN i % 5 > 0 THEN now() - i * interval '1 min' END,
    'session-' || i,
    CASE WHEN i % 2 = 0 THEN ARRAY['accueil', 'sav "express", 24\7'] END,
    nullif(i % 7, 0), i % 6, i * 1.5, true, now()
FROM generate_series(1, 100) AS i;
INSERT INTO agent_in (login, name, present, seen_at)
VALUES ('consistent', 'Compte technique', true, now());
INSERT INTO queue_in (name, display_name, type, present)
VALUES ('accueil', 'Accueil', 'queue', true), ('sav', 'SAV', 'queue', true);
INSERT INTO call_in (call_key, direction, queue, queue_label, agent_login,
    caller, queued_at, unqueued_at, managed_at, ended_at, present)
SELECT 'task-' || i, 'inbound', 'accueil', 'Accueil', 'u003',
    '+3363998' || to_char(i, 'FM0000'), now() - i * interval '1 min',
    now() - i * interval '59 s', now() - i * interval '59 s',
    CASE WHEN i > 1 THEN now() - i * interval '30 s' END, true
FROM generate_series(1, 25) AS i;
SELECT * FROM cccp.flush() \g /dev/null
COMMIT;

BEGIN;
INSERT INTO source_in VALUES ('lyon', 'cccp://lyon.example:20103', 'live',
    NULL, now(), 0, '4.2', true, true);
INSERT INTO agent_in (login, name, profile, logged, mode, phone_uri,
    busy_count, present, seen_at)
VALUES
('zoe', 'Zoé Ünlü', 'P', false, NULL, 'tel:+33199009901', 0, true, now()),
('zoe2', 'ZOE ŒUVRARD', 'P', true, 'inbound', NULL, 0, true, now()),
('cent%_\', '100 % \ _ ''"<b>&', 'P,Q', true, 'inbound', NULL, 0, true,
    now()),
('côté/ïle', 'Œil 😀', '-moins', true, 'inbound', NULL, 0, true, now()),
('sans', '', NULL, NULL, NULL, NULL, NULL, true, now()),
('parti', 'Parti Ailleurs', 'P', true, 'inbound', NULL, 0, false, now());
SELECT * FROM cccp.flush() \g /dev/null
COMMIT;
RESET ROLE;

-- Nothing goes stale because a test takes its time.
UPDATE cccp.source SET stale_after = '2 hours';
