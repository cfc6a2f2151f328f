#!/bin/bash
# Who sees everything pays nothing: the same plans as without the door.  A small
# part of many users is looked up from its teams, not found by reading them all.

. "${0%/*}/../tap.bash"
tap <<'SQL'
INSERT INTO cccp.source (name, status, alive_at, stale_after)
VALUES ('prod', 'live', now(), '1 day') RETURNING source_id \gset
INSERT INTO cccp.agent (source_id, login, name, kind, team, state, state_since,
    generation, queues, phone_uri)
SELECT :source_id, 'a' || i, 'Nom ' || (i * 7919) % 100000, 'agent',
    'Site ' || i % 10 || '/Équipe ' || i % 50, 'available', now(), 1,
    ARRAY['q' || i % 100], 'tel:+331990' || lpad(i::text, 5, '0')
FROM generate_series(1, 100000) i;
INSERT INTO cccp.agent_now SELECT agent_id, source_id, state, state_since
FROM cccp.agent;
INSERT INTO cccp.queue (source_id, name, generation)
SELECT :source_id, 'q' || i, 1 FROM generate_series(0, 99) i;
VACUUM ANALYZE cccp.agent, cccp.agent_now, cccp.queue, cccp.source;
SET jit = off;

SELECT plan(20);

CREATE FUNCTION test.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS
    'BEGIN RETURN QUERY EXECUTE ''EXPLAIN (COSTS OFF) '' || query; END';
