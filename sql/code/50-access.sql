-- 50-access.sql: what the grants of a reader add up to: cccp.scope_of().
--
-- A reader is whoever asks; his scope is the union of his valid grants.  Programs
-- hand it back as the setting cccp.scope, see 51-scope.sql.

-- Grants as rows of a scope, with the defaults of the roles.  An auditor's grant
-- gives no rows to see, so it is in no scope.
CREATE FUNCTION cccp_private.grants_of(reader text, groups text[],
    anonymous_role text)
RETURNS TABLE (role text, source text, team text, queue text, detail boolean,
    history boolean, numbers boolean, export boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT g.role, g.source, g.team, g.queue, d.full AND d.detail,
	    d.full AND d.history, d.full AND d.numbers, d.full AND d.export
	FROM (
		SELECT a.role, a.source, a.team, a.queue, a.detail, a.history,
		    a.numbers, a.export
		FROM cccp.access_grant a
		WHERE nullif(reader, '') IS NOT NULL AND a.valid @> now()
		AND CASE a.who_kind WHEN 'everyone' THEN true
		    WHEN 'user' THEN a.who = reader
		    ELSE lower(a.who) IN (SELECT lower(u) FROM unnest(groups) u)
		    END
		UNION ALL
		SELECT anonymous_role, NULL, NULL, NULL, NULL, NULL, NULL, NULL
		WHERE nullif(reader, '') IS NULL AND anonymous_role IN ('wall',
		    'reader', 'supervisor', 'admin', 'auditor')
	) g
	CROSS JOIN LATERAL (SELECT g.role NOT IN ('wall', 'auditor') AS full,
	    coalesce(g.detail, g.role IN ('supervisor', 'admin')) AS detail,
	    coalesce(g.history, g.role IN ('supervisor', 'admin')) AS history,
	    coalesce(g.numbers, g.role IN ('supervisor', 'admin')) AS numbers,
	    coalesce(g.export, g.role IN ('supervisor', 'admin')) AS export) d;
END;
COMMENT ON FUNCTION cccp_private.grants_of IS
    'The grants of a reader that are valid now, with each flag as the grant or'
    ' its role says. Without a reader: one grant of everything with the role of'
    ' those who are not signed in, if they have one.';

CREATE OR REPLACE FUNCTION cccp.scope_of(reader text, groups text[],
    anonymous_role text DEFAULT NULL)
RETURNS TABLE (role text, scope text, digest text, detail boolean,
    history boolean, numbers boolean, export boolean, persons boolean,
    audit boolean, grants jsonb, team text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH g AS MATERIALIZED (
		SELECT x.*, x.role NOT IN ('wall', 'auditor') AS person
		FROM cccp_private.grants_of(reader, groups, anonymous_role) x
	), s AS (
		SELECT (array_agg(g.role ORDER BY array_position(ARRAY['admin',
			'supervisor', 'reader', 'wall', 'auditor'], g.role)))[1]
			AS role,
		    bool_or(g.role IN ('supervisor', 'admin') AND g.detail
			AND g.history AND g.numbers AND g.export
			AND num_nonnulls(g.source, g.team, g.queue) = 0)
			AS whole,
		    bool_or(g.detail) AS detail,
		    bool_or(g.detail AND g.history) AS history,
		    bool_and(g.numbers) FILTER (WHERE g.person) AS numbers,
		    bool_or(g.export) AS export, bool_or(g.person) AS persons,
		    bool_or(g.role = 'auditor') AS audit,
		    jsonb_agg(DISTINCT jsonb_build_object('source', g.source,
			'team', g.team, 'queue', g.queue, 'role', g.role))
			AS grants,
		    CASE WHEN count(g.team) FILTER (WHERE g.person)
			= count(*) FILTER (WHERE g.person)
			AND count(DISTINCT g.team) FILTER (WHERE g.person) = 1
			THEN min(g.team) FILTER (WHERE g.person) END AS team
		FROM g HAVING count(*) > 0
	), t AS (
		SELECT s.*, CASE WHEN s.whole THEN 'whole' ELSE (
			SELECT coalesce(jsonb_agg(DISTINCT jsonb_strip_nulls(
			    jsonb_build_object('s', g.source, 't', g.team,
			    'q', g.queue, 'd', CASE WHEN g.detail THEN 1 END,
			    'h', CASE WHEN g.history THEN 1 END,
			    'n', CASE WHEN g.numbers THEN 1 END,
			    'e', CASE WHEN g.export THEN 1 END,
			    'w', CASE WHEN NOT g.person THEN 1 END,
			    'a', CASE WHEN g.role = 'admin' THEN 1 END))), '[]')
			FROM g WHERE g.role <> 'auditor')::text END AS scope
		FROM s
	)
	SELECT t.role, t.scope, left(encode(sha256(convert_to(format('%s %s %s',
		t.role = 'admin', t.audit, t.scope), 'UTF8')), 'hex'), 16),
	    t.whole OR t.detail, t.whole OR t.history,
	    t.whole OR coalesce(t.numbers, false), t.whole OR t.export,
	    t.persons, t.audit, t.grants, t.team
	FROM t;
END $$;
COMMENT ON FUNCTION cccp.scope_of IS
    'What a reader may see: the user and groups that the web server gives, or'
    ' the role of those who are not signed in, when the user is null. No row:'
    ' nothing. role: the highest. scope: for the setting cccp.scope: whole, or'
    ' the grants as JSON. digest: the same for readers with the same rights.'
    ' detail, history, export: whether any grant has it. numbers: whether all'
    ' grants that show persons have it, so that numbers may be searched for.'
    ' persons: whether persons are shown at all; audit: whether the access log'
    ' is. grants: the grants as a list of source, team, queue and role. team:'
    ' the team that all grants which show persons name, if there is one.';
GRANT EXECUTE ON FUNCTION cccp.scope_of TO cccp_web;

-- For functions that check by themselves who calls them.
CREATE FUNCTION cccp_private.may_ask(wanted text, reader text, groups text[],
    anonymous_role text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF num_nonnulls(reader, groups, anonymous_role) = 0
	    AND pg_has_role(session_user, 'cccp_owner', 'MEMBER') THEN
		RETURN session_user;
	END IF;
	IF NOT EXISTS (SELECT FROM cccp.scope_of(reader, groups, anonymous_role)
	    WHERE CASE wanted WHEN 'auditor' THEN audit ELSE role = wanted END)
	THEN
		RAISE insufficient_privilege USING MESSAGE =
		    format('only the role %s may do this', wanted);
	END IF;
	RETURN nullif(reader, '');
END $$;
COMMENT ON FUNCTION cccp_private.may_ask IS
    'Fails with insufficient_privilege unless the reader is an admin or an'
    ' auditor, as wanted says, or no reader is named and the session is that of'
    ' a member of cccp_owner. Returns who it is.';

-- The version changes with the grants, whoever changes them.
CREATE OR REPLACE FUNCTION cccp.count_access_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next bigint;
BEGIN
	UPDATE cccp.access_clock SET version = version + 1
	RETURNING version INTO next;
	PERFORM pg_notify('cccp_access', next::text);
	RETURN NULL;
END $$;
COMMENT ON FUNCTION cccp.count_access_change() IS
    'For the trigger of cccp.access_grant: increases the version in'
    ' cccp.access_clock and sends it as NOTIFY cccp_access.';
CREATE OR REPLACE TRIGGER access_grant_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON cccp.access_grant
    FOR EACH STATEMENT EXECUTE FUNCTION cccp.count_access_change();

CREATE OR REPLACE FUNCTION cccp.mask_number(number text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plain text := regexp_replace(regexp_replace(number,
	    '[- \u00A0\u2009\u202F./()]', '', 'g'), '^00', '+');
	part text[] := regexp_match(plain, '^(\+(?:' || cccp.country_codes()
	    || ')|0)0?([1-9])([0-9]{4,10})[0-9]{2}$');
BEGIN
	IF strpos(number, '·') > 0 THEN
		RETURN number;	-- It was masked for good.
	END IF;
	IF part IS NULL THEN
		RETURN repeat('·', length(number) - CASE WHEN length(number) > 3
		    THEN 2 ELSE 0 END) || CASE WHEN length(number) > 3
		    THEN right(number, 2) ELSE '' END;
	END IF;
	RETURN part[1] || CASE part[1] WHEN '0' THEN '' ELSE ' ' END || part[2]
	    || repeat(' ··', length(part[3]) / 2)
	    || repeat(' ·', length(part[3]) % 2) || ' ' || right(plain, 2);
END $$;
COMMENT ON FUNCTION cccp.mask_number(text) IS
    'A phone number for those who may not see it: country, first digit and the'
    ' last two digits, as in +33 1 ·· ·· ·· 12. Of what is no whole number, only'
    ' the last two characters, and nothing of three or fewer. What is'
    ' masked stays as it is.';
GRANT EXECUTE ON FUNCTION cccp.mask_number TO cccp_web, cccp_scoped, cccp_reader;
