-- 64-saved-view.sql: functions that list and change saved views.
--
-- cccp.fcgi gives each of them the reader, as for cccp.scope_of().  A view is only
-- parameters: what it opens is limited by the scope of whoever opens it.  Of the
-- parameters of another's view, those that name something outside the reader's
-- scope are not even told.

CREATE FUNCTION cccp_private.url_decode(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT convert_from(string_agg(CASE WHEN m[1] IS NOT NULL
		THEN decode(m[1], 'hex') ELSE convert_to(m[2], 'UTF8') END, ''
		ORDER BY nr), 'UTF8')
	    FROM regexp_matches(replace(value, '+', ' '),
		'%([0-9A-Fa-f]{2})|([^%]+|%)', 'g') WITH ORDINALITY AS r (m, nr));
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION cccp_private.url_decode IS
    'A value of a URL''s parameter as text; null when it is none.';

-- Grants are as cccp.scope_of() gives them.
CREATE FUNCTION cccp_private.has_team(grants jsonb, path text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM jsonb_to_recordset(grants)
		AS g (source text, team text, queue text, role text)
	    WHERE g.role NOT IN ('wall', 'auditor')
	    AND (g.team = path
		OR (g.team IS NULL AND g.queue IS NULL
		    OR starts_with(path, g.team || '/'))
		AND (g.source IS NULL OR EXISTS (
		    SELECT FROM cccp_private.users_of(g.source, path, NULL)))));
$$;
COMMENT ON FUNCTION cccp_private.has_team IS
    'Whether a scope has a team, whole. Where it is limited to a source, that'
    ' source must have users in the team: a team of another source is not told.';

CREATE FUNCTION cccp_private.may_name(grants jsonb, key text, value text)
RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE key
	WHEN 'team' THEN cccp_private.has_team(grants, value)
	WHEN 'source' THEN EXISTS (SELECT FROM jsonb_to_recordset(grants)
	    AS g (source text) WHERE g.source IS NULL OR g.source = value)
	WHEN 'queue' THEN EXISTS (
		SELECT FROM jsonb_to_recordset(grants)
		    AS g (source text, team text, queue text)
		WHERE (g.source IS NULL
		    OR g.source = split_part(value, '/', 1))
		AND (g.queue IS NULL
		    OR g.queue = substring(value FROM '/(.*)$'))
		AND (g.team IS NULL OR EXISTS (
			SELECT FROM cccp.agent a JOIN cccp.source s
			    USING (source_id)
			WHERE s.name = split_part(value, '/', 1) AND a.present
			AND substring(value FROM '/(.*)$') = ANY (a.queues)
			AND (a.team = g.team
			    OR starts_with(a.team, g.team || '/')))))
	ELSE false END;
$$;
COMMENT ON FUNCTION cccp_private.may_name IS
    'Whether a scope has a team, a source, or a queue (source/name).';

CREATE FUNCTION cccp_private.view_query(query text, grants jsonb,
    OUT kept text, OUT outside int)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	pair text;
	key text;
	was text[];
	may text[];
	pairs text[] := '{}';
BEGIN
	outside := 0;
	FOREACH pair IN ARRAY string_to_array(query, '&') LOOP
		key := split_part(pair, '=', 1);
		IF key NOT IN ('state', 'kind', 'logged', 'stage', 'direction',
		    'active', 'hidden', 'from', 'to')
		    AND key !~ '_seconds_(gt|lt)$' THEN
			was := string_to_array(substr(pair, length(key) + 2),
			    ',');
			may := ARRAY(SELECT v FROM unnest(was) v
			    WHERE cccp_private.may_name(grants, key,
				cccp_private.url_decode(v)));
			outside := outside + (may <> was)::int;
			CONTINUE WHEN may = '{}';
			pair := key || '=' || array_to_string(may, ',');
		END IF;
		pairs := pairs || pair;
	END LOOP;
	kept := array_to_string(pairs, '&');
END $$;
COMMENT ON FUNCTION cccp_private.view_query IS
    'Of the parameters of a view, those that a reader with these grants may see,'
    ' and how many others there are.';

CREATE OR REPLACE FUNCTION cccp.saved_views(reader text, groups text[],
    anonymous_role text DEFAULT NULL)
