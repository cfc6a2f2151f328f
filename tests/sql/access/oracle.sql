-- The oracle: what the reader of the moment may see, by loops over his grants and
-- the rows of cccp_v1, from the definitions in sql/README.md.

-- His grants that are valid and permit what is needed, each flag as it counts.
CREATE FUNCTION test.mine(reader text, need text DEFAULT '')
RETURNS SETOF cccp.access_grant LANGUAGE plpgsql AS $$
DECLARE
	r test.reader := (SELECT t FROM test.reader t WHERE name = reader);
	g cccp.access_grant;
	member text;
	strong boolean;
	matches boolean;
BEGIN
	FOR g IN SELECT * FROM cccp.access_grant UNION ALL
	    SELECT * FROM jsonb_populate_record(NULL::cccp.access_grant,
		jsonb_build_object('who_kind', 'nobody', 'role', r.anonymous,
		'valid', '(,)'))
	LOOP
		matches := false;
		IF g.who_kind = 'nobody' THEN
			matches := r.login IS NULL AND g.role <> 'none';
		ELSIF r.login IS NULL THEN
			matches := false;
		ELSIF g.who_kind = 'everyone' THEN
			matches := true;
		ELSIF g.who_kind = 'user' THEN
			matches := g.who = r.login;
		ELSE
			FOREACH member IN ARRAY coalesce(r.groups, '{}') LOOP
				IF upper(member) = upper(g.who) THEN
					matches := true;
				END IF;
			END LOOP;
		END IF;
		CONTINUE WHEN matches IS NOT TRUE;
		CONTINUE WHEN isempty(g.valid) OR lower(g.valid) > now()
		    OR upper(g.valid) <= now();
		strong := g.role = 'supervisor' OR g.role = 'admin';
		g.detail := coalesce(g.detail, strong);
		g.history := coalesce(g.history, strong);
		g.numbers := coalesce(g.numbers, strong);
		g.export := coalesce(g.export, strong);
		IF g.role = 'wall' OR g.role = 'auditor' THEN
			g.detail := false;
			g.history := false;
			g.numbers := false;
			g.export := false;
		END IF;
		CONTINUE WHEN need = 'detail' AND NOT g.detail;
		CONTINUE WHEN need = 'history' AND NOT (g.detail AND g.history);
		CONTINUE WHEN need = 'export' AND NOT g.export;
		RETURN NEXT g;
	END LOOP;
END $$;

CREATE FUNCTION test.whole(reader text) RETURNS boolean LANGUAGE sql AS $$
	SELECT EXISTS (SELECT FROM test.mine(reader) WHERE role IN ('admin',
	    'supervisor') AND source IS NULL AND team IS NULL AND queue IS NULL
	    AND detail AND history AND numbers AND export)
$$;

CREATE TABLE test.person AS TABLE cccp_v1.user;

CREATE FUNCTION test.sees_user(g cccp.access_grant, u test.person)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	IF g.source <> u.source THEN
		RETURN false;
	END IF;
	IF g.team IS NOT NULL THEN
		IF u.team IS NULL THEN
			RETURN false;
		END IF;
		IF u.team <> g.team AND left(u.team, length(g.team) + 1)
		    <> g.team || '/' THEN
			RETURN false;
		END IF;
	END IF;
	RETURN g.queue IS NULL OR array_position(u.queues, g.queue) IS NOT NULL;
END $$;

CREATE FUNCTION test.in_full(g cccp.access_grant) RETURNS boolean
LANGUAGE sql AS $$ SELECT g.team IS NOT NULL OR g.queue IS NULL $$;

CREATE FUNCTION test.persons(g cccp.access_grant) RETURNS boolean
LANGUAGE sql AS $$ SELECT g.role IN ('reader', 'supervisor', 'admin') $$;

