-- 21-field.sql: the list of what sources say, out of the catalogue.
--
-- A field is a column of cccp.agent, cccp.queue or cccp.call that is neither
-- calculated by PostgreSQL nor one of our own.  The staging tables, and what
-- compares and writes the staged rows, are made from these lists: a column
-- that is added in tables/ is named nowhere else in this folder but in a view.

CREATE FUNCTION cccp_private.field_list(plain regclass, template text,
    without name[] DEFAULT '{}')
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format(template, a.attname, CASE
		WHEN a.attnotnull AND d.oid IS NOT NULL
		THEN format('coalesce(n.%I, %s)', a.attname,
		    pg_get_expr(d.adbin, d.adrelid))
		ELSE format('n.%I', a.attname) END), ', ' ORDER BY a.attnum)
	FROM pg_attribute a
	LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid
	    AND d.adnum = a.attnum
	WHERE a.attrelid = plain AND a.attnum > 0 AND NOT a.attisdropped
	AND a.attgenerated = '' AND a.attname <> ALL ('{agent_id, queue_id,
	    source_id, kind, hidden, state, state_since, call_queue,
	    queued_guessed, lost, generation, changed_at}')
	AND a.attname <> ALL (without);
$$;
COMMENT ON FUNCTION cccp_private.field_list IS
    'The fields of a table, each in the form of the template: %1$I is its name,'
    ' %2$s its value in a staged row n, with the column''s default where it may'
    ' not be null.';
GRANT EXECUTE ON FUNCTION cccp_private.field_list TO cccp_poller;