-- The nodes of a plan, without gates, which are looked at once.
SET check_function_bodies = off;
CREATE FUNCTION test.nodes(plan jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN plan->>'Node Type' = 'Result' AND plan ? 'Plans' THEN below
	ELSE concat_ws(' ', plan->>'Node Type', plan->>'Join Type',
	    plan->>'Relation Name', plan->>'Index Name',
	    regexp_replace(plan->>'Sort Key', '\w+\.', '', 'g'),
	    '(' || below || ')') END
	FROM (SELECT string_agg(test.nodes(p), ', ' ORDER BY n) AS below
	    FROM jsonb_array_elements(plan->'Plans') WITH ORDINALITY AS x (p, n)
	    WHERE p->>'Parent Relationship' <> 'InitPlan') b
$$;
CREATE FUNCTION test.nodes(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	told json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO told;
	RETURN test.nodes((told->0->'Plan')::jsonb);
END $$;
CREATE FUNCTION test.gates(query text) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM test.plan(query) line WHERE line ~ 'One-Time Filter'
$$;
-- Statements of the handlers, with SCHEMA for the schema.
CREATE TABLE test.statement (id int GENERATED ALWAYS AS IDENTITY, what text,
    gates int, text text);
INSERT INTO test.statement (what, gates, text) VALUES
('a page by name', 1, 'SELECT id FROM SCHEMA.user WHERE present AND NOT hidden
    ORDER BY name, id LIMIT 51'),
('rows of a page', 1, 'SELECT r.* FROM unnest(ARRAY[1, 2, 3]) WITH ORDINALITY AS
    p (id, place) JOIN SCHEMA.user r USING (id)'),
('counts', 1, 'SELECT state, team, count(*) FROM SCHEMA.user WHERE present AND
    NOT hidden GROUP BY GROUPING SETS ((), state, team)'),
('a search', 1, 'SELECT id FROM SCHEMA.user WHERE present AND NOT hidden
    AND search_key LIKE ''%nom 777%'' ORDER BY name, id LIMIT 51'),
('a user', 1, 'SELECT * FROM SCHEMA.user WHERE source = ''prod''
    AND login = ''a77'''),
('his states', 1, 'SELECT * FROM SCHEMA.user_state WHERE user_id = 7
    AND since >= now() - interval ''1 day'' ORDER BY since'),
('his calls', 1, 'SELECT * FROM SCHEMA.call WHERE user_id = 7
    ORDER BY queued_at DESC, call_key LIMIT 20'),
('calls', 1, 'SELECT * FROM SCHEMA.call WHERE queued_at >= now()
    - interval ''1 day'' ORDER BY queued_at DESC, source, call_key LIMIT 51'),
('queues', 1, 'SELECT * FROM SCHEMA.queue WHERE present ORDER BY label, id'),
('samples', 1, 'SELECT * FROM SCHEMA.queue_sample WHERE queue_id = 1
    AND minute >= now() - interval ''1 hour'' ORDER BY minute');
SELECT is(test.nodes(replace(text, 'SCHEMA', 'cccp_web')),
    test.nodes(replace(text, 'SCHEMA', 'cccp_v1')), 'whole: ' || what)
FROM test.statement ORDER BY id;
CREATE TABLE test.shortcut AS SELECT 'SELECT r.id FROM SCHEMA.source_state p
    CROSS JOIN LATERAL (SELECT n.agent_id AS id, n.state_since
	FROM SCHEMA.agent_now n WHERE n.source_id = p.source_id
	AND n.state = p.known_state AND n.since_known = p.since_known
	ORDER BY n.state_since, n.agent_id LIMIT 51) r
    ORDER BY r.state_since, r.id LIMIT 51'::text AS text;
SELECT is(test.nodes(replace(text, 'SCHEMA', 'cccp_web')),
    test.nodes(replace(text, 'SCHEMA', 'cccp')), 'whole: a page by time in state')
FROM test.shortcut;
SELECT is((SELECT string_agg(what, ', ') FROM test.statement
    WHERE test.gates(replace(text, 'SCHEMA', 'cccp_web')) <> gates), NULL,
    'each has one gate');

-- How many agents, of the 100000, a statement reads for a team of 2000.
SET track_functions = none;
CREATE FUNCTION test.read_by(query text, OUT scans bigint, OUT rows bigint,
    OUT fetched bigint) LANGUAGE plpgsql AS $$
DECLARE
	before record;
BEGIN
	SELECT seq_scan AS scans, seq_tup_read + coalesce(idx_tup_fetch, 0)
	AS fetched INTO before FROM pg_stat_xact_user_tables
	WHERE relid = 'cccp.agent'::regclass;
	EXECUTE 'SELECT count(*) FROM (' || query || ') q' INTO rows;
	SELECT seq_scan - before.scans, seq_tup_read
	+ coalesce(idx_tup_fetch, 0) - before.fetched INTO scans, fetched
	FROM pg_stat_xact_user_tables WHERE relid = 'cccp.agent'::regclass;
END $$;
SET enable_seqscan = off;
SELECT isnt_empty($$SELECT * FROM test.plan('SELECT * FROM cccp_web.call_part
    WHERE user_id = 7 ORDER BY queued_at DESC LIMIT 20') p
    WHERE p ~ 'Index Cond: \(agent_id = 7\)'$$,
    'the calls of a user have their index, also in a limited scope');
SELECT isnt_empty($$SELECT * FROM test.plan('SELECT * FROM
    cccp_web.user_state_part WHERE user_id = 7 AND since >= now()
    - interval ''1 day'' ORDER BY since') p
    WHERE p ~ 'Index Cond: \(\(agent_id = 7\)'$$, 'so have his states');
RESET enable_seqscan;
BEGIN;
SELECT set_config('cccp.scope', '[{"t": "Site 3/Équipe 13", "d": 1, "h": 1}]',
    true) \g /dev/null
SELECT is(rows, expected::bigint, what), cmp_ok(fetched, '<=', 4000 + expected::bigint,
    format('%s reads %s users', what, fetched)) FROM (VALUES
    ('a page of a team', 51, 'SELECT id FROM cccp_web.user_part WHERE present
	AND NOT hidden ORDER BY name, id LIMIT 51'),
    ('a page by time', 51, 'SELECT id FROM cccp_web.user_part WHERE present
	AND NOT hidden ORDER BY state_from, id LIMIT 51'),
    ('all of a team', 2000, 'SELECT * FROM cccp_web.user_part
	WHERE source = ''prod'' OFFSET 0')) q (what, expected, query),
    test.read_by(query) ORDER BY expected;
COMMIT;
SELECT * FROM finish();
SQL
