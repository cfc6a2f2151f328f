#!/bin/bash
# The rows and values of each view for each reader: those of the oracle, and none
# of any name, login, number, team or queue that is outside of the scope.

. "${0%/*}/world.bash"
tap <"${0%/*}/oracle.sql" || exit 1
tap <<'SQL'
-- All rows of a view as cccp_web reads them, for the reader of the moment.
CREATE FUNCTION test.read(view text) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL ROLE cccp_web;
	RETURN QUERY EXECUTE format('SELECT to_jsonb(r) FROM cccp_web.%I r',
	    view);
	SET LOCAL ROLE NONE;
END $$;

CREATE FUNCTION test.expected(view text, reader text, need text)
RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
BEGIN
	IF test.whole(reader) THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE CASE view WHEN 'user' THEN
		'SELECT test.users($1, $2)'
	WHEN 'call' THEN 'SELECT test.calls($1, $2)'
	WHEN 'user_state' THEN 'SELECT test.states($1, $2)'
	WHEN 'source' THEN 'SELECT test.sources($1, $2)'
	WHEN 'source_defect' THEN 'SELECT to_jsonb(d) FROM
	    cccp_v1.source_defect d JOIN (SELECT test.sources($1, $2) AS s) s
	    ON s->>''source'' = source'
	ELSE 'SELECT test.queues($1, $2, $3)' END USING reader, need, view;
END $$;

