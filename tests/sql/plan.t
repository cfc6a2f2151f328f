#!/bin/bash
# Updates stay on their page (HOT), and the plans of a small flush look up its few
# rows instead of reading all of them.

. "${0%/*}/tap.bash"

# Every plan of the flush that the second batch makes, as text.
agents=2000
plans=$(PGOPTIONS='-c session_preload_libraries=auto_explain
    -c auto_explain.log_min_duration=0 -c auto_explain.log_nested_statements=on
    -c client_min_messages=log' tap -v agents="$agents" <<'SQL' 2>&1
SET client_min_messages = warning;
SELECT test.flush('{"alive_at": 10, "complete": true}', (SELECT jsonb_agg(
    jsonb_build_object('login', 'a' || i, 'name', 'Prénom Nom' || i,
	'profile', 'Profile_' || i % 7, 'team', 'default', 'mode_since', 1,
	'phone_uri', 'sip:' || 1000 + i || '@192.0.2.1', 'talk_seconds', 1))
    FROM generate_series(1, :agents) i)) \g /dev/null
SELECT test.flush('{"alive_at": 11}', '[{"login": "a1", "mode": "pause",
    "mode_since": 11}]') \g /dev/null
SET client_min_messages = log;
SELECT test.flush('{"alive_at": 12}', '[{"login": "a5", "mode": "pause",
    "mode_since": 12}, {"login": "new", "mode_since": 12}]', '[]',
    '[{"call_key": "x", "queued_at": 12, "agent_login": "a5"}]') \g /dev/null
SQL
)
# Nobody may read all agents or all intervals for that.
bad=$(grep -E 'Seq Scan on (agent|agent_now|agent_state_[0-9_]+|call_[0-9_]+) |ERROR' \
    <<<"$plans" | sort | uniq -c)
seen=$(grep -c 'on agent_in' <<<"$plans")

# Twenty small flushes, each of another few agents, and one that is bigger.
tap -v bad="$bad" -v seen="$seen" -v agents="$agents" <<'SQL'
SELECT plan(11);
SELECT cmp_ok(:seen, '>', 3, 'plans of the flush were seen');
SELECT is(:'bad'::text, ''::text, 'a small flush reads no table as a whole');

SELECT pg_stat_force_next_flush() \g /dev/null
SELECT n_tup_upd AS updates, n_tup_hot_upd AS hot FROM pg_stat_user_tables
WHERE relid = 'cccp.agent'::regclass \gset
CREATE PROCEDURE test.days(agents int) LANGUAGE plpgsql AS $$
BEGIN
	FOR n IN 1..20 LOOP
		PERFORM test.flush(jsonb_build_object('alive_at', 20 + n), (
		    SELECT jsonb_agg(jsonb_build_object('login', 'a' || i,
			'name', 'Prénom Nom' || i, 'profile', 'Profile_'
			|| i % 7, 'team', 'default', 'mode', CASE n % 2
			WHEN 0 THEN 'inbound' ELSE 'pause_cafe' END,
			'mode_label', CASE n % 2 WHEN 0 THEN 'Disponible'
			ELSE 'Pause café' END, 'mode_since', 20 + n,
			'phone_uri', 'sip:' || 1000 + i || '@192.0.2.1',
			'talk_seconds', n * i, 'queues',
			jsonb_build_array('q1', 'q' || n)))
		    FROM generate_series(n, agents, 40) i));
		COMMIT;
	END LOOP;
END $$;
CALL test.days(:agents);
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT n_tup_upd - :updates AS updates, n_tup_hot_upd - :hot AS hot
FROM pg_stat_user_tables WHERE relid = 'cccp.agent'::regclass \gset
SELECT is(:updates::bigint, :agents / 2::bigint,
    'half of the agents changed, a row each');
SELECT cmp_ok(:hot::numeric / :updates, '>=', 0.95, format(
    'updates of agents stay on their page: %s of %s', :hot, :updates));
SELECT is((SELECT count(*) FROM cccp.agent_state), 3 + :agents * 3 / 2::bigint,
    'each change has its interval');

-- Searching by words has its index, deep in the key and through the view.
VACUUM ANALYZE cccp.agent;
SET enable_seqscan = off;
CREATE FUNCTION test.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS
    'BEGIN RETURN QUERY EXECUTE ''EXPLAIN '' || query; END';
SELECT isnt_empty($$SELECT * FROM test.plan(
    'SELECT id FROM cccp_v1.user WHERE search_key LIKE ''%nom77%''') p
    WHERE p ~ 'agent_search_key_idx'$$, 'search can use its index');

-- So have questions about the past, as somebody would ask them.
SELECT isnt_empty(format('SELECT * FROM test.plan(%L) p WHERE p ~ %L', query,
    index), what)
FROM (VALUES ($$SELECT 1 FROM cccp_v1.call WHERE ended_at > now()$$,
	'ended_at_queued_at_idx', 'calls in progress at a moment'),
    ($$SELECT 1 FROM cccp_v1.user_state WHERE since < now()
	AND (until > now() OR until IS NULL)$$, 'until_since_idx',
	'states that overlap a period'),
    ($$SELECT 1 FROM cccp_v1.call WHERE caller = 'x' OR callee = 'x'$$,
	'caller_queued_at_idx', 'calls from a number'),
    ($$SELECT 1 FROM cccp_v1.call WHERE caller = 'x' OR callee = 'x'$$,
	'callee_queued_at_idx', 'calls to a number')) q (query, index, what);

SELECT is_empty('SELECT * FROM cccp.state_gaps()', 'no gap');
SELECT * FROM finish();
SQL
