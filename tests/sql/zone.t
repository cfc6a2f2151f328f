#!/bin/bash
#
# A time zone that PostgreSQL does not know is refused where it is typed, and
# stops no flush when it is there already, as after a change of the system's
# zones.

. "${0%/*}/tap.bash"

# PostgreSQL takes a number as its own zone, but not as the zone of a value.
psql -Xq -c "ALTER DATABASE cccp SET TimeZone = '5'" || exit 1

tap <<'SQL'
SELECT plan(12);

SELECT is((SELECT reset_val FROM pg_settings WHERE name = 'TimeZone'), '5',
    'the zone of the database is a number');
SELECT lives_ok($$
	SELECT test.flush('{"alive_at": "2026-01-10 18:30:00+00"}',
	    '[{"login": "zoe"}]')
$$, 'a source is written all the same');
SELECT is((SELECT midnight_at FROM cccp.source),
    '2026-01-09 19:00:00+00'::timestamptz, 'whose day is that of the database');

-- Typed by an administrator.
SELECT throws_ok($$
	UPDATE cccp.source SET time_zone = 'Europe/Pari'
$$, '22023', 'source prod: "Europe/Pari" is no time zone',
    'a mistyped zone is refused');
SELECT throws_ok($$
	INSERT INTO cccp.source (name, status, time_zone)
	VALUES ('new', 'down', '5')
$$, '22023', 'source new: "5" is no time zone', 'in a new source too');
SELECT lives_ok(format('UPDATE cccp.source SET time_zone = %L', zone), zone)
FROM unnest(ARRAY['Europe/Paris', '<+05>-05', 'indian/reunion']) zone;
SELECT throws_ok($$
	SELECT * FROM cccp.time_in_state('2026-01-10', 'Europe/Pari')
$$, '22023', NULL, 'nor is it a zone to ask for');

-- Known when it was typed.
SET session_replication_role = replica;
UPDATE cccp.source SET time_zone = 'Europe/Gone';
RESET session_replication_role;
SET client_min_messages = error;
SELECT lives_ok($$
	SELECT test.flush('{"alive_at": "2026-01-10 18:31:00+00"}')
$$, 'a zone that is gone stops no flush');
SELECT is((SELECT midnight_at || ' ' || time_zone FROM cccp.source),
    '2026-01-10 00:00:00+00'::timestamptz || ' Europe/Gone',
    'the day is that of UTC, and the zone stays as it was typed');
SELECT is((SELECT count(DISTINCT login) FROM cccp.time_in_state('2026-01-10')
    WHERE login = 'zoe'), 1::bigint, 'and the history can be asked');
SELECT * FROM finish();
SQL
