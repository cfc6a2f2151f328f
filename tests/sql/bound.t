#!/bin/bash
# Questions about a part of the history: right at its ends, and no month is read
# without need.

. "${0%/*}/tap.bash"
export PGTZ=Pacific/Auckland	# nothing depends on it
tap <<'SQL'
SELECT plan(17);

-- The beginning of a day in Paris, so many days ago; and hours after it.
CREATE FUNCTION test.day(ago int) RETURNS date LANGUAGE sql STABLE AS
    $$ SELECT (now() AT TIME ZONE 'Europe/Paris')::date - ago $$;
CREATE FUNCTION test.paris(day date, hour int) RETURNS timestamptz
LANGUAGE sql STABLE AS
    $$ SELECT (day + hour * interval '1 h') AT TIME ZONE 'Europe/Paris' $$;
CREATE FUNCTION test.of(day date, who text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT string_agg(state || ' ' || seconds / 3600, ', ' ORDER BY state)
	FROM cccp.time_in_state(day) WHERE login = who
$$;
CREATE FUNCTION test.hours(day date) RETURNS double precision
LANGUAGE sql STABLE AS $$
	SELECT date_part('epoch', test.paris(day + 1, 0) - test.paris(day, 0))
	    / 3600
$$;
-- Intervals that this session has read; only differences within a transaction
-- mean something.
CREATE FUNCTION test.reads() RETURNS numeric LANGUAGE sql AS $$
	SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))
	FROM pg_stat_xact_user_tables WHERE relname ~ '^agent_state_\d'
$$;

SELECT test.flush('{"alive_at": 300}', '[{"login": "zoe", "mode_since": 300},
    {"login": "old", "mode_since": 300},
    {"login": "consistent", "mode_since": 300}]') \g /dev/null
SELECT test.flush('{"name": "lyon", "alive_at": 300}',
    '[{"login": "lea", "mode_since": 300}]') \g /dev/null
SELECT cccp.ensure_partitions('cccp.agent_state', now() - interval '12 months',
    now()) \g /dev/null
DELETE FROM cccp.agent_state;
UPDATE cccp.source SET time_zone = 'Europe/Paris';

-- The clock of prod is 5 hours ahead.  zoe is in a pause from 10 to 12 o'clock
-- yesterday; old has been logged out for a year.
UPDATE cccp.source SET clock_skew_s = 18000, stale_after = '1 day',
    alive_at = now() + interval '5 h' WHERE name = 'prod';
INSERT INTO cccp.agent_state (agent_id, state, since, until)
SELECT agent_id, i.state, i.since + interval '5 h', i.until + interval '5 h'
FROM cccp.agent JOIN (VALUES
    ('zoe', 'available', test.paris(test.day(20), 0), test.paris(test.day(1), 10)),
    ('zoe', 'paused', test.paris(test.day(1), 10), test.paris(test.day(1), 12)),
    ('zoe', 'available', test.paris(test.day(1), 12), NULL),
    ('consistent', 'available', test.paris(test.day(20), 0), NULL),
    ('old', 'offline', now() - interval '12 months', NULL)
    ) i (login, state, since, until) USING (login);
-- lyon was last heard of at 12 yesterday, while lea was talking since 11.
UPDATE cccp.source SET alive_at = test.paris(test.day(1), 12)
WHERE name = 'lyon';
INSERT INTO cccp.agent_state (agent_id, state, since)
SELECT agent_id, 'talking', test.paris(test.day(1), 11)
FROM cccp.agent WHERE login = 'lea';
ANALYZE cccp.agent_state;

SELECT is(test.of(test.day(1), 'zoe'), format('available %s, paused 2',
    test.hours(test.day(1)) - 2), 'a day by the clock of the database');
SELECT is(test.of(test.day(2), 'zoe'), format('available %s',
    test.hours(test.day(2))), 'a day within an interval');
