#!/bin/bash
# Months of history: made when needed, kept as long as asked, and what reaches
# into the time kept is not lost with them.

. "${0%/*}/tap.bash"
tap <<'SQL'
SELECT plan(36);

CREATE FUNCTION test.months(parent regclass) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(to_char(month, 'FMSG99'), ' ' ORDER BY month) FROM (
		SELECT 12 * extract(year FROM d) + extract(month FROM d)
		    - 12 * extract(year FROM now() AT TIME ZONE 'UTC')
		    - extract(month FROM now() AT TIME ZONE 'UTC') AS month
		FROM (SELECT CASE WHEN inhparent = parent
		    THEN to_date(right(relname, 7), 'YYYY_MM') END AS d
		    FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid) x
		WHERE d IS NOT NULL) m
$$;
-- The middle of a month, so many months away.
CREATE FUNCTION test.month(n int) RETURNS timestamptz LANGUAGE sql AS $$
	SELECT date_trunc('month', now(), 'UTC') + n * interval '1 month'
	    + interval '14 days 12:00'
$$;
SET timezone = 'Pacific/Auckland';

SELECT is(test.months('cccp.agent_state'), '+0 +1 +2', 'this month and two ahead');
SELECT is(test.months('cccp.call'), '+0 +1 +2', 'for calls too');
SELECT is(test.months('cccp.queue_sample'), '+0 +1 +2', 'for samples too');
SELECT is((SELECT history_from FROM cccp.clock), date_trunc('month', now()
    - interval '13 months', 'UTC'), 'history of 13 months');

-- On demand, months of UTC whatever the session's zone.
SELECT test.flush(jsonb_build_object('alive_at', now()), jsonb_build_array(
    jsonb_build_object('login', 'old', 'logged', false, 'logout_at',
	test.month(-3)),
    jsonb_build_object('login', 'older', 'logged', false, 'logout_at',
	test.month(-40)),
    jsonb_build_object('login', 'edge', 'logged', false, 'logout_at',
	date_trunc('month', now(), 'UTC') - interval '1 us')), '[]',
    jsonb_build_array(jsonb_build_object('call_key', 'a', 'queued_at',
	test.month(-2), 'ended_at', test.month(-2)))) \g /dev/null
SELECT is(test.months('cccp.agent_state'),
    '-13 -12 -11 -10 -9 -8 -7 -6 -5 -4 -3 -2 -1 +0 +1 +2',
    'all months from the oldest interval on');
SELECT is(test.months('cccp.call'), '-2 +0 +1 +2', 'only months with calls');
SELECT is((SELECT s.tableoid::regclass::text FROM cccp.agent_state s
    JOIN cccp.agent USING (agent_id) WHERE login = 'edge'),
    'cccp.agent_state_' || to_char(test.month(-1) AT TIME ZONE 'UTC',
    'YYYY_MM'), 'the last microsecond of a month is in its month');
SELECT is_empty($$SELECT * FROM ONLY cccp.agent_state$$, 'parents are empty');
SELECT is(cccp.ensure_partitions('cccp.call', test.month(-2), test.month(2)), 1,
    'the missing one is made');
SELECT is(cccp.ensure_partitions('cccp.call', test.month(-2), test.month(2)), 0,
    'nothing is made twice');
SELECT is(cccp.ensure_partitions('cccp.call', test.month(-99), test.month(99)),
    11, 'and nothing beyond the bounds');
SELECT is(test.months('cccp.call'),
    '-13 -12 -11 -10 -9 -8 -7 -6 -5 -4 -3 -2 -1 +0 +1 +2', 'calls, all months');
SELECT is((SELECT count(*) FROM pg_class c JOIN pg_inherits ON inhrelid = c.oid
    WHERE inhparent = 'cccp.call'::regclass AND obj_description(c.oid)
    ~ '^Month \d{4}-\d\d \(UTC\) of cccp.call.$'), 16::bigint,
    'each says what it is');
SELECT is((SELECT count(DISTINCT indrelid) FROM pg_index
    JOIN pg_inherits ON inhrelid = indrelid
    WHERE inhparent = 'cccp.call'::regclass AND indisprimary), 16::bigint,
    'each has its key');

-- The clock of a source may be far off: nothing breaks.
SELECT is((test.flush(jsonb_build_object('name', 'ahead', 'alive_at', now()
    + interval '3 years'), jsonb_build_array(jsonb_build_object('login', 'x',
    'mode_since', now() + interval '3 years')), '[]', jsonb_build_array(
    jsonb_build_object('call_key', 'x', 'queued_at', now() + interval '3 years'
    )))).rows > 0, true, 'a clock three years ahead');
