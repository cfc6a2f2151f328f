-- 30-staging.sql: the fields that a source reports, and the temporary tables
-- in which the poller stages them.
--
-- A field is a column of cccp.agent, cccp.queue or cccp.call, unless PostgreSQL
-- generates it or field_list() names it as one of ours.  The lists of columns
-- in the statements of the flush (31 to 34) are not typed: field_list() reads
-- them from the catalogue when the code is applied, and format() inserts them.
-- For example, field_list('cccp.agent', 'a.{name}') is 'a.object_id, a.login, …'.
-- \sf cccp_private.flush_agent_update in psql shows a statement that was made.
-- So a new column needs no edit in these files, unless it is one of ours: the
-- source does not report it, the flush calculates it.

CREATE FUNCTION cccp_private.field_list(table_name regclass, template text,
    leave_out name[] DEFAULT '{}')
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(replace(replace(template, '{name}',
	    quote_ident(a.attname)), '{value}', CASE
		WHEN a.attnotnull AND d.oid IS NOT NULL
		THEN format('coalesce(n.%I, %s)', a.attname,
		    pg_get_expr(d.adbin, d.adrelid))
		ELSE format('n.%I', a.attname) END), ', ' ORDER BY a.attnum)
	FROM pg_attribute a
	LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid
	    AND d.adnum = a.attnum
	WHERE a.attrelid = table_name AND a.attnum > 0 AND NOT a.attisdropped
	AND a.attgenerated = '' AND a.attname <> ALL ('{agent_id, queue_id,
	    source_id, kind, hidden, state, state_since, since_known, listed_at,
	    call_queue, call_queue_name, queued_guessed, lost, blurred,
	    generation, changed_at}')
	AND a.attname <> ALL (leave_out);
$$;
COMMENT ON FUNCTION cccp_private.field_list IS
    'The template once for each field of a table, separated by commas. In it,'
    ' {name} is the name of the field, and {value} is its value in the staged'
    ' row n: for a column that is NOT NULL, a missing value is replaced by the'
    ' default. The fields in leave_out are left out.';
GRANT EXECUTE ON FUNCTION cccp_private.field_list TO cccp_poller;

CREATE TYPE cccp_private.flush_context AS (
	source_id	int,
	generation	bigint,
	seen		timestamptz,
	oldest		timestamptz,
	latest		timestamptz,
	live		boolean,
	complete	boolean,
	heal		boolean,
	supervisor_profiles text[],
	hidden_logins	text[]
);
COMMENT ON TYPE cccp_private.flush_context IS
    'What each step of cccp.flush() needs: the source and its two lists; the'
    ' generation to write; seen, the time by the source''s clock; oldest and'
    ' latest, the bounds of history; live, whether the source is live;'
    ' complete, whether everything the source has is staged; heal, whether a'
    ' gap ends.';

-- The staging tables are temporary tables of the poller's connection, and each
-- commit empties them.  They have no index: each commit would rebuild it and
-- invalidate the cached plans.
CREATE OR REPLACE FUNCTION cccp.staging() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TEMP TABLE IF NOT EXISTS source_in (
		name text, url text, status text, error text,
		alive_at timestamptz, clock_skew_s double precision,
		server_version text, complete boolean, resumed boolean,
		stale_after_s double precision, source_now timestamptz,
		defects jsonb, zone_s int, clock_error_s double precision
	) ON COMMIT DELETE ROWS;
	EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS agent_in'
	    ' ON COMMIT DELETE ROWS AS'
	    ' SELECT %s, NULL::timestamptz AS seen_at FROM cccp.agent'
	    ' WITH NO DATA', cccp_private.field_list('cccp.agent', '{name}'));
	EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS queue_in'
	    ' ON COMMIT DELETE ROWS AS SELECT %s FROM cccp.queue'
	    ' WITH NO DATA', cccp_private.field_list('cccp.queue', '{name}'));
	EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS call_in'
	    ' ON COMMIT DELETE ROWS AS SELECT %s, true AS present FROM cccp.call'
	    ' WITH NO DATA', cccp_private.field_list('cccp.call', '{name}'));

	-- Results of a step that later steps of cccp.flush() use.
	-- since: start of the state; since_known: something tells it (see
	-- cccp.agent); task_news: the queue of the call in hand may be another
	-- one.  The others are those of state_todo; action is null when the
	-- open interval stays as it is.
	CREATE TEMP TABLE IF NOT EXISTS agent_todo (
		login text, agent_id int, is_new boolean, kind text,
		state text, since timestamptz, since_known boolean,
		task_news boolean, mode text,
		mode_label text COLLATE cccp.french, action text,
		start timestamptz, open_since timestamptz,
		before timestamptz
	) ON COMMIT DELETE ROWS;
	-- See 32-flush-state.sql.
	CREATE TEMP TABLE IF NOT EXISTS state_todo (
		agent_id int, action text, state text, mode text,
		mode_label text, gap boolean, since timestamptz,
		state_since timestamptz, open_since timestamptz,
		before timestamptz
	) ON COMMIT DELETE ROWS;
	-- staged: the row of call_in; stored_at: queued_at of the stored row,
	-- null for a new call; guessed: queued_at is a guess.
	CREATE TEMP TABLE IF NOT EXISTS call_todo (
		staged tid, call_key text, gone boolean, stored_at timestamptz,
		queued_at timestamptz, guessed boolean, agent_id int,
		old_agent_id int
	) ON COMMIT DELETE ROWS;
END $$;
COMMENT ON FUNCTION cccp.staging() IS
    'Creates the temporary tables that cccp.flush() reads: source_in,'
    ' agent_in, queue_in and call_in. Call it once per connection; calling it'
    ' again does no harm.';
GRANT EXECUTE ON FUNCTION cccp.staging TO cccp_poller;
