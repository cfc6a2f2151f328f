#!/bin/bash
# A leaver is forgotten: a whole dump of a database with thirteen months has no
# trace of login, name or phones, and the figures are what they were.

. "${0%/*}/../tap.bash"

psql -XqAt -v ON_ERROR_STOP=1 <<'SQL' >/dev/null || exit 1
-- What a field of a later version looks like.
SET ROLE cccp_owner;
ALTER TABLE cccp.agent ADD badge text;
ALTER TABLE cccp.call ADD notes text, ADD marks text[];
CREATE TABLE cccp.later (later_id int PRIMARY KEY, words text NOT NULL);
RESET ROLE;

-- zwenn.ledantec is who leaves; Zoé and others stay, with what is like it.
SELECT test.flush('{"alive_at": 0}', '[{"login": "zwenn.ledantec", "name":
    "Gwénola Le Dantec", "phone_uri": "sip:0199004217@pbx", "team": "SAV",
    "session_id": "s-zwenn.ledantec-1", "mode_label": "Chez Gwénola Le Dantec",
    "spies": ["zoe"], "last_record": "{\"file\": \"zwenn.ledantec.wav\"}",
    "queues": ["user__zwenn.ledantec"], "badge": "B-77341",
    "outbound_target": "+33639984155", "outbound_started_at": -600},
    {"login": "zoe", "name": "Zoé", "spies": ["zwenn.ledantec"]},
    {"login": "azwenn.ledantec2", "name": "Gwénola Le Dantecq"}]',
    '[{"name": "user__zwenn.ledantec", "type": "user", "display_name":
	"Gwénola Le Dantec"}, {"name": "sav__Garantie"}]');
INSERT INTO cccp.source (name, status) VALUES ('lyon', 'down');
SELECT cccp.ensure_partitions(t, now() - interval '13 months', now())
FROM unnest('{cccp.call, cccp.agent_state}'::regclass[]) t;
SELECT cccp_private.make_partition('cccp_audit.access_log', date_trunc('month',
    now(), 'UTC') - m * interval '1 month') FROM generate_series(1, 12) m;
-- Thirteen months: calls of all, hers and those that she received.
INSERT INTO cccp.call (source_id, call_key, direction, session_id, queue,
    queue_label, agent_id, agent_login, agent_profile, caller, callee,
    queued_at, managed_at, ended_at, generation, notes, marks)
SELECT a.source_id, 'k' || m || '-' || login, CASE n WHEN 1 THEN 'outbound' ELSE
	'inbound' END, 'c-' || n, CASE n WHEN 2 THEN 'user__zwenn.ledantec' ELSE
	'sav__Garantie' END, CASE n WHEN 2 THEN 'Gwénola Le Dantec' END,
    a.agent_id, a.login, 'Conseiller', CASE WHEN n = 1 AND login = 'zoe'
	THEN '+33199008800' WHEN n = 1 THEN '01 99 00 42 18'
	ELSE '+33639984125' END,
    CASE n WHEN 3 THEN '+33199004217' ELSE '0199004218' END,
    t, t + interval '1 min', t + m * interval '1 min', 1,
    'said by ' || login, ARRAY['x', login]
FROM cccp.agent a, generate_series(0, 12) m, generate_series(0, 3) n,
    LATERAL (SELECT now() - m * interval '30 days' - n * interval '1 hour'
	- interval '6 hours') t (t);
INSERT INTO cccp.agent_state (agent_id, state, mode, mode_label, since, until)
SELECT agent_id, 'paused', 'pause', 'Avec Gwénola Le Dantec',
    now() - m * interval '30 days' - interval '7 days',
    now() - m * interval '30 days' - interval '6 days'
FROM cccp.agent, generate_series(1, 12) m;
INSERT INTO cccp_audit.access_log (at, reader, action, source, agent_id, query)
SELECT now() - m * interval '29 days', reader, 'calls', 'prod', agent_id, query
FROM generate_series(0, 11) m, (VALUES
    ('zwenn.ledantec', 'q=Gw%C3%A9nola+Le%20Dantec'), ('ève',
    'agent=prod%2Fzwenn.ledantec'), ('Zwenn.Ledantec', 'q=01+99+00+42+17'),
    ('zoe', 'q=%2B33199004218&x=gwenola+le+dantec')) v (reader, query),
    cccp.agent WHERE login = 'zwenn.ledantec';
