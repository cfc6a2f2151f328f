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
	CREATE TEMP TABLE IF NOT EXISTS agent_in ON COMMIT DELETE ROWS AS
	SELECT login, object_id, name, profile, team, phone_uri, logged, mode,
	    mode_label, mode_since, mode_started_at, interface, task,
	    task_label, task_started_at, task_managed_at, task_ended_at,
	    busy_count, login_at, logout_at, session_id, last_record,
	    record_active, spies, queues, total_inbound, lost_inbound,
	    managed_inbound, total_tasks, transferred_inbound,
	    redirected_inbound, contact_seconds_max, held_seconds_max,
	    ringing_seconds_max, pause_seconds, outbound_seconds,
	    held_seconds, ringing_seconds, contact_seconds, outbound_call_id,
	    outbound_state, outbound_hold, outbound_started_at,
	    outbound_contact_at, outbound_target, present,
	    NULL::timestamptz AS seen_at
	FROM cccp.agent WITH NO DATA;
	CREATE TEMP TABLE IF NOT EXISTS queue_in ON COMMIT DELETE ROWS AS
	SELECT name, object_id, display_name, type, priority, latent_sessions,
	    logged_sessions, working_sessions, withdrawn_sessions,
	    outbound_sessions, supervision_sessions, running_tasks,
	    waiting_tasks, managed_tasks, failed_tasks, max_waiting,
	    max_estimated_waiting, not_manageable_with_latent,
	    not_manageable_without_latent, contact_seconds,
	    contact_seconds_max, waiting_seconds, waiting_seconds_max,
	    oldest_contact_at, oldest_waiting_at, present
	FROM cccp.queue WITH NO DATA;
	CREATE TEMP TABLE IF NOT EXISTS call_in ON COMMIT DELETE ROWS AS
	SELECT call_key, direction, object_id, session_id, queue, queue_label,
	    queue_type, agent_login, agent_profile, caller, callee, queued_at,
	    unqueued_at, managed_at, post_managed_at, ended_at,
	    true AS present
	FROM cccp.call WITH NO DATA;

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