-- What is too much or missing.
CREATE FUNCTION test.difference(view text, reader text, need text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found jsonb[];
	wanted jsonb[];
BEGIN
	PERFORM test.become(reader, need);
	found := ARRAY(SELECT r - CASE view WHEN 'user' THEN 'search_key'
	    ELSE '' END FROM test.read(view || '_part') r);
	wanted := ARRAY(SELECT test.expected(view, reader, need));
	RETURN (SELECT string_agg(sign || r::text, E'\n') FROM (
		(SELECT '+' AS sign, unnest(found) AS r
		EXCEPT ALL SELECT '+', unnest(wanted))
		UNION ALL
		(SELECT '-', unnest(wanted)
		EXCEPT ALL SELECT '-', unnest(found))) d);
END $$;

CREATE TABLE test.question AS
SELECT view, r.number, r.name, need
FROM test.reader r, unnest('{user, call, user_state, queue, queue_sample,
    source, source_defect}'::text[]) view,
    unnest('{"", detail, history, export, count}'::text[]) need;

-- Without readers who see something, nothing is compared.
CREATE FUNCTION test.count_of(reader text, need text DEFAULT '')
RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM test.become(reader, need);
	RETURN concat_ws(' ', (SELECT count(*) FROM test.read('user_part')),
	    (SELECT count(*) FROM test.read('call_part')),
	    (SELECT count(*) FROM test.read('queue_part')),
	    (SELECT count(*) FROM test.read('user_state_part')));
END $$;

SELECT plan((12 + (SELECT count(*) FROM test.question)
    + (SELECT count(*) - 1 FROM test.reader))::int);

SELECT is(test.count_of('nobody'), '0 0 0 0', 'nobody sees nothing');
SELECT is(test.count_of('everyone'), '9 6 8 0', 'a reader sees the present');
SELECT is(test.count_of('team'), '5 2 3 6', 'a team');
SELECT is(test.count_of('queue'), '6 4 2 0', 'a queue');
SELECT is(test.count_of('team and queue'), '4 1 2 0', 'a team and a queue');
SELECT is(test.count_of('wall'), '0 0 3 0', 'a wall');
SELECT is(test.count_of('wall', 'count'), '5 0 3 0', 'a wall counts');
SELECT is(test.count_of('wall and reader', 'count'), '1 0 2 0',
    'a wall of a reader does not');
SELECT is(test.count_of('auditor'), '0 0 0 0', 'an auditor');
SELECT is(test.count_of('whole'), '0 0 0 0', 'whole has views of its own');

SELECT is(test.difference(view, name, need), NULL,
    format('%s sees of %s%s', name, view, ' for ' || nullif(need, '')))
FROM test.question ORDER BY number, view, need;

-- Without a scope, or with whole: the views as they are, or nothing.
CREATE FUNCTION test.gates(scope text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v record;
	n bigint;
	m bigint;
	told text := '';
BEGIN
	PERFORM set_config('cccp.scope', scope, true);
	FOR v IN SELECT relname::text AS name FROM pg_class
	    WHERE relnamespace = 'cccp_web'::regnamespace AND relkind = 'v'
	    ORDER BY 1
	LOOP
		SELECT count(*) INTO n FROM test.read(v.name);
		IF v.name ~ '_part$' OR scope IS DISTINCT FROM 'whole' THEN
			m := 0;
		ELSE
			EXECUTE format('SELECT count(*) FROM (
			    SELECT to_jsonb(x) FROM %1$s x EXCEPT ALL
			    SELECT test.read(%2$L)) d', CASE
			    WHEN v.name IN ('agent_now', 'source_state')
			    THEN 'cccp.' ELSE 'cccp_v1.' END
			    || quote_ident(v.name), v.name) INTO m;
			told := told || CASE WHEN n = 0 THEN v.name ELSE '' END;
			n := 0;
		END IF;
		IF n + m > 0 THEN
			told := told || ' ' || v.name || ' ' || n || ' ' || m;
		END IF;
	END LOOP;
	RETURN told;
END $$;
SELECT is(test.gates(NULL) || test.gates('') || test.gates('[]'), '',
    'without a scope there are no rows');
SELECT is(test.gates('whole'), '', 'whole has all rows, each as in cccp_v1');

-- The literal search.  Words are looked for as a whole, in any case and accents.
CREATE TABLE test.word AS
SELECT DISTINCT cccp.fold(word) AS word FROM (
    SELECT unnest(ARRAY[login, name, team, profile]) FROM cccp.agent UNION ALL
    SELECT unnest(queues) FROM cccp.agent UNION ALL
    SELECT unnest(ARRAY[name, display_name]) FROM cccp.queue UNION ALL
    SELECT unnest(ARRAY['l_gone', 'l_who', 'lyon', 'prod', 'panne_de_lyon'])
    UNION ALL SELECT unnest(ARRAY[right(phone, 9), right(outbound_target, 9)])
    FROM cccp.agent UNION ALL
    SELECT unnest(ARRAY[right(caller, 9), right(callee, 9)])
    FROM cccp_v1.call) w (word) WHERE word <> '';

CREATE FUNCTION test.words(dump text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT word FROM test.word WHERE cccp.fold(replace(dump, '\n', ' '))
	    ~ ('(^|[^[:alnum:]_/])(\+33|0033|0)?' || word || '([^[:alnum:]_/]|$)')
$$;

CREATE FUNCTION test.leaks(reader text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	may text := '';
	found text := '';
	v text;
	n text;
BEGIN
	FOREACH n IN ARRAY '{"", detail, history, export, count}'::text[] LOOP
		PERFORM test.become(reader, n);
		SELECT string_agg(u::text, '') INTO may FROM (
			SELECT test.expected(view, reader, '')
			FROM test.question WHERE name = reader AND need = ''
			UNION ALL SELECT test.expected('user', reader, 'count')
		) x (u);
		FOR v IN SELECT relname FROM pg_class WHERE relkind = 'v'
		    AND relnamespace = 'cccp_web'::regnamespace
		LOOP
			found := concat(found, (SELECT string_agg(r::text, '')
			    FROM test.read(v) r));
		END LOOP;
	END LOOP;
	RETURN (SELECT string_agg(w, ', ') FROM (SELECT test.words(found)
	    EXCEPT SELECT test.words(may)) x (w));
END $$;
SELECT is(test.leaks(name), NULL,
    name || ' is shown no word from outside of the scope')
FROM test.reader WHERE name <> 'whole' ORDER BY number;
SELECT * FROM finish();
SQL