INSERT INTO cccp.source_defect VALUES (1, 'left_out', 'users',
    'users.zwenn.ledantec', NULL, 1);
UPDATE cccp.source SET hidden_logins = '{consistent, zwenn.ledantec}'
WHERE name = 'prod';
INSERT INTO cccp.later VALUES (1, 'so said Gwénola Le Dantec (0199004217)'),
    (2, 'nothing');
INSERT INTO cccp.access_grant (who_kind, who, role, created_by, note, valid)
VALUES ('user', 'zwenn.ledantec', 'reader', 'zwenn.ledantec',
    'for Gwénola Le Dantec', tstzrange(NULL, now() - interval '1 day'));
INSERT INTO cccp.saved_view (owner, name, list, query, shared) VALUES
    ('zwenn.ledantec', 'Mine', 'users', '', 'none'),
    ('zwenn.ledantec', 'All', 'users', 'q=zwenn.ledantec', 'all'),
    ('ève', 'Gwénola Le Dantec', 'calls', 'agent=prod%2Fzwenn.ledantec',
	'none');
INSERT INTO cccp.agent (source_id, login, name, kind, state, state_since,
    generation, present)
SELECT source_id, 'zwenn.ledantec', 'Another', 'agent', 'offline', now(), 1,
    false FROM cccp.source WHERE name = 'lyon';

-- Figures by agent, queue and month; a queue's own name may change.
CREATE VIEW test.figures (user_id, sav, kind, month, n1, n2, n3, n4, n5, n6, n7)
AS
SELECT user_id, queue ~ 'sav' AS sav, direction, date_trunc('month', queued_at),
    count(*), sum(waiting_seconds), sum(contact_seconds), sum(wrapup_seconds),
    count(caller), count(callee), count(DISTINCT call_key)
FROM cccp_v1.call WHERE NOT active GROUP BY 1, 2, 3, 4
UNION ALL
SELECT user_id, gap, state, date_trunc('month', since), count(*), count(mode),
    count(mode_label), sum(date_part('epoch', until - since)), 0, 0, 0
FROM cccp_v1.user_state GROUP BY 1, 2, 3, 4;
CREATE TABLE test.size AS SELECT (SELECT count(*) FROM cccp.call) AS calls,
    (SELECT count(*) FROM cccp.agent_state) AS states,
    (SELECT count(*) FROM cccp_audit.access_log) AS lines;
SQL

words='zwenn\.ledantec|Le[ +]*(%20)?Dantec([^q]|$)|99[ +]*00[ +]*42[ +]*1[78]|B-77341'
trace() {
	"$PG_BIN/pg_dump" --data-only "$@" | grep -iE "$words" |
	    grep -v 'azwenn\|	Another	'
}
# All that the test put there is in the dump before.
seen=$(trace -N test | grep -ciE "$words")


ask() {
	psql -XqAt -v ON_ERROR_STOP=0 -v VERBOSITY=sqlstate -c "$1" 2>&1
}
forget="SELECT relation, changed > 0 FROM cccp.forget_agent('prod',"
listed=$(ask "$forget 'zwenn.ledantec')")
# She left, and her queue is gone.
ask "SELECT test.flush('{\"alive_at\": 5, \"complete\": true}', '[{\"login\":
    \"zoe\", \"name\": \"Zoé\"}, {\"login\": \"azwenn.ledantec2\", \"name\":
    \"Gwénola Le Dantecq\"}]', '[{\"name\": \"sav__Garantie\"}]')" >/dev/null
ask "CREATE TABLE test.before AS SELECT * FROM test.figures" >/dev/null
ask "CREATE TABLE test.generation AS SELECT generation FROM cccp.clock"
told=$(ask "$forget 'zwenn.ledantec')" | tr '\n' ' ')
left=$(trace -N test)
again=$(ask "$forget 'zwenn.ledantec')")

