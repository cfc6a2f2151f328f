-- 63-person.sql: what can be asked for one person: to be forgotten, and what is
-- stored.

-- All numbers that are known as the person's, but those that somebody has now.
CREATE FUNCTION cccp_private.phones_of(person cccp.agent) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(
		SELECT person.phone WHERE person.phone <> ''
		UNION
		SELECT c.caller FROM cccp.call c
		WHERE c.agent_id = person.agent_id AND c.direction = 'outbound'
		AND c.caller <> '' AND NOT c.blurred);
$$;
COMMENT ON FUNCTION cccp_private.phones_of IS
    'Step of cccp.forget_agent(): the phone of the last session, and those that'
    ' the outbound calls came from.';

CREATE FUNCTION cccp_private.check_gone(person cccp.agent) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM cccp.agent a JOIN cccp.source s USING (source_id)
	    WHERE a.agent_id = person.agent_id AND a.present AND NOT s.retired)
	THEN
		RAISE object_in_use USING MESSAGE = 'the server still lists'
		    ' this user', HINT = 'Remove the user there first.';
	END IF;
END $$;
COMMENT ON FUNCTION cccp_private.check_gone IS
    'Step of cccp.forget_agent(): fails with object_in_use while the server'
    ' lists the user.';

-- The clock is locked last, as each flush needs it.
CREATE OR REPLACE FUNCTION cccp.forget_agent(source text, login text,
    reader text DEFAULT NULL, groups text[] DEFAULT NULL,
    anonymous_role text DEFAULT NULL)
RETURNS TABLE (relation text, changed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	actor text := cccp_private.may_ask('admin', reader, groups,
	    anonymous_role);
	person cccp.agent;
	alias text;
	patterns text[];
	in_use text[];
	words text;
	part regclass;
	total bigint := 0;
BEGIN
	SELECT a.* INTO person FROM cccp.agent a
	JOIN cccp.source s USING (source_id)
	WHERE s.name = forget_agent.source AND a.login = forget_agent.login;
	IF NOT FOUND THEN
		RAISE no_data_found USING MESSAGE = 'there is no such user';
	END IF;
	PERFORM cccp_private.check_gone(person);
	alias := 'parti-' || person.agent_id;
	patterns := array_remove(ARRAY[
	    cccp_private.word_pattern(person.login),
	    cccp_private.word_pattern(nullif(person.name, ''))] || ARRAY(
	    SELECT cccp_private.phone_pattern(p)
	    FROM unnest(cccp_private.phones_of(person)) p), NULL);
	in_use := cccp_private.words_in_use(person, patterns);
	words := coalesce((SELECT string_agg(p, '|') FROM unnest(patterns) p
	    WHERE p <> ALL (in_use)), '');

	-- Calls that the person made came from the person's phone.
	UPDATE cccp.call c SET caller = alias
	WHERE c.agent_id = person.agent_id AND c.direction = 'outbound'
	AND c.caller <> alias;
	DELETE FROM cccp.saved_view v
	WHERE lower(v.owner) = lower(person.login) AND v.shared = 'none'
	AND NOT cccp_private.is_reader(person.login);
	FOR part IN SELECT c.relation FROM cccp_private.text_columns() c
	    GROUP BY 1
	    ORDER BY c.relation = 'cccp.agent'::regclass, c.relation::text
	LOOP
		changed := cccp_private.forget_rows(part, person, alias)
		    + cccp_private.forget_words(part, person, alias, words);
		CONTINUE WHEN changed = 0;
		relation := part::text;
		total := total + changed;
		INSERT INTO cccp.purge_report (class, relation, agent_id, rows,
		    asked_by)
		VALUES ('person', part::text, person.agent_id, changed,
		    nullif(actor, person.login));
		RETURN NEXT;
	END LOOP;

	PERFORM FROM cccp.clock FOR UPDATE;
	PERFORM cccp_private.check_gone(person);	-- A flush may have come.
	PERFORM cccp_private.next_generation(person.source_id, total);
END $$;
COMMENT ON FUNCTION cccp.forget_agent IS
    'Forgets a user whom the server no longer lists: login, name, phones,'
    ' session, who listened in, and these words wherever a table has them, in'
    ' every month; also in the names of queues that the server no longer lists.'
    ' The user is called parti- and agent_id then; all rows, durations and'
    ' counts stay. A login, name or number that occurs in what a server lists'
    ' now is replaced only where it is the whole login. Grants that are valid'
    ' now stay: end them first. Returns the tables with the number of rows that'
    ' changed; cccp.purge_report has them too. Fails with object_in_use while'
    ' the server lists the user, with no_data_found when there is no such user,'
    ' and with insufficient_privilege unless the reader is an admin, or no'
    ' reader is named and the session is that of a member of cccp_owner.';
GRANT EXECUTE ON FUNCTION cccp.forget_agent TO cccp_web;

-- The numbers of those whom the person talked to are theirs.
CREATE OR REPLACE FUNCTION cccp.export_person(source text, login text,
    reader text DEFAULT NULL, groups text[] DEFAULT NULL,
    anonymous_role text DEFAULT NULL)
RETURNS SETOF jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	person cccp.agent;
BEGIN
	PERFORM cccp_private.may_ask('auditor', reader, groups, anonymous_role);
	SELECT a.* INTO person FROM cccp.agent a
	JOIN cccp.source s USING (source_id)
	WHERE s.name = export_person.source AND a.login = export_person.login;
	IF NOT FOUND THEN
		RAISE no_data_found USING MESSAGE = 'there is no such user';
	END IF;
	RETURN NEXT jsonb_build_object('type', 'profile', 'source', source)
	    || to_jsonb(person) - '{search_key, spies}'::text[];
	RETURN QUERY SELECT jsonb_build_object('type', 'state')
	    || to_jsonb(s) - 'agent_id'
	FROM cccp.agent_state s WHERE s.agent_id = person.agent_id
	ORDER BY s.since;
	RETURN QUERY SELECT jsonb_build_object('type', 'call') || to_jsonb(c)
	    - 'agent_id' || CASE c.direction WHEN 'inbound'
	    THEN jsonb_build_object('caller', cccp.mask_number(c.caller))
	    ELSE jsonb_build_object('callee', cccp.mask_number(c.callee)) END
	FROM cccp.call c WHERE c.agent_id = person.agent_id
	ORDER BY c.queued_at, c.call_key;
	RETURN QUERY SELECT jsonb_build_object('type', 'consultation', 'at',
	    l.at, 'action', l.action)
	FROM cccp_audit.access_log l WHERE l.agent_id = person.agent_id
	ORDER BY l.at, l.line_id;
END $$;
COMMENT ON FUNCTION cccp.export_person IS
    'All that is stored of one user, for that person, an object per line: one'
    ' of type profile, then those of type state, call and consultation, the'
    ' oldest first. Numbers of those who were talked to are masked; of'
    ' consultations it says when and what, not by whom. Fails with'
    ' no_data_found when there is no such user, and with'
    ' insufficient_privilege unless the reader is an auditor, or no reader is'
    ' named and the session is that of a member of cccp_owner.';
GRANT EXECUTE ON FUNCTION cccp.export_person TO cccp_web;