CREATE FUNCTION test.sees_queue(reader text, need text, of_source text,
    wanted text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	g cccp.access_grant;
	u test.person;
BEGIN
	FOR g IN SELECT * FROM test.mine(reader, need) LOOP
		CONTINUE WHEN g.role = 'auditor' OR g.source <> of_source
		    OR g.queue IS NOT NULL AND g.queue IS DISTINCT FROM wanted;
		IF g.team IS NULL THEN
			RETURN true;
		END IF;
		FOR u IN SELECT * FROM test.person WHERE present
		    AND source = of_source
		LOOP
			IF test.sees_user(g, u) AND array_position(u.queues,
			    wanted) IS NOT NULL THEN
				RETURN true;
			END IF;
		END LOOP;
	END LOOP;
	RETURN false;
END $$;

CREATE FUNCTION test.sees_login(reader text, need text, of_source text,
    wanted text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	g cccp.access_grant;
	u test.person;
BEGIN
	SELECT * INTO u FROM cccp_v1.user
	WHERE source = of_source AND login = wanted;
	FOR g IN SELECT * FROM test.mine(reader, need) LOOP
		CONTINUE WHEN NOT test.persons(g);
		IF u.id IS NULL THEN
			IF g.team IS NULL AND g.queue IS NULL
			    AND coalesce(g.source = of_source, true) THEN
				RETURN true;
			END IF;
		ELSIF test.sees_user(g, u) THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END $$;

-- The rows of users.  When all grants are for walls, they may be counted.
CREATE FUNCTION test.users(reader text, need text) RETURNS SETOF jsonb
LANGUAGE plpgsql AS $$
DECLARE
	walls boolean := NOT EXISTS (SELECT FROM test.mine(reader) g
	    WHERE g.role NOT IN ('wall', 'auditor'));
	u cccp_v1.user;
	p test.person;
	g cccp.access_grant;
	seen boolean;
	whole_row boolean;
	figures boolean;
	numbers boolean;
	person boolean;
	item text;
	r jsonb;
	kept text[];
	k text;
BEGIN
	FOR u IN SELECT * FROM cccp_v1.user LOOP
		SELECT * INTO p FROM test.person WHERE id = u.id;
		seen := false; whole_row := false; figures := false;
		numbers := false; person := false;
		FOR g IN SELECT * FROM test.mine(reader, need) LOOP
			CONTINUE WHEN NOT test.persons(g) AND NOT (need = 'count'
			    AND walls AND g.role = 'wall');
			CONTINUE WHEN NOT test.sees_user(g, p);
			seen := true;
			person := person OR test.persons(g);
			CONTINUE WHEN NOT test.in_full(g);
			whole_row := true;
			figures := figures OR test.persons(g);
			numbers := numbers OR g.numbers;
		END LOOP;
		CONTINUE WHEN NOT seen
		    OR need IN ('detail', 'history') AND NOT whole_row;
		r := to_jsonb(u);
		FOR k IN SELECT jsonb_object_keys(r) LOOP
			IF NOT person AND k NOT IN ('source', 'kind', 'state',
			    'known_state', 'stale', 'logged', 'state_seconds',
			    'login_seconds', 'present', 'hidden', 'id',
			    'profile', 'team', 'queue', 'queue_name', 'queues',
			    'running') THEN
				r := r || jsonb_build_object(k, NULL);
			END IF;
			IF NOT whole_row AND (k IN ('profile', 'team')
			    OR k ~ '^(total|managed|lost|transferred|redirected)_'
			    OR k ~ '_seconds(_max|_mean)?$' AND k NOT IN
				('state_seconds', 'login_seconds')
			    OR k IN ('phone', 'phone_uri', 'outbound_target',
				'spies', 'session_id', 'object_id')) THEN
				r := r || jsonb_build_object(k, NULL);
			END IF;
		END LOOP;
		IF NOT figures THEN
			r := r || '{"running": []}';
		END IF;
		IF NOT numbers THEN
			r := r || jsonb_build_object('phone_uri', NULL, 'phone',
			    CASE WHEN figures THEN test.masked(u.phone) END,
			    'outbound_target', CASE WHEN figures
				THEN test.masked(u.outbound_target) END);
		END IF;
		IF NOT test.sees_queue(reader, need, u.source, u.queue_name) THEN
			r := r || '{"queue": null, "queue_name": null}';
		END IF;
		kept := CASE WHEN u.queues IS NOT NULL THEN '{}'::text[] END;
		FOREACH item IN ARRAY coalesce(u.queues, '{}') LOOP
			IF test.sees_queue(reader, need, u.source, item) THEN
				kept := kept || item;
			END IF;
		END LOOP;
		r := r || jsonb_build_object('queues', kept);
		kept := CASE WHEN u.spies IS NOT NULL THEN '{}'::text[] END;
		FOREACH item IN ARRAY coalesce(u.spies, '{}') LOOP
			IF test.sees_login(reader, need, u.source, item) THEN
				kept := kept || item;
			END IF;
		END LOOP;
		IF figures THEN
			r := r || jsonb_build_object('spies', kept);
		END IF;
		RETURN NEXT r - 'search_key';
	END LOOP;
END $$;

-- Known numbers of the world, as they are masked by hand.
CREATE FUNCTION test.masked(number text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN number LIKE '+33%' THEN format('+33 %s ·· ·· ·· %s',
	    substr(number, 4, 1), right(number, 2))
	ELSE format('0%s ·· ·· ·· %s', substr(number, 2, 1), right(number, 2))
	END WHERE number IS NOT NULL
$$;

CREATE FUNCTION test.calls(reader text, need text) RETURNS SETOF jsonb
LANGUAGE plpgsql AS $$
DECLARE
	c cccp_v1.call;
	u test.person;
	g cccp.access_grant;
	seen boolean;
	numbers boolean;
	r jsonb;
BEGIN
	FOR c IN SELECT * FROM cccp_v1.call LOOP
		SELECT * INTO u FROM test.person
		WHERE source = c.source AND login = c.agent;
		seen := false; numbers := false;
		FOR g IN SELECT * FROM test.mine(reader, need) LOOP
			CONTINUE WHEN NOT test.persons(g)
			    OR g.source <> c.source
			    OR c.ended_at IS NOT NULL AND NOT g.history;
			IF g.team IS NULL AND (g.queue IS NULL
				OR g.queue IS NOT DISTINCT FROM c.queue)
			    OR u.id IS NOT NULL AND g.detail AND test.in_full(g)
				AND test.sees_user(g, u) THEN
				seen := true;
				numbers := numbers OR g.numbers;
			END IF;
		END LOOP;
		CONTINUE WHEN NOT seen;
		r := to_jsonb(c);
		IF NOT test.sees_login(reader, need, c.source, c.agent) THEN
			r := r || '{"agent": null, "agent_name": null,
			    "user_id": null, "profile": null}';
		END IF;
		IF NOT test.sees_queue(reader, need, c.source, c.queue) THEN
			r := r || '{"queue": null, "queue_label": null,
			    "queue_type": null}';
		END IF;
		IF NOT numbers THEN
			r := r || jsonb_build_object('caller',
			    test.masked(c.caller), 'callee',
			    test.masked(c.callee));
		END IF;
		RETURN NEXT r;
	END LOOP;
END $$;

CREATE FUNCTION test.states(reader text, need text) RETURNS SETOF jsonb
LANGUAGE plpgsql AS $$
DECLARE
	i cccp_v1.user_state;
	u test.person;
BEGIN
	FOR i IN SELECT * FROM cccp_v1.user_state LOOP
		SELECT * INTO u FROM test.person WHERE id = i.user_id;
		IF EXISTS (SELECT FROM test.mine(reader, need) g
		    WHERE g.detail AND g.history AND test.in_full(g)
		    AND test.sees_user(g, u)) THEN
			RETURN NEXT to_jsonb(i);
		END IF;
	END LOOP;
END $$;

CREATE FUNCTION test.queues(reader text, need text, view text)
RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE
	r jsonb;
BEGIN
	FOR r IN EXECUTE format('SELECT to_jsonb(q) FROM cccp_v1.%I q', view) LOOP
		IF test.sees_queue(reader, need, r->>'source', r->>'name') THEN
			RETURN NEXT r;
		END IF;
	END LOOP;
END $$;

CREATE FUNCTION test.sources(reader text, need text) RETURNS SETOF jsonb
LANGUAGE plpgsql AS $$
DECLARE
	r jsonb;
	admin boolean;
	n int;
BEGIN
	FOR r IN SELECT to_jsonb(s) FROM cccp_v1.source s LOOP
		SELECT count(*), coalesce(bool_or(role = 'admin'), false)
		INTO n, admin FROM test.mine(reader, need)
		WHERE role <> 'auditor' AND (source IS NULL
		    OR source = r->>'source');
		CONTINUE WHEN n = 0;
		IF NOT admin THEN
			r := r || '{"url": null, "error": null}';
		END IF;
		RETURN NEXT r || jsonb_build_object('users', (SELECT count(*)
		    FROM test.users(reader, 'count') u
		    WHERE u->>'source' = r->>'source' AND (u->>'present')::bool
		    AND NOT (u->>'hidden')::bool));
	END LOOP;
END $$;