RETURNS TABLE (view_id bigint, name text, list text, query text, columns text,
    sort text, shared text, mine boolean, may_change boolean,
    is_default boolean, shipped text, "position" int, version bigint,
    outside int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT v.view_id, v.name, v.list, CASE WHEN x.open THEN v.query
		ELSE q.kept END, v.columns, v.sort,
	    CASE WHEN x.open OR v.shared !~ '^team:' OR cccp_private.has_team(
		s.grants, substr(v.shared, 6)) THEN v.shared ELSE 'team' END,
	    x.mine, x.mine OR s.role = 'admin', x.mine AND v.is_default,
	    v.shipped, v.position, v.version,
	    CASE WHEN x.open THEN 0 ELSE q.outside END
	FROM cccp.scope_of(reader, groups, anonymous_role) s
	CROSS JOIN cccp.saved_view v
	CROSS JOIN LATERAL (SELECT coalesce(v.owner = reader, false)) m (mine)
	CROSS JOIN LATERAL (SELECT m.mine, m.mine OR s.scope = 'whole'
	    OR v.owner IS NULL) x (mine, open)
	CROSS JOIN LATERAL cccp_private.view_query(v.query, s.grants) q
	WHERE (s.persons OR v.list = 'queues' AND s.role = 'wall')
	AND (x.mine OR v.shared = 'all' OR v.shared ~ '^team:' AND (
	    cccp_private.has_team(s.grants, substr(v.shared, 6))
	    OR EXISTS (SELECT FROM jsonb_to_recordset(s.grants)
		AS g (team text, role text)
		WHERE g.role NOT IN ('wall', 'auditor')
		AND starts_with(g.team, substr(v.shared, 6) || '/'))))
	ORDER BY x.mine DESC, v.owner IS NULL DESC, v.position,
	    v.name COLLATE cccp.french, v.view_id;
END $$;
COMMENT ON FUNCTION cccp.saved_views IS
    'The saved views that a reader sees, in order: his own, those that come with'
    ' the board, those that others share with all or with a team of his. mine:'
    ' whether it is his; may_change: also for an admin. outside: how many'
    ' parameters are left out of query, because they name something outside of'
    ' his scope. shared is team when the team is above his own. Columns are'
    ' those of cccp.saved_view.';
GRANT EXECUTE ON FUNCTION cccp.saved_views TO cccp_web;

-- Fails unless the reader may save views, and share one so.
CREATE FUNCTION cccp_private.check_view(shared text, reader text,
    groups text[], anonymous_role text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	scope record;
BEGIN
	SELECT * INTO scope
	FROM cccp.scope_of(reader, groups, anonymous_role) s;
	IF nullif(reader, '') IS NULL OR scope.persons IS NOT TRUE THEN
		RAISE insufficient_privilege USING MESSAGE = 'only readers who'
		    ' are signed in and may see users may save views';
	END IF;
	IF shared <> 'none' AND scope.role NOT IN ('supervisor', 'admin') THEN
		RAISE insufficient_privilege USING MESSAGE =
		    'only supervisors and admins may share views';
	END IF;
	IF shared ~ '^team:' AND NOT cccp_private.has_team(scope.grants,
	    substr(shared, 6)) THEN
		RAISE insufficient_privilege USING MESSAGE =
		    'the team is outside of your scope';
	END IF;
	RETURN scope.role;
END $$;
COMMENT ON FUNCTION cccp_private.check_view IS
    'Fails with insufficient_privilege unless the reader may save a view that is'
    ' shared so; returns the role.';

-- Whether an object has no other members than those of a view.
CREATE FUNCTION cccp_private.check_members(view jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bad text := (SELECT min(key) FROM jsonb_each(CASE jsonb_typeof(view)
	    WHEN 'object' THEN view ELSE '{"?": 0}' END)
	    WHERE key <> ALL ('{name, list, query, columns, sort, shared,
		is_default, position}')
	    OR jsonb_typeof(value) NOT IN ('string', 'null', 'boolean',
		'number'));
BEGIN
	IF bad IS NOT NULL THEN
		RAISE invalid_parameter_value USING MESSAGE =
		    format('"%s" is nothing of a view', left(bad, 40));
	END IF;
END $$;
COMMENT ON FUNCTION cccp_private.check_members IS
    'Fails with invalid_parameter_value when an object is no view.';

CREATE OR REPLACE FUNCTION cccp.save_view(view jsonb, reader text,
    groups text[], anonymous_role text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	id bigint;
	shared text := coalesce(view ->> 'shared', 'none');
	is_default boolean := coalesce((view ->> 'is_default')::boolean, false);
BEGIN
	PERFORM cccp_private.check_members(view);
	PERFORM cccp_private.check_view(shared, reader, groups,
	    anonymous_role);
	PERFORM pg_advisory_xact_lock(6735006, hashtext(reader));
	IF (SELECT count(*) >= 100 FROM cccp.saved_view v
	    WHERE v.owner = reader) THEN
		RAISE program_limit_exceeded USING MESSAGE =
		    'nobody may have more than 100 views';
	END IF;
	IF is_default THEN
		UPDATE cccp.saved_view v SET is_default = false,
		    version = version + 1
		WHERE v.owner = reader AND v.is_default;
	END IF;
	INSERT INTO cccp.saved_view AS v (owner, name, list, query, columns,
	    sort, shared, is_default, position)
	VALUES (reader, view ->> 'name', view ->> 'list',
	    coalesce(view ->> 'query', ''), view ->> 'columns',
	    view ->> 'sort', shared, is_default,
	    coalesce((view ->> 'position')::int, 0))
	RETURNING v.view_id INTO id;
	RETURN id;
END $$;
COMMENT ON FUNCTION cccp.save_view IS
    'Saves a view of a reader: an object with name, list and, if wanted, query,'
    ' columns, sort, shared, is_default and position, as in cccp.saved_view.'
    ' Returns its view_id. Fails with insufficient_privilege when the reader may'
    ' not save or share it, with invalid_parameter_value or a violated check'
    ' when it is no view, and with program_limit_exceeded when the reader has'
    ' 100 views.';
GRANT EXECUTE ON FUNCTION cccp.save_view TO cccp_web;

-- Locks a view that is to be changed.
CREATE FUNCTION cccp_private.lock_view(wanted bigint, known bigint, reader text,
    groups text[], anonymous_role text) RETURNS cccp.saved_view
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	old cccp.saved_view;
	may boolean := (SELECT v.may_change
	    FROM cccp.saved_views(reader, groups, anonymous_role) v
	    WHERE v.view_id = wanted);
BEGIN
	SELECT * INTO old FROM cccp.saved_view v
	WHERE v.view_id = wanted AND may IS NOT NULL FOR UPDATE;
	IF NOT FOUND THEN
		RAISE no_data_found USING MESSAGE =
		    format('there is no view %s', wanted);
	ELSIF NOT may THEN
		RAISE insufficient_privilege USING MESSAGE =
		    format('view %s is another''s', wanted);
	ELSIF known IS DISTINCT FROM old.version THEN
		RAISE serialization_failure USING MESSAGE =
		    format('view %s was changed since', wanted);
	END IF;
	RETURN old;
END $$;
COMMENT ON FUNCTION cccp_private.lock_view IS
    'Locks a view and returns it. Fails with no_data_found when the reader sees'
    ' no such view, with insufficient_privilege when it is another''s, and with'
    ' serialization_failure when it has another version.';

CREATE OR REPLACE FUNCTION cccp.change_view(view_id bigint, version bigint,
    view jsonb, reader text, groups text[], anonymous_role text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	old cccp.saved_view := cccp_private.lock_view(view_id, version, reader,
	    groups, anonymous_role);
	new cccp.saved_view;
BEGIN
	PERFORM cccp_private.check_members(view);
	new := jsonb_populate_record(old, view);
	IF new.shared IS DISTINCT FROM old.shared
	    OR old.shared <> 'none' AND new IS DISTINCT FROM old THEN
		PERFORM cccp_private.check_view(new.shared, reader, groups,
		    anonymous_role);
	END IF;
	IF new.is_default AND NOT old.is_default THEN
		UPDATE cccp.saved_view v SET is_default = false,
		    version = version + 1
		WHERE v.owner = old.owner AND v.is_default;
	END IF;
	UPDATE cccp.saved_view v SET name = new.name, list = new.list,
	    query = coalesce(new.query, ''), columns = new.columns,
	    sort = new.sort, shared = coalesce(new.shared, 'none'),
	    is_default = coalesce(new.is_default, false),
	    position = coalesce(new.position, 0), version = version + 1,
	    changed_at = now()
	WHERE v.view_id = old.view_id RETURNING v.version INTO new.version;
	RETURN new.version;
END $$;
COMMENT ON FUNCTION cccp.change_view IS
    'Changes the members of a view that an object names, as cccp.save_view()'
    ' does, if it still has the version; returns the new version. The owner may'
    ' do it, and of a shared view an admin. Fails as cccp.save_view(), with'
    ' no_data_found when the reader sees no such view, and with'
    ' serialization_failure when it was changed since.';
GRANT EXECUTE ON FUNCTION cccp.change_view TO cccp_web;

CREATE OR REPLACE FUNCTION cccp.delete_view(view_id bigint, version bigint,
    reader text, groups text[], anonymous_role text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	old cccp.saved_view := cccp_private.lock_view(view_id, version, reader,
	    groups, anonymous_role);
BEGIN
	DELETE FROM cccp.saved_view v WHERE v.view_id = old.view_id;
END $$;
COMMENT ON FUNCTION cccp.delete_view IS
    'Deletes a view, if it still has the version. Fails as cccp.change_view().';
GRANT EXECUTE ON FUNCTION cccp.delete_view TO cccp_web;