tap -v seen="$seen" -v listed="$listed" -v told="$told" -v left="$left" \
    -v again="$again" <<'SQL'
SELECT plan(34);

SELECT cmp_ok(:seen, '>', 150, 'a dump is full of it');
SELECT is(:'listed'::text, 'ERROR:  55006', 'not while the server lists the user');
SELECT is(:'told'::text, 'cccp.access_grant|t cccp.agent_state|t cccp.call|t'
    ' cccp.later|t cccp.queue|t cccp.saved_view|t cccp.source|t'
    ' cccp.source_defect|t cccp_audit.access_log|t cccp.agent|t ',
    'it says where');
SELECT is(:'left'::text, '', 'a dump has no trace');
SELECT is(:'again'::text, 'ERROR:  P0002', 'nobody is forgotten twice');

SELECT results_eq('SELECT * FROM test.figures ORDER BY 1, 2, 3, 4',
    'SELECT * FROM test.before ORDER BY 1, 2, 3, 4',
    'the figures are the same');
SELECT is((SELECT count(*) FROM cccp.call) || ' '
    || (SELECT count(*) FROM cccp.agent_state) || ' '
    || (SELECT count(*) FROM cccp_audit.access_log), (SELECT calls || ' '
    || states || ' ' || lines FROM test.size), 'no row is gone');
SELECT is((SELECT c.generation - g.generation FROM cccp.clock c,
    test.generation g), 1::bigint, 'answers that were made before end');

-- What she is now.
CREATE VIEW test.she AS SELECT * FROM cccp.agent
WHERE login = 'parti-' || agent_id;
SELECT is((SELECT concat_ws(',', name, phone, phone_uri, session_id, spies,
    last_record, queues, badge, outbound_target, team, present, mode_label)
    FROM test.she), ',SAV,f,Chez parti-' || (SELECT agent_id FROM test.she),
    'the person''s own row');
SELECT is((SELECT string_agg(DISTINCT concat_ws(',', agent_login, notes, marks),
    ' ') FROM cccp.call JOIN test.she USING (agent_id)),
    (SELECT login FROM test.she), 'calls, also in columns of a later version');
SELECT is((SELECT count(*) FROM cccp.call c JOIN test.she s USING (agent_id)
    WHERE c.direction = 'outbound' AND c.caller = s.login), 13::bigint,
    'the calls that she made came from her');
SELECT is((SELECT string_agg(DISTINCT login || ' ' || concat_ws(',', agent_login,
    notes, marks), '; ') FROM cccp.call JOIN cccp.agent a USING (agent_id)
    WHERE login ~ '^(zoe|azwenn)'), 'azwenn.ledantec2 azwenn.ledantec2,said by'
    ' azwenn.ledantec2,{x,azwenn.ledantec2}; zoe zoe,said by zoe,{x,zoe}',
    'others stay as they are');
SELECT is((SELECT string_agg(name, ' ') FROM cccp.agent
    WHERE login = 'zwenn.ledantec'), 'Another',
    'so does who has that login on another server');
SELECT is((SELECT string_agg(q.name || ' ' || q.display_name, ', ')
    FROM cccp.queue q WHERE q.type = 'user'), (SELECT format('user__%s %1$s',
    login) FROM test.she), 'a queue that was named after her');
SELECT is((SELECT count(DISTINCT c.queue) FROM cccp.call c), 2::bigint,
    'and its calls are still in it');
SELECT is((SELECT string_agg(DISTINCT caller, ' ') FROM cccp.call JOIN
    cccp.agent USING (agent_id) WHERE direction = 'inbound'), '+33639984125',
    'numbers of callers stay');
SELECT is((SELECT string_agg(words, '; ' ORDER BY later_id) FROM cccp.later),
    (SELECT format('so said %s (%1$s); nothing', login) FROM test.she),
    'a table of a later version');
SELECT is((SELECT hidden_logins::text FROM cccp.source WHERE name = 'prod'),
    (SELECT format('{consistent,%s}', login) FROM test.she),
    'who is hidden stays hidden');
