-- 51-scope.sql: what is in the scope that is in force, for the views of
-- cccp_web and cccp_scoped.
--
-- cccp.fcgi sets cccp.scope, from cccp.scope_of(), and cccp.need for one
-- transaction.  People with a scope of their own cannot: theirs is that of the
-- session's user.  The views call the functions below, which read this once for
-- each statement; they run with the rights of the owner.

CREATE FUNCTION cccp_private.scope_in_force() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	scope text := current_setting('cccp.scope', true);
BEGIN
	IF pg_has_role(session_user, 'cccp_web', 'MEMBER') THEN
		RETURN CASE WHEN scope NOT IN ('', 'whole') THEN scope END;
	END IF;
	SELECT CASE WHEN s.scope <> 'whole' THEN s.scope
	    ELSE '[{"d":1,"h":1,"n":1,"e":1,"a":1}]' END INTO scope
	FROM cccp.scope_of(session_user, (SELECT array_agg(rolname::text)
	    FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER'))) s;
	RETURN scope;
END $$;
COMMENT ON FUNCTION cccp_private.scope_in_force() IS
    'The grants of the scope, as JSON. For cccp_web, cccp_owner''s functions'
    ' and superusers it is the setting cccp.scope: null when that is not set,'
    ' or is whole. For others it is the scope of the session''s user, whose'
    ' groups are the roles that he is a member of.';

CREATE FUNCTION cccp_private.grants_in_force(asked text)
RETURNS TABLE (source text, team text, queue text, detail boolean,
    history boolean, numbers boolean, admin boolean, wall boolean,
    person boolean, live boolean)
LANGUAGE plpgsql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	need text := CASE WHEN asked IS NOT NULL THEN asked
	    WHEN pg_has_role(session_user, 'cccp_web', 'MEMBER')
	    THEN coalesce(current_setting('cccp.need', true), '') ELSE '' END;
	scope jsonb := cccp_private.scope_in_force();
	walls boolean := NOT EXISTS (
		SELECT FROM jsonb_array_elements(scope) g WHERE NOT g ? 'w');
BEGIN
	RETURN QUERY
	SELECT g.s, g.t, g.q, g.d IS NOT NULL, g.h IS NOT NULL,
	    g.n IS NOT NULL, g.a IS NOT NULL, g.w IS NOT NULL,
	    g.w IS NULL OR need = 'count' AND walls,
	    need NOT IN ('detail', 'history')
	FROM jsonb_to_recordset(scope) AS g (s text, t text, q text, d int,
	    h int, n int, e int, w int, a int)
	WHERE CASE need WHEN '' THEN true WHEN 'count' THEN true
	    WHEN 'detail' THEN g.d IS NOT NULL
	    WHEN 'history' THEN g.d IS NOT NULL AND g.h IS NOT NULL
	    WHEN 'export' THEN g.e IS NOT NULL ELSE false END;
END $$;
COMMENT ON FUNCTION cccp_private.grants_in_force IS
    'The grants of the scope that permit what is asked for, or else what the'
    ' setting cccp.need says: nothing more, detail, history, export or count.'
    ' person: the grant gives persons; for count, grants for walls give them if'
    ' there are no others, but only to be counted. live: also those who are'
    ' visible only as they are now, by a queue.';

-- Each branch has its index; those that do not suit the grant are not run.
CREATE FUNCTION cccp_private.users_of(source text, team text, queue text)
RETURNS TABLE (agent_id int, source_id int, present boolean, hidden boolean,
    queues text[])
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT a.agent_id, a.source_id, a.present, a.hidden, a.queues
	FROM cccp.source s
	CROSS JOIN LATERAL (
		SELECT n.agent_id, n.source_id, n.present, n.hidden,
		    n.queues FROM cccp.agent n
		WHERE n.source_id = s.source_id AND users_of.team IS NULL
		UNION ALL
		SELECT n.agent_id, n.source_id, n.present, n.hidden,
		    n.queues FROM cccp.agent n
		WHERE n.source_id = s.source_id
		AND n.team COLLATE "C" = users_of.team
		UNION ALL
		-- 0 is the character after the slash.
		SELECT n.agent_id, n.source_id, n.present, n.hidden,
		    n.queues FROM cccp.agent n
		WHERE n.source_id = s.source_id
		AND n.team COLLATE "C" >= users_of.team || '/'
		AND n.team COLLATE "C" < users_of.team || '0'
	) a
	WHERE NOT s.retired
	AND (users_of.source IS NULL OR s.name = users_of.source)
	AND (users_of.queue IS NULL OR users_of.queue = ANY (a.queues));
END;
COMMENT ON FUNCTION cccp_private.users_of IS
    'The users that a grant of a source, a team with those below it, and a'
    ' queue makes visible; null: any.';

CREATE OR REPLACE FUNCTION cccp.scope_users(asked text DEFAULT NULL)
RETURNS TABLE (id int, source_id int, shown boolean, listed boolean,
    person boolean, "full" boolean, figures boolean, numbers boolean,
    history boolean, calls boolean, call_numbers boolean, past_call_numbers boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT u.agent_id, u.source_id, u.present AND NOT u.hidden,
	    bool_or(f.full OR g.live), NOT bool_or(g.wall), bool_or(f.full),
	    bool_or(f.full AND NOT g.wall), bool_or(f.full AND g.numbers),
	    bool_or(f.full AND g.detail AND g.history),
	    bool_or(f.full AND g.detail),
	    bool_or(f.full AND g.detail AND g.numbers),
	    bool_or(f.full AND g.detail AND g.history AND g.numbers)
	FROM cccp_private.grants_in_force(asked) g
	CROSS JOIN LATERAL (SELECT g.team IS NOT NULL OR g.queue IS NULL
	    AS full) f
	CROSS JOIN LATERAL cccp_private.users_of(g.source, g.team, g.queue) u
	WHERE g.person
	GROUP BY 1, 2, 3;
END $$;
COMMENT ON FUNCTION cccp.scope_users IS
    'The users in the scope that is in force. listed: false when what is needed'
    ' is not there for a user who is visible by a queue only. person: false'
    ' when the user may only be counted. full: whether more is visible than the'
    ' row as it is now; then, figures, numbers, history and calls say what.'
    ' call_numbers, past_call_numbers: whether the numbers of the user''s calls'
    ' are shown, of those that are active and of those that have ended. The'
    ' parameter stands in for the setting cccp.need.';
GRANT EXECUTE ON FUNCTION cccp.scope_users TO cccp_web, cccp_scoped;

CREATE OR REPLACE FUNCTION cccp.scope_queues() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT s.name || '/' || coalesce(g.queue, '')
		FROM cccp_private.grants_in_force(NULL) g
		JOIN cccp.source s ON g.source IS NULL OR s.name = g.source
		WHERE g.team IS NULL
		UNION
		SELECT s.name || '/' || served.name
		FROM cccp_private.grants_in_force(NULL) g
		CROSS JOIN LATERAL
		    cccp_private.users_of(g.source, g.team, g.queue) u
		JOIN cccp.source s USING (source_id)
		CROSS JOIN LATERAL unnest(u.queues) AS served (name)
		WHERE g.team IS NOT NULL AND u.present
		AND (g.queue IS NULL OR served.name = g.queue));
END $$;
COMMENT ON FUNCTION cccp.scope_queues() IS
    'The queues in the scope that is in force, each as source/technical name;'
    ' source/ stands for every queue of the source.';
GRANT EXECUTE ON FUNCTION cccp.scope_queues TO cccp_web, cccp_scoped;

CREATE OR REPLACE FUNCTION cccp.scope_calls()
RETURNS TABLE (source text, queue text, history boolean, numbers boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT DISTINCT s.name, g.queue, g.history, g.numbers
	FROM cccp_private.grants_in_force(NULL) g
	JOIN cccp.source s ON NOT s.retired
	    AND (g.source IS NULL OR s.name = g.source)
	WHERE g.team IS NULL AND NOT g.wall;
END $$;
COMMENT ON FUNCTION cccp.scope_calls() IS
    'Whose calls are in the scope that is in force, whoever has them: those of'
    ' a source, or of its queue of this name. history: also those that have'
    ' ended. numbers: with their numbers.';
GRANT EXECUTE ON FUNCTION cccp.scope_calls TO cccp_web, cccp_scoped;

CREATE OR REPLACE FUNCTION cccp.scope_sources()
RETURNS TABLE (source text, admin boolean, users bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT s.name, bool_or(g.admin), (SELECT count(*)
	    FROM cccp.scope_users('count') u
	    WHERE u.source_id = s.source_id AND u.shown)
	FROM cccp_private.grants_in_force(NULL) g
	JOIN cccp.source s ON NOT s.retired
	    AND (g.source IS NULL OR s.name = g.source)
	GROUP BY s.source_id;
END $$;
COMMENT ON FUNCTION cccp.scope_sources() IS
    'The sources in the scope that is in force, whether the reader is an admin,'
    ' and the number of its users that are in the scope.';
GRANT EXECUTE ON FUNCTION cccp.scope_sources TO cccp_web, cccp_scoped;

CREATE OR REPLACE FUNCTION cccp.scope_has_login(source text, login text)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM cccp_private.grants_in_force(NULL) g
		WHERE g.person AND NOT g.wall
		AND (g.source IS NULL OR g.source = scope_has_login.source)
		AND (g.team IS NULL AND g.queue IS NULL OR EXISTS (
			SELECT FROM cccp.source s
			JOIN cccp.agent a USING (source_id)
			WHERE s.name = scope_has_login.source
			AND a.login = scope_has_login.login
			AND (g.team IS NULL OR a.team = g.team
			    OR starts_with(a.team, g.team || '/'))
			AND (g.queue IS NULL OR g.queue = ANY (a.queues)))));
END $$;
COMMENT ON FUNCTION cccp.scope_has_login IS
    'Whether a login of a source is that of a user in the scope that is in'
    ' force. A login that is not known is, when all users of the source are.';
GRANT EXECUTE ON FUNCTION cccp.scope_has_login TO cccp_web, cccp_scoped;