SELECT is(test.of(test.day(21), 'zoe'), NULL, 'a day before all history');
SELECT is(test.of(test.day(-1), 'zoe'), NULL, 'and one to come');
SELECT is((SELECT round(sum(seconds)) FROM cccp.time_in_state()
    WHERE login = 'zoe'), round(date_part('epoch', now()
	- test.paris(test.day(0), 0))), 'today lasts until now');
SELECT is(test.of(test.day(1), 'lea'), format('talking 1, unknown %s',
    date_part('epoch', test.paris(test.day(0), 0)
	- test.paris(test.day(1), 12)) / 3600),
    'unknown from when a stale source was last heard of');
SELECT is((SELECT count(*) FROM cccp.time_in_state() WHERE state <> 'unknown'
    AND source = 'lyon'), 0::bigint, 'today as well');
SELECT is((SELECT count(*) FROM cccp.time_in_state()
    WHERE login = 'consistent'), 0::bigint, 'hidden users are left out');
SELECT is((SELECT array_agg(seconds / 3600 ORDER BY 1) FROM generate_series(
    test.day(364)::timestamp, test.day(1), '1 day') d,
    cccp.time_in_state(d::date) WHERE login = 'old' AND seconds <> 86400),
    ARRAY[23, 25]::float8[], 'two days of a year have 23 and 25 hours');
SELECT isnt((SELECT seconds FROM cccp.time_in_state(test.day(1),
    'Indian/Reunion') WHERE login = 'zoe' AND state = 'available'), NULL,
    'another zone');

-- Twenty thousand intervals, half an hour each, and the last goes on.
DELETE FROM cccp.agent_state USING cccp.agent a
WHERE a.agent_id = agent_state.agent_id AND login = 'old';
INSERT INTO cccp.agent_state (agent_id, state, since, until)
SELECT agent_id, a.state, now() - n * interval '25 min',
    CASE WHEN n > 200 THEN now() - (n - 1) * interval '25 min' END
FROM cccp.agent a, generate_series(200, 20000) n WHERE login = 'old';
ANALYZE cccp.agent_state;
BEGIN;
SELECT test.reads() AS before \gset
SELECT count(*) FROM cccp.time_in_state() \g /dev/null
SELECT cmp_ok(test.reads() - :before, '<', 100::numeric, 'today is read without the past');
COMMIT;

-- A hole of an hour, two days ago by the clock of prod.
DELETE FROM cccp.agent_state USING cccp.agent a
WHERE a.agent_id = agent_state.agent_id AND login <> 'old';
UPDATE cccp.source SET clock_skew_s = 0;
INSERT INTO cccp.agent_state (agent_id, state, since, until)
SELECT agent_id, a.state, now() + i.since, now() + i.until
FROM cccp.agent a, (VALUES ('-20 days'::interval, '-49 h'::interval),
    ('-48 h', '-1 h'), ('-1 h', NULL)) i (since, until)
WHERE login = 'zoe';
CREATE FUNCTION test.holes(earliest timestamptz) RETURNS bigint
LANGUAGE sql AS $$
	SELECT count(*) FROM cccp.state_gaps(earliest) WHERE trouble ~ '^hole'
$$;
SELECT is(test.holes('-infinity'), 1::bigint, 'a hole is found in all history');
SELECT is(test.holes(now() - interval '3 days'), 1::bigint, 'after the bound');
SELECT is(test.holes(now() - interval '48.5 h'), 1::bigint, 'around it');
SELECT is(test.holes(now() - interval '47 h'), 0::bigint, 'not before it');
SELECT is((SELECT count(*) FROM cccp.state_gaps() WHERE trouble ~ '^hole'),
    1::bigint, 'without a bound, all is checked');
BEGIN;
SELECT test.reads() AS before \gset
SELECT test.holes(now() - interval '1 day') \g /dev/null
SELECT cmp_ok(test.reads() - :before, '<', 100::numeric, 'what is before is not read');
COMMIT;
SELECT * FROM finish();
SQL
