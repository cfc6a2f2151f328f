-- 55-grants.sql: functions that list and change grants.
--
-- cccp.fcgi gives each of them the reader, as for cccp.scope_of(), and they check
-- that he is an admin.  It always gives groups, if only {}: members of cccp_owner,
-- who need no grant, leave all three out.

-- Of the values that a change replaces, so that it notices another one.
CREATE FUNCTION cccp_private.etag_of(g cccp.access_grant) RETURNS text
LANGUAGE sql STABLE
RETURN left(encode(sha256(convert_to(jsonb_build_array(g.grant_id, g.who_kind,
    g.who, g.role, g.source, g.team, g.queue, g.detail, g.history, g.numbers,
    g.export, lower(g.valid), upper(g.valid), isempty(g.valid), g.note)::text,
    'UTF8')), 'hex'), 16);
COMMENT ON FUNCTION cccp_private.etag_of(cccp.access_grant) IS
    'A text that is another one when the grant was changed.';

-- Locks a grant that is to be changed.
CREATE FUNCTION cccp_private.lock_grant(wanted bigint, etag text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	old cccp.access_grant;
BEGIN
	SELECT * INTO old FROM cccp.access_grant g
	WHERE g.grant_id = wanted FOR UPDATE;
	IF NOT FOUND THEN
		RAISE no_data_found USING MESSAGE =
		    format('there is no grant %s', wanted);
	END IF;
	IF etag <> cccp_private.etag_of(old) THEN
		RAISE serialization_failure USING MESSAGE =
		    format('grant %s was changed since', wanted);
	END IF;
END $$;
COMMENT ON FUNCTION cccp_private.lock_grant IS
    'Locks a grant. Fails with no_data_found when there is none, and with'
    ' serialization_failure when an etag is given and the grant has another.';

CREATE OR REPLACE FUNCTION cccp.grant_access(who_kind text, who text, role text,
    source text DEFAULT NULL, team text DEFAULT NULL, queue text DEFAULT NULL,
    detail boolean DEFAULT NULL, history boolean DEFAULT NULL,
    numbers boolean DEFAULT NULL, export boolean DEFAULT NULL,
    valid tstzrange DEFAULT '(,)', note text DEFAULT NULL,
    reader text DEFAULT NULL, groups text[] DEFAULT NULL,
    anonymous_role text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	actor text := cccp_private.may_ask('admin', reader, groups,
	    anonymous_role);
	id bigint;
BEGIN
	INSERT INTO cccp.access_grant AS g (who_kind, who, role, source, team,
	    queue, detail, history, numbers, export, valid, note, created_by)
	VALUES (who_kind, who, role, source, team, queue, detail, history,
	    numbers, export, coalesce(valid, '(,)'), note, actor)
	RETURNING g.grant_id INTO id;
	RETURN id;
END $$;
COMMENT ON FUNCTION cccp.grant_access IS
    'Adds a grant, with the values of the columns of cccp.access_grant, and'
    ' returns its key. The last three parameters say who does so, as for'
    ' cccp.scope_of(): an admin, else it fails with insufficient_privilege.'
    ' Members of cccp_owner leave them out.';
GRANT EXECUTE ON FUNCTION cccp.grant_access TO cccp_web;

CREATE OR REPLACE FUNCTION cccp.change_access(id bigint, etag text,
    who_kind text, who text, role text,
    source text DEFAULT NULL, team text DEFAULT NULL, queue text DEFAULT NULL,
    detail boolean DEFAULT NULL, history boolean DEFAULT NULL,
    numbers boolean DEFAULT NULL, export boolean DEFAULT NULL,
    valid tstzrange DEFAULT '(,)', note text DEFAULT NULL,
    reader text DEFAULT NULL, groups text[] DEFAULT NULL,
    anonymous_role text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	actor text := cccp_private.may_ask('admin', reader, groups,
	    anonymous_role);
BEGIN
	PERFORM cccp_private.lock_grant(id, etag);
	UPDATE cccp.access_grant g SET (who_kind, who, role, source, team,
	    queue, detail, history, numbers, export, valid, note, created_by,
	    created_at) = ROW (change_access.who_kind, change_access.who,
	    change_access.role, change_access.source, change_access.team,
	    change_access.queue, change_access.detail, change_access.history,
	    change_access.numbers, change_access.export,
	    coalesce(change_access.valid, '(,)'), change_access.note, actor,
	    now())
	WHERE g.grant_id = id;
END $$;
COMMENT ON FUNCTION cccp.change_access IS
    'Replaces all values of a grant. etag: as cccp.access_grants() gave it; it'
    ' fails with serialization_failure when the grant was changed since; null:'
    ' whatever it is now. It fails with no_data_found when there is no such'
    ' grant. The last three parameters are as for cccp.grant_access().';
GRANT EXECUTE ON FUNCTION cccp.change_access TO cccp_web;

CREATE OR REPLACE FUNCTION cccp.end_access(id bigint, etag text DEFAULT NULL,
    reader text DEFAULT NULL, groups text[] DEFAULT NULL,
    anonymous_role text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	actor text := cccp_private.may_ask('admin', reader, groups,
	    anonymous_role);
BEGIN
	PERFORM cccp_private.lock_grant(id, etag);
	UPDATE cccp.access_grant g SET valid = g.valid * tstzrange(NULL, now()),
	    created_by = actor, created_at = now()
	WHERE g.grant_id = id AND g.valid && tstzrange(now(), NULL);
END $$;
COMMENT ON FUNCTION cccp.end_access IS
    'Ends a grant now, for good; the row stays. A grant that has ended stays as'
    ' it is. The parameters are as for cccp.change_access().';
GRANT EXECUTE ON FUNCTION cccp.end_access TO cccp_web;

CREATE OR REPLACE FUNCTION cccp.access_grants(reader text DEFAULT NULL,
    groups text[] DEFAULT NULL, anonymous_role text DEFAULT NULL)
RETURNS TABLE (id bigint, who_kind text, who text, role text, source text,
    team text, queue text, detail boolean, history boolean, numbers boolean,
    export boolean, since timestamptz, until timestamptz, state text,
    note text, created_by text, created_at timestamptz, users bigint,
    etag text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM cccp_private.may_ask('admin', reader, groups, anonymous_role);
	RETURN QUERY
	SELECT g.grant_id, g.who_kind, g.who, g.role, g.source, g.team, g.queue,
	    g.detail, g.history, g.numbers, g.export, lower(g.valid),
	    upper(g.valid), CASE WHEN g.valid @> now() THEN 'valid'
		WHEN g.valid && tstzrange(now(), NULL) THEN 'future'
		ELSE 'ended' END,
	    g.note, g.created_by, g.created_at, (
		SELECT count(*)
		FROM cccp_private.users_of(g.source, g.team, g.queue) u
		WHERE u.present AND NOT u.hidden),
	    cccp_private.etag_of(g)
	FROM cccp.access_grant g
	ORDER BY g.grant_id;
END $$;
COMMENT ON FUNCTION cccp.access_grants IS
    'All grants, for an admin; the parameters are as for cccp.grant_access().'
    ' since, until: when it is valid, null: without end. state: valid, future'
    ' or ended. users: how many users are in its source, team and queue now; a'
    ' grant with none may name what no longer exists. etag: for'
    ' cccp.change_access() and cccp.end_access().';
GRANT EXECUTE ON FUNCTION cccp.access_grants TO cccp_web;
