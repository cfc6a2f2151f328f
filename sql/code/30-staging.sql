-- 30-staging.sql: where the poller puts what a source says.
--
-- Temporary tables of its connection, emptied by each commit.  They have no
-- index: an index would be rebuilt, and plans thrown away, at each commit.

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
    'What the steps of cccp.flush() know: the source and its lists, the'
    ' generation to write, the source''s time, the earliest and the latest'
    ' moment that history takes, whether the source is live, whether staging'
    ' holds all of it, and whether a gap has come to its end.';

CREATE OR REPLACE FUNCTION cccp.staging() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	CREATE TEMP TABLE IF NOT EXISTS source_in (
		name text, url text, status text, error text,
		alive_at timestamptz, clock_skew_s double precision,
		server_version text, complete boolean, resumed boolean,
		stale_after_s double precision, source_now timestamptz
	) ON COMMIT DELETE ROWS;
	EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS agent_in'
	    ' ON COMMIT DELETE ROWS AS'
	    ' SELECT %s, NULL::timestamptz AS seen_at FROM cccp.agent'
	    ' WITH NO DATA', cccp_private.field_list('cccp.agent', '%I'));
	EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS queue_in'
	    ' ON COMMIT DELETE ROWS AS SELECT %s FROM cccp.queue'
	    ' WITH NO DATA', cccp_private.field_list('cccp.queue', '%I'));
	EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS call_in'
	    ' ON COMMIT DELETE ROWS AS SELECT %s, true AS present FROM cccp.call'
	    ' WITH NO DATA', cccp_private.field_list('cccp.call', '%I'));

	-- What flush() notes on its way.
	CREATE TEMP TABLE IF NOT EXISTS agent_todo (
		login text, agent_id int, is_new boolean, kind text,
		state text, since timestamptz, dated boolean, news boolean,
		resumed_at timestamptz, seen timestamptz, mode text,
		mode_label text COLLATE cccp.french
	) ON COMMIT DELETE ROWS;
	CREATE TEMP TABLE IF NOT EXISTS state_todo (
		agent_id int, action text, state text, mode text,
		mode_label text, gap boolean, since timestamptz,
		open_since timestamptz, gap_from timestamptz
	) ON COMMIT DELETE ROWS;
	CREATE TEMP TABLE IF NOT EXISTS call_todo (
		staged tid, call_key text, gone boolean, stored_at timestamptz,
		queued_at timestamptz, guessed boolean, agent_id int,
		old_agent_id int
	) ON COMMIT DELETE ROWS;
END $$;
COMMENT ON FUNCTION cccp.staging() IS
    'Creates the temporary tables that cccp.flush() reads: source_in, agent_in,'
    ' queue_in, call_in. Once a connection; again does no harm.';
GRANT EXECUTE ON FUNCTION cccp.staging TO cccp_poller;
