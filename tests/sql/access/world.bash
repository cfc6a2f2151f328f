# A small world of two sources, readers with all kinds of grants, and an oracle
# that says by loops over each grant what the definitions in sql/README.md let
# each of them see.  It shares no code with sql/code.

. "$(dirname "${BASH_SOURCE[0]}")/../tap.bash"

tap <<'SQL' || exit 1
SELECT test.flush('{"alive_at": 290, "complete": true}', '[
 {"login": "l_zoe", "name": "Zoé Dubois", "team": "Nord", "profile": "P_un",
    "queues": ["accueil", "vente"], "phone_uri": "tel:+33199000101",
    "task_queue": "vente", "call_queue": "Vente", "call_queue_name": "vente",
    "mode_since": 1, "total_tasks": 3, "spies": ["l_max", "l_lea", "l_who"]},
 {"login": "l_lea", "name": "Léa Petit", "team": "Nord/Soir", "profile": "P_deux",
    "queues": ["accueil"], "phone_uri": "sip:0199000102@192.0.2.1",
    "call_queue": "Secret", "call_queue_name": "secret", "mode_since": 2,
    "outbound_target": "+33639980103", "talk_seconds": 5, "managed_inbound": 1},
 {"login": "l_max", "name": "Max Roy", "team": "Nordique", "profile": "P_trois",
    "queues": ["accueil", "secret"], "phone_uri": "tel:+33199000104",
    "mode": "pause", "mode_since": 3},
 {"login": "l_eva", "name": "Eva Blanc", "team": "Sud", "queues": ["rappel"],
    "phone_uri": "tel:+33199000105", "mode_since": 4, "logged": false},
 {"login": "l_ivo", "name": "Ivo Sansgroupe", "queues": ["accueil", "rappel"],
    "mode_since": 5},
 {"login": "l_old", "name": "Ola Partie", "team": "Nord", "queues": ["depart"],
    "phone_uri": "tel:+33199000106", "mode_since": 6},
 {"login": "consistent", "name": "Compte Système", "team": "Nord",
    "queues": ["accueil"], "mode_since": 6}]', '[
 {"name": "accueil", "display_name": "Accueil", "waiting_tasks": 1},
 {"name": "vente", "display_name": "Vente"},
 {"name": "secret", "display_name": "Secret"}, {"name": "rappel"},
 {"name": "depart"}, {"name": "VQ_cachee"}]', '[
 {"call_key": "k1", "queue": "accueil", "queued_at": 280, "caller": "+33199000201"},
 {"call_key": "k2", "queue": "accueil", "queued_at": 100, "agent_login": "l_zoe",
    "agent_profile": "P_un", "unqueued_at": 101, "managed_at": 101, "ended_at": 105,
    "caller": "+33199000202", "callee": "0199000203"},
 {"call_key": "k3", "queue": "secret", "queued_at": 200, "agent_login": "l_lea",
    "unqueued_at": 201, "managed_at": 201, "caller": "+33199000204"},
 {"call_key": "k4", "queue": "secret", "queued_at": 120, "agent_login": "l_max",
    "unqueued_at": 121, "managed_at": 121, "ended_at": 125, "caller": "0639980205"},
 {"call_key": "k5", "queue": "rappel", "queued_at": 285, "agent_login": "l_eva",
    "unqueued_at": 285, "managed_at": 286, "caller": "+33199000206"},
 {"call_key": "k6", "direction": "outbound", "queued_at": 250,
    "agent_login": "l_ivo", "callee": "+33639980207"},
 {"call_key": "k7", "queue": "accueil", "queued_at": 260, "agent_login": "l_gone",
    "unqueued_at": 261, "managed_at": 261, "caller": "+33199000208"}]')
    \g /dev/null
-- One is gone now.
SELECT test.flush('{"alive_at": 291}', '[{"login": "l_old", "present": false},
 {"login": "l_zoe", "name": "Zoé Dubois", "team": "Nord", "profile": "P_un",
    "queues": ["accueil", "vente"], "phone_uri": "tel:+33199000101",
    "call_queue": "Vente", "call_queue_name": "vente",
    "mode": "pause", "mode_since": 290, "total_tasks": 3,
    "spies": ["l_max", "l_lea", "l_who"]}]') \g /dev/null
SELECT test.flush('{"name": "lyon", "url": "cccp://lyon:20103", "alive_at": 290,
 "status": "down", "error": "Panne_de_lyon"}', '[
 {"login": "l_tom", "name": "Tom Noir", "team": "Nord", "queues": ["accueil"],
    "phone_uri": "tel:+33199000301", "mode_since": 1},
 {"login": "l_ana", "name": "Ana Vert", "team": "Ouest", "queues": ["lyonnaise"],
    "phone_uri": "tel:+33199000302", "mode_since": 1}]', '[
 {"name": "accueil", "display_name": "Standard"}, {"name": "lyonnaise"}]', '[
 {"call_key": "k8", "queue": "lyonnaise", "queued_at": 10, "agent_login": "l_ana",
    "unqueued_at": 11, "managed_at": 11, "ended_at": 15, "caller": "+33199000303"},
 {"call_key": "k9", "queue": "accueil", "queued_at": 270,
    "caller": "+33199000304"}]') \g /dev/null
