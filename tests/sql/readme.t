#!/bin/bash
# The SQL that README.md shows: each statement, as it stands there, gives the
# right rows, by a reader whose time zone is far away.

. "${0%/*}/tap.bash"

# Statement number N of README.md, without the semicolon.
statement() {
	sed -n '/^```sql$/,/^```$/{/^```/!p}' "$PG_ROOT/README.md" |
	    grep -v '^--' | tr '\n' ' ' | cut -d ';' -f "$1"
}

tap <<'SQL' || exit 1
SELECT test.flush('{"alive_at": 299}', '[
    {"login": "zoe", "name": "Zoé Dubois", "mode_since": 60,
	"phone_uri": "tel:+33639984125"},
    {"login": "max", "name": "Max", "mode": "pause", "mode_since": 30},
    {"login": "off", "name": "Off", "logged": false, "logout_at": 10}]')
    \g /dev/null
SELECT test.flush('{"name": "lyon", "alive_at": 419, "clock_skew_s": 7200}',
    '[{"login": "lea", "name": "Léa", "mode_since": 240}]') \g /dev/null
UPDATE cccp.source SET stale_after = '1 day', time_zone = 'Europe/Paris';
-- Minutes before now, by the clock of the database.
INSERT INTO cccp.call (source_id, call_key, direction, queue, queued_at,
    managed_at, ended_at, lost, generation)
SELECT s.source_id, key, direction, queue, at - interval '5 min',
    CASE WHEN managed THEN at - interval '4 min' END, at, lost, 1
FROM (VALUES ('prod', 'a', 'inbound', 'accueil', 10, false, false),
    ('prod', 'b', 'inbound', 'accueil', 50, false, false),
    ('prod', 'c', 'inbound', 'accueil', 70, false, false),
    ('prod', 'd', 'inbound', 'accueil', 10, true, false),
    ('prod', 'e', 'inbound', 'accueil', 10, false, true),
    ('prod', 'f', 'outbound', 'accueil', 10, false, false),
    ('lyon', 'g', 'inbound', 'accueil', 20, false, false),
    ('lyon', 'h', 'inbound', 'accueil', 90, false, false))
    c (source, key, direction, queue, ago, managed, lost)
JOIN cccp.source s ON s.name = c.source
CROSS JOIN LATERAL (SELECT now() - ago * interval '1 min'
    + clock_skew_s * interval '1 s' AS at) t;
SQL

for i in {1..14}; do
	arguments+=(-v "s$i=$(statement $i)")
done
export PGTZ=Pacific/Auckland
tap "${arguments[@]}" -v more="$(statement 15)" <<'SQL'
SELECT plan(16);
GRANT USAGE ON SCHEMA test TO cccp_reader;
SET ROLE cccp_reader;

SELECT is((SELECT string_agg(login || ' ' || state, ', ') FROM (:s1) q),
    'max paused, zoe available, lea available', 'the longest in their state');
SELECT is((SELECT string_agg(login, ', ') FROM (:s2) q), 'zoe', 'a word');
SELECT is((SELECT string_agg(login, ', ') FROM (:s3) q), 'zoe', 'a number');
SELECT is((SELECT string_agg(source || ' ' || status || ' ' || users, ', '
    ORDER BY source) FROM (:s4) q), 'lyon live 1, prod live 3', 'sources');

-- In one statement now() is the same.
SELECT is((SELECT string_agg(login || ' ' || states, ', ' ORDER BY login)
    FROM (SELECT login, string_agg(state || CASE WHEN seconds < 0 THEN '!'
	ELSE '' END, '+' ORDER BY state) AS states FROM (:s5) q GROUP BY 1) w),
    'lea available, max paused, off offline, zoe available', 'states of today');
SELECT is((SELECT string_agg(login || ' ' || round(seconds), ', '
	ORDER BY login) FROM (:s5) q),
    (SELECT string_agg(login || ' ' || round(date_part('epoch', now()
	- greatest((now() AT TIME ZONE 'Europe/Paris')::date::timestamp
	    AT TIME ZONE 'Europe/Paris', test.at(since)))), ', '
	ORDER BY login)
    FROM (VALUES ('lea', 120), ('max', 30), ('off', 10), ('zoe', 60))
	q (login, since)), 'from midnight in Paris, by the clock of each source');
SELECT is((SELECT count(*) FROM (:s6) q
    WHERE seconds NOT BETWEEN 0 AND 86400), 0::bigint, 'another day and zone');
SELECT is((SELECT string_agg(source || ' ' || queue || ' ' || count, ', ')
    FROM (:s7) q), 'prod accueil 2, lyon accueil 1', 'calls without an answer');
SELECT results_eq(:'s8', 'SELECT * FROM cccp.state_rule ORDER BY priority',
    'the rules');
-- Personal data, by the owner.
RESET ROLE;
SELECT test.flush('{"alive_at": 299}', '[{"login": "zmartin",
    "name": "Zoé Martin", "logged": false}]') \g /dev/null
SELECT test.flush('{"alive_at": 299}', '[{"login": "zmartin",
    "present": false}]') \g /dev/null
SELECT count(*) FROM cccp.purge() \g /dev/null
SELECT is((SELECT string_agg(concat_ws(' ', class, keep, purged_at IS NOT NULL,
    error), ', ') FROM (:s9) q),
    'audit 1 year t, history t, numbers 3 mons t', 'how long, and when');
:s10;
SELECT is((SELECT keep FROM cccp.retention WHERE class = 'numbers'),
    '1 month'::interval, 'another time');
SELECT cccp.log_access('[{"reader": "eve", "action": "detail",
    "source": "prod", "login": "zmartin"}]') \g /dev/null
SELECT is((SELECT string_agg(reader || ' ' || action, ', ') FROM (:s12) q),
    'eve detail', 'who looked');
SELECT is((SELECT string_agg(q ->> 'type', ' ') FROM (:s13) AS q (q)),
    'profile state consultation', 'all of one person');
SELECT is((SELECT string_agg(relation, ' ') FROM (:s14) q),
    'cccp.agent', 'a leaver');
SELECT is((SELECT string_agg(concat_ws(' ', class, relation, rows), ', ')
    FROM (:s11) q), 'person cccp.agent 1', 'what was removed');
SELECT is(trim(:'more'), '', 'and that is all of them');
SELECT * FROM finish();
SQL
