-- 62-forget.sql: forgets a person, and tells a person what is stored.
--
-- cccp.forget_agent() finds the columns in the catalogue, so that one that is
-- added later is not left out:
-- - In the person's own row of cccp.agent, and in rows that name the person by
--   agent_id, every text goes that forget_keeps() does not name.
-- - In every other text of every table, the login, the full name and the phone
--   numbers are replaced where they stand as words, also in the parameters of a
--   URL.  A queue that is named after the person is renamed in this way.
-- What a server lists now is not changed, as the next flush would write it again;
-- a word that occurs in it (a login that is also the name of a team) is therefore
-- replaced only where it is the whole value of a column of logins.

-- Texts of a row about the person that say nothing about who it is.
CREATE FUNCTION cccp_private.forget_keeps(relation regclass) RETURNS name[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE relation
	WHEN 'cccp.agent'::regclass THEN '{kind, state, profile, team, mode,
	    mode_label, interface, task, task_label, outbound_state}'::name[]
	WHEN 'cccp.agent_now'::regclass THEN '{state}'
	WHEN 'cccp.agent_state'::regclass THEN '{state, mode, mode_label}'
	WHEN 'cccp.call'::regclass THEN '{call_key, direction, session_id, queue,
	    queue_label, queue_type, agent_profile, caller, callee}'
	WHEN to_regclass('cccp_audit.access_log') THEN '{reader, role, address,
	    action, source, call_key, query, request_id}'
	WHEN 'cccp.purge_report'::regclass THEN '{class, relation, asked_by}'
	ELSE '{}' END;
$$;
COMMENT ON FUNCTION cccp_private.forget_keeps IS
    'Step of cccp.forget_agent(): columns whose texts stay in the rows of a'
    ' person, but for the words that name the person.';

CREATE FUNCTION cccp_private.text_columns()
RETURNS TABLE (relation regclass, field name, is_array boolean,
    required boolean, by_source boolean, by_agent boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.oid::regclass, a.attname, t.typcategory = 'A', a.attnotnull,
	    EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid
		AND s.attname = 'source_id' AND NOT s.attisdropped),
	    EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid
		AND s.attname = 'agent_id' AND NOT s.attisdropped)
	FROM pg_class c
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	    AND NOT a.attisdropped AND a.attgenerated = ''
	JOIN pg_type t ON t.oid = a.atttypid
	WHERE c.relnamespace::regnamespace::text ~ '^cccp(_|$)'
	AND c.relkind IN ('r', 'p') AND NOT c.relispartition
	AND (t.typcategory = 'S' AND t.typtype = 'b' OR t.typcategory = 'A'
	    AND (SELECT typcategory FROM pg_type e WHERE e.oid = t.typelem) = 'S')
	-- A closed set of words, or a name of ours.
	AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid
	    AND k.contype = 'c' AND a.attnum = ANY (k.conkey)
	    AND pg_get_constraintdef(k.oid) ~ 'ANY \(+ARRAY\[')
	AND c.oid NOT IN ('cccp.migration'::regclass,
	    'cccp.state_rule'::regclass, 'cccp.retention'::regclass)
	AND (c.oid <> 'cccp.source'::regclass OR a.attname IN ('hidden_logins',
	    'error'));
$$;
COMMENT ON FUNCTION cccp_private.text_columns IS
    'Step of cccp.forget_agent(): the columns with texts that could name a'
    ' person. Left out are those with a closed set of words, and tables that'
    ' the owner writes by hand.';