SELECT is((test.flush(jsonb_build_object('name', 'ahead', 'alive_at', now()
    + interval '3 years 1 min'), jsonb_build_array(jsonb_build_object('login',
    'x', 'mode', 'pause', 'mode_since', now() + interval '3 years 1 min'))
    )).rows > 0, true, 'and going on');
SELECT is((test.flush(jsonb_build_object('name', 'back', 'alive_at', now()
    - interval '9 years'), jsonb_build_array(jsonb_build_object('login', 'x',
    'mode_since', now() - interval '9 years')), '[]', jsonb_build_array(
    jsonb_build_object('call_key', 'x')))).rows > 0, true,
    'a clock nine years back');
SELECT is((test.flush(jsonb_build_object('name', 'back', 'alive_at', now()
    - interval '9 years'), jsonb_build_array(jsonb_build_object('login', 'x',
    'mode', 'pause', 'mode_since', now() - interval '9 years')))).rows > 0,
    true, 'and going on');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap');

-- An interval that begins in one month and ends in another.
SELECT test.flush(jsonb_build_object('alive_at', now()), jsonb_build_array(
    jsonb_build_object('login', 'old', 'mode_since', test.month(-1))))
    \g /dev/null
SELECT is((SELECT string_agg(s.state::text, ' ' ORDER BY since)
    FROM cccp.agent_state s JOIN cccp.agent USING (agent_id)
    WHERE login = 'old'), 'offline available', 'across months');

-- Retention.  With statistics the planner may test names before parents.
UPDATE cccp.clock SET purged_at = NULL;
CREATE TABLE test.other (word text) PARTITION BY RANGE (word);
CREATE TABLE test.other_9999 PARTITION OF test.other
    FOR VALUES FROM ('a') TO ('b');
ANALYZE;
SELECT is(cccp.keep_partitions(), 0, 'nothing is too old yet');
SELECT is((SELECT purged_at > now() - interval '1 min' FROM cccp.clock), true,
    'that was a purge');
UPDATE cccp.clock SET purged_at = NULL;
BEGIN;
SELECT is(cccp.keep_partitions('2 months'), 22, 'older months are dropped');
SELECT is((SELECT purged_at FROM cccp.clock), now(), 'when, is recorded');
COMMIT;
SELECT isnt(to_regclass('test.other_9999'), NULL,
    'partitions of other tables stay');
SELECT is(test.months('cccp.agent_state'), '-2 -1 +0 +1 +2', 'the rest stays');
SELECT is(test.months('cccp.call'), '-2 -1 +0 +1 +2', 'the rest of calls too');
SELECT is((SELECT string_agg(s.state || ' ' || (s.since = c.history_from),
    ' ' ORDER BY s.since) FROM cccp.agent_state s JOIN cccp.agent
    USING (agent_id), cccp.clock c WHERE login IN ('old')),
    'offline true available false', 'what reaches into them begins with them');
SELECT is((SELECT (until, since = history_from)::text FROM cccp.agent_state
    JOIN cccp.agent USING (agent_id), cccp.clock WHERE login = 'older'),
    '(,t)', 'what still lasts too');
SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap');
SELECT test.flush(jsonb_build_object('alive_at', now()), jsonb_build_array(
    jsonb_build_object('login', 'new', 'logged', false, 'logout_at',
	test.month(-9)))) \g /dev/null
SELECT is(test.months('cccp.agent_state'), '-2 -1 +0 +1 +2',
    'what is dropped is not made again');
SELECT throws_like('SELECT cccp.keep_partitions(''1 day'')',
    '%at least 1 month%', 'a retention of a day is a mistake');
SELECT throws_like('SELECT cccp.keep_partitions(NULL)',
    '%at least 1 month%', 'so is none');
SELECT is((SELECT purged_at IS NOT NULL AND purged_at < now() FROM cccp.clock),
    true, 'what failed is not recorded');

-- A DBA's partitions: any name, no end, the rest.
CREATE TABLE cccp.old_calls PARTITION OF cccp.call
    FOR VALUES FROM (MINVALUE) TO ('1999-02-01 00:00+00');
CREATE TABLE cccp.call_2099 PARTITION OF cccp.call
    FOR VALUES FROM ('2099-01-01 00:00+00') TO (MAXVALUE);
CREATE TABLE cccp.call_rest PARTITION OF cccp.call DEFAULT;
SET datestyle = 'SQL, DMY';
SELECT is(cccp.keep_partitions('2 months'), 1, 'what has ended is dropped');
RESET datestyle;
SELECT is((SELECT string_agg(inhrelid::regclass::text, ' ' ORDER BY 1)
    FROM pg_inherits WHERE inhrelid IN (to_regclass('cccp.old_calls'),
    to_regclass('cccp.call_2099'), to_regclass('cccp.call_rest'))),
    'cccp.call_2099 cccp.call_rest', 'what has no end stays');
SELECT * FROM finish();
SQL
