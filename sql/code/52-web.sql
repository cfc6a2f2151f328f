-- 52-web.sql: the one door: the views of schema cccp_web for those who see
-- everything, and how those for a limited scope, in 53 and 54, are made.
--
-- There are two views of each view of cccp_v1, with the same columns.
-- cccp_web.X has all rows in a transaction whose cccp.scope is whole, else none.
-- It is the view of cccp_v1 with a condition on its source: the list of all
-- sources, or of none, is made once.  A condition without any column would do the
-- same, but the planner then no longer leaves out joins that are not needed;
-- cccp.agent_now has no joins.
-- cccp_web.X_part has the rows and values that any other scope permits, and no
-- rows when the scope is whole or not set.

-- The view's columns, as they are unless a rule has an expression for one; r is
-- the view of cccp_v1.  A column that no rule names is new: figures, moments and
-- flags then follow the rule "other"; a text, which could be a name or a number,
-- is null until a rule names it.
CREATE FUNCTION cccp_private.part_columns(view regclass, rules jsonb)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('%s AS %I', format(coalesce(rule.value,
	    CASE WHEN b.typcategory IN ('N', 'D', 'T', 'B')
	    THEN rules->>'other' ELSE 'CASE WHEN false THEN %s END' END),
	    'r.' || quote_ident(a.attname)), a.attname), ', ' ORDER BY a.attnum)
	FROM pg_attribute a
	JOIN pg_type b ON b.oid = a.atttypid
	LEFT JOIN LATERAL (
		SELECT value FROM jsonb_each_text(rules)
		WHERE a.attname = ANY (string_to_array(key, ' '))
	) rule ON true
	WHERE a.attrelid = view AND a.attnum > 0 AND NOT a.attisdropped
$$;
COMMENT ON FUNCTION cccp_private.part_columns IS
    'The SELECT list of a view for a limited scope. rules: by names of columns,'
    ' with blanks between, the expression to show, with %s for the column;'
    ' other is for new columns that are no text.';

-- Makes a view whose comments are those of the view of cccp_v1.
CREATE FUNCTION cccp_private.make_view(name text, options text, origin regclass,
    query text, words text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	col record;
BEGIN
	EXECUTE format('CREATE OR REPLACE VIEW %s %s AS %s', name, options,
	    query);
	EXECUTE format('COMMENT ON VIEW %s IS %L', name, words);
	FOR col IN SELECT attname, col_description(origin, attnum) AS words
	    FROM pg_attribute WHERE attrelid = origin AND attnum > 0
	    AND NOT attisdropped
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', name,
		    col.attname, col.words);
	END LOOP;
END $$;
COMMENT ON FUNCTION cccp_private.make_view IS
    'Makes a view with the comments on columns of another one.';

CREATE FUNCTION cccp_private.make_part(view text, rules jsonb, source text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	origin regclass := format('cccp_v1.%I', view);
	query text := 'SELECT ' || cccp_private.part_columns(origin, rules)
	    || ' FROM ' || source;
BEGIN
	PERFORM cccp_private.make_view(format('cccp_web.%I', view || '_part'),
	    '', origin, query, format('cccp_v1.%s for a scope that is limited:'
	    ' the rows and values that cccp.scope permits.', view));
	EXECUTE format('GRANT SELECT ON cccp_web.%I TO cccp_web',
	    view || '_part');
	PERFORM cccp_private.make_view(format('cccp_scoped.%I', view),
	    'WITH (security_barrier)', origin, query, format('cccp_v1.%s: the'
	    ' rows and values that the grants of the session''s user permit.',
	    view));
	EXECUTE format('GRANT SELECT ON cccp_scoped.%I TO cccp_scoped', view);
END $$;
COMMENT ON FUNCTION cccp_private.make_part IS
    'Makes a view of cccp_web for a limited scope, and the same one of'
    ' cccp_scoped, from the rules for the columns and from FROM and WHERE.';

DO $do$
DECLARE
	x record;
BEGIN
	FOR x IN SELECT view, origin, gate FROM (VALUES
	    ('cccp_v1', '{user, user_state, queue, queue_sample, call, source,'
		' source_defect}'::text[], 'source = ANY (ARRAY(SELECT s.name'
		' FROM cccp.source s WHERE %s))'),
	    ('cccp', '{source_state}', 'source_id = ANY (ARRAY('
		'SELECT s.source_id FROM cccp.source s WHERE %s))'),
	    ('cccp', '{agent_now}', '(SELECT %s)')
	    ) v (origin, views, gate), unnest(views) view
	LOOP
		PERFORM cccp_private.make_view(format('cccp_web.%I', x.view), '',
		    format('%I.%I', x.origin, x.view)::regclass,
		    format('SELECT * FROM %I.%I WHERE ' || x.gate, x.origin,
		    x.view, $$current_setting('cccp.scope', true) = 'whole'$$),
		    format('%s.%s in a transaction whose scope is whole; else it'
		    ' has no rows.', x.origin, x.view));
		EXECUTE format('GRANT SELECT ON cccp_web.%I TO cccp_web',
		    x.view);
	END LOOP;
END $do$;

-- The calculations of the views.
GRANT EXECUTE ON FUNCTION cccp.schema_version, cccp.fold, cccp.search_key,
    cccp.country_codes, cccp.pattern, cccp.patterns, cccp.is_stale,
    cccp.seconds_since, cccp.seconds_between, cccp.seconds_of_day, cccp.counts,
    cccp.turned_away, cccp.queue_counts, cccp.agent_counts TO cccp_scoped;

-- Until the handlers read cccp_web, the role cccp_web keeps its rights on what is
-- behind the door.  Then these lines take them away, and the GRANT lines of 40 to
-- 43, 003-agent.sql and 004-state.sql no longer count:
-- REVOKE SELECT ON ALL TABLES IN SCHEMA cccp_v1 FROM cccp_web;
-- REVOKE USAGE ON SCHEMA cccp_v1 FROM cccp_web;
-- REVOKE SELECT ON cccp.agent_now, cccp.agent_state, cccp.source_state
--     FROM cccp_web;

-- Nothing but these views shows cccp_web a person, a queue or a source.
REVOKE ALL ON ALL TABLES IN SCHEMA cccp_v1 FROM cccp_web;
REVOKE USAGE ON SCHEMA cccp_v1 FROM cccp_web;
REVOKE ALL ON cccp.agent_now, cccp.agent_state, cccp.source_state
    FROM cccp_web;