-- A word as a regular expression, also as it stands in a URL, where it may follow
-- an escaped character.
CREATE FUNCTION cccp_private.word_pattern(word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
	SELECT '(?:(?<![[:alnum:]])|(?<=%[0-9a-fA-F][0-9a-fA-F]))(?:'
	    || string_agg(p, '|' ORDER BY p) || ')(?![[:alnum:]])'
	FROM (SELECT (SELECT string_agg(CASE
		WHEN c ~ '[A-Za-z0-9]' THEN c
		WHEN c ~ '\s' THEN '(?:\s|\+|%20)'
		ELSE '(?:' || regexp_replace(c, '([^[:alnum:]])', '\\\1') || '|'
		    || regexp_replace(encode(convert_to(c, 'UTF8'), 'hex'),
		    '(..)', '%\1', 'g') || ')' END, '' ORDER BY nr)
	    FROM regexp_split_to_table(w, '') WITH ORDINALITY AS s (c, nr)) AS p
	    FROM (SELECT word UNION SELECT cccp.fold(word)) v (w)) x
	WHERE p IS NOT NULL;
$$;
COMMENT ON FUNCTION cccp_private.word_pattern IS
    'Step of cccp.forget_agent(): a regular expression for a text as a word, as'
    ' it is, folded, and as in a URL.';

-- A phone number in all forms: its last nine digits, or all of a shorter one.
CREATE FUNCTION cccp_private.phone_pattern(number text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
	WHEN length(digits) >= 9 THEN '(?<![0-9])(?:(?:\+|%2B|00)?[0-9]{1,3}|0)?'
	    || regexp_replace(right(digits, 9), '(.)(?=.)',
		'\1(?:[-+ ./()_]|%20|%2B|\u00A0|\u202F)*', 'g') || '(?![0-9])'
	WHEN number <> '' THEN cccp_private.word_pattern(number) END
	FROM (SELECT regexp_replace(number, '[^0-9]', '', 'g')) d (digits);
$$;
COMMENT ON FUNCTION cccp_private.phone_pattern IS
    'Step of cccp.forget_agent(): a regular expression for a phone number.';

-- Of several words, those that occur in what the servers list now, and in the
-- logins of others, who are known by them later too.
CREATE FUNCTION cccp_private.words_in_use(person cccp.agent, patterns text[])
RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ARRAY(SELECT p FROM unnest(patterns) p WHERE EXISTS (
		SELECT FROM cccp.agent a
		WHERE a.source_id = person.source_id
		AND a.agent_id <> person.agent_id AND (a.login ~* p
		    OR a.present AND concat_ws(E'\n', a.name, a.phone,
		    a.profile, a.team, a.mode, a.mode_label, a.interface,
		    a.task, a.task_label) ~* p))
	    OR EXISTS (SELECT FROM cccp.queue q
		WHERE q.source_id = person.source_id AND q.present
		AND concat_ws(E'\n', q.name, q.display_name, q.type) ~* p)
	    OR EXISTS (SELECT FROM cccp.state_rule r
		WHERE concat_ws(E'\n', r.profile, r.mode, r.interface, r.task)
		~* p)
	    OR EXISTS (SELECT FROM cccp.source s WHERE s.name ~* p));
$$;
COMMENT ON FUNCTION cccp_private.words_in_use IS
    'Step of cccp.forget_agent(): those regular expressions of which something'
    ' that is listed now, other than the person, has a match.';

-- Whether a name of the web server's users is that of one who may still sign in.
CREATE FUNCTION cccp_private.is_reader(login text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM cccp.access_grant g
	    WHERE g.who_kind = 'user' AND lower(g.who) = lower(login)
	    AND g.valid @> now());
$$;
COMMENT ON FUNCTION cccp_private.is_reader IS
    'Step of cccp.forget_agent(): whether a valid grant names the user.';

-- In columns that hold one login each, only the whole login is replaced: jean is
-- not jean.martin.  $1 is the person's agent_id, $2 the alias, $3 the words, $4
-- the login.
CREATE FUNCTION cccp_private.forget_words(relation regclass, person cccp.agent,
    alias text, words text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	logins constant name[] := '{agent_login, spies, hidden_logins}';
	readers constant name[] := '{reader, owner, who, created_by, asked_by}';
	is_reader boolean := cccp_private.is_reader(person.login);
	sets text;
	finds text;
	limits text;
	n bigint;
BEGIN
	SELECT string_agg(format(CASE WHEN c.is_array
		THEN '%1$I = CASE WHEN t.%1$I IS NOT NULL THEN ARRAY(SELECT'
		' CASE WHEN %2$s THEN %3$s ELSE e END FROM unnest(t.%1$I)'
		' WITH ORDINALITY AS u (e, nr) ORDER BY nr) END'
		ELSE '%1$I = (SELECT CASE WHEN %2$s THEN %3$s ELSE e END'
		' FROM (SELECT t.%1$I) u (e))' END,
		c.field, w.found, w.value), ', '),
	    string_agg(format(CASE WHEN c.is_array
		THEN 'EXISTS (SELECT FROM unnest(t.%1$I) e WHERE %2$s)'
		ELSE 'EXISTS (SELECT FROM (SELECT t.%1$I) u (e) WHERE %2$s)' END,
		c.field, w.found), ' OR '),
	    CASE WHEN bool_or(c.by_source)
		THEN format(' AND t.source_id = %s', person.source_id) ELSE '' END
	INTO sets, finds, limits
	FROM cccp_private.text_columns() c
	CROSS JOIN LATERAL (SELECT c.field = ANY (logins || readers)) k (whole)
	CROSS JOIN LATERAL (SELECT CASE WHEN whole
	    THEN 'lower(e) = lower($4)' ELSE '$3 <> '''' AND e ~* $3' END,
	    CASE WHEN whole THEN '$2'
	    ELSE 'regexp_replace(e, $3, $2, ''gi'')' END) w (found, value)
	WHERE c.relation = forget_words.relation
	AND NOT (is_reader AND c.field = ANY (readers))
	-- Others are who they are.
	AND (c.relation <> 'cccp.agent'::regclass
	    OR c.field NOT IN ('login', 'name'));
	IF sets IS NULL THEN
		RETURN 0;
	END IF;
	limits := limits || CASE relation
	WHEN 'cccp.agent'::regclass
	    THEN ' AND (NOT t.present OR t.agent_id = $1)'
	WHEN 'cccp.agent_state'::regclass
	    THEN ' AND EXISTS (SELECT FROM cccp.agent a WHERE a.agent_id ='
	    ' t.agent_id AND a.source_id = ' || person.source_id || ')'
	WHEN 'cccp.queue'::regclass THEN ' AND NOT t.present'
	WHEN 'cccp.access_grant'::regclass THEN ' AND NOT t.valid @> now()'
	ELSE '' END;
	EXECUTE format('UPDATE %s t SET %s WHERE (%s)%s', relation, sets, finds,
	    limits) USING person.agent_id, alias, words, person.login;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END $$;
COMMENT ON FUNCTION cccp_private.forget_words IS
    'Step of cccp.forget_agent(): replaces the words that name the person in'
    ' one table; returns how many rows changed.';

CREATE FUNCTION cccp_private.forget_rows(relation regclass, person cccp.agent,
    alias text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	sets text;
	finds text;
	n bigint;
BEGIN
	SELECT string_agg(format('%I = %s', c.field, v.value), ', '),
	    string_agg(format('t.%I IS DISTINCT FROM %s', c.field, v.value),
		' OR ')
	INTO sets, finds
	FROM cccp_private.text_columns() c
	CROSS JOIN LATERAL (SELECT CASE
		WHEN c.field IN ('login', 'agent_login') THEN '$2'
		WHEN NOT c.required THEN 'NULL'
		WHEN c.is_array THEN '''{}''' ELSE '''''' END AS value) v
	WHERE c.relation = forget_rows.relation AND c.by_agent
	AND c.field <> ALL (cccp_private.forget_keeps(c.relation));
	IF sets IS NULL THEN
		RETURN 0;
	END IF;
	EXECUTE format('UPDATE %s t SET %s WHERE t.agent_id = $1 AND (%s)',
	    relation, sets, finds) USING person.agent_id, alias;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END $$;
COMMENT ON FUNCTION cccp_private.forget_rows IS
    'Step of cccp.forget_agent(): empties the texts of the person''s own rows'
    ' in one table; returns how many changed.';
