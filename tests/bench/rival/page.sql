-- Users for tests/bench/rivals, handed over as the poller does: :n of them,
-- made up, with the states, teams and profiles of a large centre.

\set QUIET on
SET ROLE cccp_poller;
SELECT cccp.staging() \g /dev/null

BEGIN;
INSERT INTO source_in (name, url, status, alive_at, clock_skew_s, complete,
    resumed)
VALUES ('bench', 'cccp://bench.example:20103', 'live', now(), 0, true, true);
INSERT INTO agent_in (login, object_id, name, profile, team, phone_uri,
    logged, mode, mode_label, mode_since, interface, task, task_label,
    task_started_at, task_managed_at, busy_count, login_at, session_id,
    queues, total_inbound, managed_inbound, talk_seconds, present, seen_at)
SELECT 'u' || to_char(i, 'FM000000'), i,
    (ARRAY['Agathe', 'Basile', 'Chloé', 'Damien', 'Élodie', 'Fanny', 'Gaël',
	'Hélène', 'Inès', 'Zoé'])[1 + i % 10] || ' '
	|| (ARRAY['Abadie', 'Bréval', 'Cordonnier', 'Delaunay', 'Évrard',
	'Fournel', 'Garnaud', 'Hébrard', 'Imbert', 'Jaquemin'])[1 + i / 10 % 10]
	|| ' ' || i,
    CASE WHEN i % 10 = 0 THEN 'Superviseur_default'
	ELSE 'Profil ' || i % 12 END, 'Équipe ' || i % 40,
    'sip:+33199' || to_char(i, 'FM000000') || '@pbx.example', i % 5 > 0,
    CASE i % 5 WHEN 1 THEN 'inbound' WHEN 2 THEN 'pause_cafe'
	WHEN 3 THEN 'inbound' WHEN 4 THEN 'outbound' END,
    CASE i % 5 WHEN 1 THEN 'Disponible' WHEN 2 THEN 'Pause café'
	WHEN 3 THEN 'Disponible' WHEN 4 THEN 'Sortant' END,
    now() - i % 7200 * interval '1 s', 'inbound',
    CASE i % 5 WHEN 3 THEN 'managing' END,
    CASE i % 5 WHEN 3 THEN 'Traitement d''appel' END,
    CASE i % 5 WHEN 3 THEN now() - i % 600 * interval '1 s' END,
    CASE i % 5 WHEN 3 THEN now() - i % 500 * interval '1 s' END,
    CASE i % 5 WHEN 3 THEN 1 ELSE 0 END,
    CASE WHEN i % 5 > 0 THEN now() - i % 480 * interval '1 min' END,
    'session-' || i, ARRAY['Accueil', 'File ' || i % 30], i % 50, i % 45,
    i % 5000, true, now()
FROM generate_series(1, :n) AS i;
SELECT * FROM cccp.flush() \g /dev/null
COMMIT;
RESET ROLE;
UPDATE cccp.source SET stale_after = '1 day';
VACUUM ANALYZE;