INSERT INTO cccp.queue_sample (queue_id, minute, waiting_tasks)
SELECT queue_id, date_trunc('minute', now(), 'UTC'), 1 FROM cccp.queue
ON CONFLICT DO NOTHING;
INSERT INTO cccp.source_defect (source_id, kind, list, path, field, count)
SELECT source_id, 'unreadable', 'users', 'busy_count', 'busy_count', 1
FROM cccp.source;

-- The readers, each with all grants that there are while he reads.
CREATE TABLE test.reader (number int GENERATED ALWAYS AS IDENTITY, name text
    PRIMARY KEY, login text, groups text[], anonymous text, grants jsonb);
INSERT INTO test.reader (name, login, groups, anonymous, grants) VALUES
('nobody', NULL, NULL, 'none', '[{"who_kind": "everyone", "role": "supervisor"}]'),
('anonymous reader', NULL, NULL, 'reader', '[]'),
('anonymous wall', NULL, NULL, 'wall', '[]'),
('everyone', 'x', '{}', NULL, '[{"who_kind": "everyone", "role": "reader"}]'),
('user', 'zoe', '{}', 'admin', '[{"who": "zoe", "role": "supervisor",
    "source": "prod", "team": "Nord"}, {"who": "ZOE", "role": "admin"}]'),
('group in other case', 'x', '{a,EQUIPE-é}', NULL, '[{"who_kind": "group",
    "who": "Equipe-É", "role": "supervisor", "source": "prod"},
    {"who_kind": "group", "who": "x", "role": "admin"}]'),
('two grants', 'x', NULL, NULL, '[{"who": "x", "role": "supervisor",
    "team": "Nord"}, {"who": "x", "role": "reader", "queue": "secret"},
    {"who": "x", "role": "reader", "queue": "secret"}]'),
('expired', 'x', NULL, NULL, '[{"who": "x", "role": "admin",
    "valid": "(,2020-01-01)"}]'),
('future', 'x', NULL, NULL, '[{"who": "x", "role": "admin",
    "valid": "[2200-01-01,)"}]'),
('one of two expired', 'x', NULL, NULL, '[{"who": "x", "role": "admin",
    "valid": "(,2020-01-01)"}, {"who": "x", "role": "reader", "team": "Sud",
    "valid": "[2020-01-01,2200-01-01)"}]'),
('wall', 'x', NULL, NULL, '[{"who": "x", "role": "wall", "team": "Nord",
    "detail": true, "numbers": true, "history": true, "export": true}]'),
('wall and reader', 'x', NULL, NULL, '[{"who": "x", "role": "wall",
    "queue": "vente"}, {"who": "x", "role": "reader", "team": "Sud"}]'),
('auditor', 'x', NULL, NULL, '[{"who": "x", "role": "auditor"}]'),
('auditor and reader', 'x', NULL, NULL, '[{"who": "x", "role": "auditor"},
    {"who": "x", "role": "reader", "source": "lyon"}]'),
('team', 'x', NULL, NULL, '[{"who": "x", "role": "supervisor",
    "team": "Nord", "numbers": false}]'),
('queue', 'x', NULL, NULL, '[{"who": "x", "role": "supervisor",
    "queue": "accueil"}]'),
('queue of a source', 'x', NULL, NULL, '[{"who": "x", "role": "reader",
    "source": "prod", "queue": "rappel"}]'),
('team and queue', 'x', NULL, NULL, '[{"who": "x", "role": "supervisor",
    "team": "Nord", "queue": "accueil", "history": false}]'),
('source', 'x', NULL, NULL, '[{"who": "x", "role": "reader",
    "source": "lyon"}]'),
('detail without history', 'x', NULL, NULL, '[{"who": "x",
    "role": "supervisor", "source": "prod", "history": false}]'),
('export of a queue', 'x', NULL, NULL, '[{"who": "x", "role": "reader",
    "queue": "accueil", "export": true}, {"who": "x", "role": "supervisor",
    "team": "Sud", "export": false}, {"who": "x", "role": "supervisor",
    "team": "Nord", "detail": false, "queue": "vente"}]'),
('admin without numbers', 'x', NULL, NULL, '[{"who": "x", "role": "admin",
    "numbers": false}]'),
('what does not exist', 'x', NULL, NULL, '[{"who": "x", "role": "supervisor",
    "team": "Parti"}, {"who": "x", "role": "supervisor", "source": "absent"},
    {"who": "x", "role": "supervisor", "queue": "nulle"}]'),
('whole', 'x', NULL, NULL, '[{"who_kind": "everyone", "role": "supervisor"},
    {"who": "x", "role": "reader", "team": "Sud"}]');

-- Puts a reader's grants in place, and what his handler would set.
CREATE FUNCTION test.become(reader text, need text DEFAULT '') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	r test.reader := (SELECT t FROM test.reader t WHERE name = reader);
BEGIN
	DELETE FROM cccp.access_grant;
	INSERT INTO cccp.access_grant (who_kind, who, role, source, team, queue,
	    detail, history, numbers, export, valid)
	SELECT coalesce(g.who_kind, 'user'), g.who, g.role, g.source, g.team,
	    g.queue, g.detail, g.history, g.numbers, g.export,
	    coalesce(g.valid, '(,)')
	FROM jsonb_populate_recordset(NULL::cccp.access_grant, r.grants) g;
	PERFORM set_config('cccp.need', need, true), set_config('cccp.scope',
	    coalesce((SELECT scope FROM cccp.scope_of(r.login, r.groups,
	    r.anonymous)), ''), true);
	RETURN current_setting('cccp.scope');
END $$;
SQL
