#!/bin/bash
# The nights on which the clock changes: durations are elapsed time, and the
# history has neither a gap nor an hour twice.

. "${0%/*}/tap.bash"
export PGTZ=Europe/Paris
tap <<'SQL'
SELECT plan(9);

-- The last two changes of the clock in Paris, at 01:00 UTC: one in March, one
-- in October, whatever today is.
CREATE TABLE test.change AS
SELECT max(at) FILTER (WHERE month = 3) AS spring,
    max(at) FILTER (WHERE month = 10) AS autumn
FROM (SELECT day + interval '1 hour' AS at, date_part('month', day) AS month
    FROM generate_series(date_trunc('day', now() AT TIME ZONE 'UTC') - interval
	'800 days', now() AT TIME ZONE 'UTC' - interval '1 day', '1 day') day
    WHERE date_part('isodow', day) = 7 AND date_part('day', day) > 24) s;
SELECT cccp.ensure_partitions('cccp.agent_state', least(spring, autumn), now())
FROM test.change \g /dev/null
SELECT is((SELECT array_agg((at AT TIME ZONE 'UTC' AT TIME ZONE
	'Europe/Paris')::time::text || ' ' || ((at + interval '1 minute')
	AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris')::time::text)
    FROM test.change, unnest(ARRAY[spring - interval '1 minute',
	autumn - interval '1 minute']) at),
    ARRAY['01:59:00 03:00:00', '02:59:00 02:00:00'], 'the clock does change');

-- Moments are minutes after the change in spring, then after that in autumn.
UPDATE test.base SET at = (SELECT spring AT TIME ZONE 'UTC' FROM test.change);
SELECT test.flush('{"alive_at": -20}', '[{"login": "zoe", "mode_since": -30}]')
    \g /dev/null
SELECT test.flush('{"alive_at": 40}', '[{"login": "zoe", "mode": "pause",
    "mode_since": 30}]') \g /dev/null
SELECT is(test.history('zoe'), 'available -30-30, paused 30-',
    'spring: an hour of work, not two');
SELECT is((SELECT until - since FROM cccp.agent_state WHERE until IS NOT NULL),
    interval '1 hour', 'as elapsed time');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'and no hole');

UPDATE test.base SET at = (SELECT autumn AT TIME ZONE 'UTC' FROM test.change);
SELECT test.flush('{"alive_at": -40}', '[{"login": "max", "mode_since": -50}]')
    \g /dev/null
SELECT test.flush('{"alive_at": -20}', '[{"login": "max", "mode": "pause",
    "mode_since": -30}]') \g /dev/null
SELECT test.flush('{"alive_at": 40}', '[{"login": "max", "mode_since": 30}]')
    \g /dev/null
SELECT is(test.history('max'), 'available -50--30, paused -30-30, available 30-',
    'autumn: half past two comes twice, and is told apart');
SELECT is((SELECT sum(until - since) FROM cccp.agent_state JOIN cccp.agent
    USING (agent_id) WHERE login = 'max' AND agent_state.state = 'paused'),
    interval '1 hour', 'the pause lasted an hour by any clock');
SELECT is((SELECT count(*)::int FROM cccp.agent_state JOIN cccp.agent
    USING (agent_id) WHERE login = 'max'
    AND agent_state.since >= agent_state.until), 0, 'no interval runs backwards');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'and no hole');

-- What the views count does not depend on the reader's zone.
CREATE TABLE test.seen AS SELECT login, state_seconds FROM cccp_v1.user;
SET timezone = 'UTC';
SELECT is((SELECT count(*)::int FROM cccp_v1.user JOIN test.seen USING (login)
    WHERE abs("user".state_seconds - seen.state_seconds) > 60), 0,
    'seconds are the same in any time zone');
SELECT * FROM finish();
SQL