SELECT is((SELECT string_agg(v.name || ' ' || (owner = s.login) || ' '
    || replace(query, s.login, 'her'), ', ' ORDER BY view_id)
    FROM cccp.saved_view v, test.she s WHERE owner IS NOT NULL),
    (SELECT format('All true q=her, %s false agent=prod%%2Fher', login)
    FROM test.she), 'her own views are gone, the others are of her no more');
SELECT is((SELECT count(DISTINCT agent_id) FROM cccp.purge_report
    WHERE class = 'person' AND rows > 0 AND asked_by = 'postgres'), 1::bigint,
    'the report');

-- A login that is a word of something else.
SELECT test.flush('{"alive_at": 6}', '[{"login": "sav", "name": "Jean"},
    {"login": "jean.sav", "name": "Jean Sav", "team": "SAV/Lyon"}]', '[]',
    '[{"call_key": "s", "queued_at": 6, "ended_at": 6, "agent_login": "sav",
    "queue": "sav__Garantie"}]') \g /dev/null
SELECT test.flush('{"alive_at": 7}', '[{"login": "sav", "present": false}]')
    \g /dev/null
INSERT INTO cccp.access_grant (who_kind, who, role) VALUES
    ('user', 'sav', 'reader');
INSERT INTO cccp_audit.access_log (at, reader, action)
VALUES (now(), 'sav', 'users');
SELECT is((SELECT string_agg(relation, ' ' ORDER BY relation)
    FROM cccp.forget_agent('prod', 'sav')), 'cccp.agent cccp.call',
    'a login that is a word is replaced as a login');
SELECT is((SELECT queue || ' ' || (agent_login ~ '^parti-\d+$') FROM cccp.call
    WHERE call_key = 's'), 'sav__Garantie true', 'and nothing else');
SELECT is((SELECT reader FROM cccp_audit.access_log ORDER BY line_id DESC
    LIMIT 1), 'sav', 'a reader with a valid grant is somebody who is there');

-- What one person may ask for.
INSERT INTO cccp_audit.access_log (at, reader, action, agent_id)
SELECT now(), 'ève', 'detail', agent_id FROM cccp.agent WHERE login = 'zoe';
CREATE TABLE test.export AS
SELECT e AS line FROM cccp.export_person('prod', 'zoe') e;
SELECT is((SELECT string_agg(n || ' ' || type, ', ' ORDER BY type) FROM (
    SELECT line ->> 'type' AS type, count(*) AS n FROM test.export GROUP BY 1)
    x), '52 call, 1 consultation, 1 profile, 13 state', 'an export');
SELECT is((SELECT line ->> 'login' FROM test.export
    WHERE line ->> 'type' = 'profile'), 'zoe', 'its profile');
SELECT is((SELECT count(*) FROM test.export WHERE line::text ~ 'ève'
    OR line ->> 'direction' = 'inbound' AND line ->> 'caller' !~ '·'), 0::bigint,
    'nothing of others: not who looked, nor the numbers of callers');
SELECT is((SELECT line FROM test.export
    WHERE line ->> 'type' = 'consultation') - 'at',
    '{"type": "consultation", "action": "detail"}', 'a consultation');

-- Who may.
INSERT INTO cccp.access_grant (who_kind, who, role) VALUES
    ('user', 'chef', 'admin'), ('user', 'audit', 'auditor'),
    ('user', 'sup', 'supervisor');
SET ROLE cccp_web;
SELECT throws_ok(format('SELECT %s(''prod'', ''zoe'', %L, ''{}'', NULL)', f,
    who), code, NULL, f || ' by ' || coalesce(who, 'nobody'))
FROM (VALUES ('cccp.forget_agent', 'sup', '42501'),
    ('cccp.forget_agent', 'audit', '42501'),
    ('cccp.forget_agent', NULL, '42501'), ('cccp.forget_agent', 'chef', '55006'),
    ('cccp.export_person', 'sup', '42501'), ('cccp.export_person', 'chef',
    '42501')) v (f, who, code);
SELECT is((SELECT count(*) > 50 FROM cccp.export_person('prod', 'zoe', 'audit',
    '{}')), true, 'an auditor');
RESET ROLE;
SELECT * FROM finish();
SQL
