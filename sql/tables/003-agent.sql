-- 003-agent.sql: the CCCP users of each source, as last reported.
--
-- Columns that change often have no index, and the fillfactor leaves free space
-- in each page, so that updates are HOT.  Foreign keys are checked at commit,
-- when the planner settings of cccp.flush() no longer apply.

SET LOCAL ROLE cccp_owner;

CREATE DOMAIN cccp.state AS text CONSTRAINT state_check CHECK (VALUE IN (
    'available', 'ringing', 'talking', 'held', 'outbound', 'other_call',
    'wrapup', 'paused', 'withdrawn', 'supervising', 'offline', 'unknown'));
COMMENT ON DOMAIN cccp.state IS
    'State of an agent: available, ringing, talking, held (on hold), outbound,'
    ' other_call (busy, but not with a call of a queue), wrapup, paused,'
    ' withdrawn, supervising, offline or unknown.';

CREATE FUNCTION cccp.phone(uri text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN substring(regexp_replace(uri, '^[A-Za-z][A-Za-z0-9+.-]*:', '')
    FROM '^[^@;?]+');
COMMENT ON FUNCTION cccp.phone(text) IS
    'The number or name in a tel: or sip: address, without scheme and host.';
GRANT EXECUTE ON FUNCTION cccp.phone TO cccp_poller, cccp_reader;

CREATE TABLE cccp.agent (
	agent_id	int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	source_id	int NOT NULL REFERENCES cccp.source
	    DEFERRABLE INITIALLY DEFERRED,
	object_id	bigint,
	login		text NOT NULL
	    CONSTRAINT agent_login_check CHECK (login <> ''),
	name		text COLLATE cccp.french NOT NULL DEFAULT '',
	kind		text NOT NULL CONSTRAINT agent_kind_check
	    CHECK (kind IN ('agent', 'supervisor')),
	hidden		boolean NOT NULL DEFAULT false,
	present		boolean NOT NULL DEFAULT true,
	profile		text COLLATE cccp.french,
	team		text COLLATE cccp.french,
	phone_uri	text,
	phone		text GENERATED ALWAYS AS (cccp.phone(phone_uri)) STORED,
	logged		boolean,
	state		cccp.state NOT NULL,
	state_since	timestamptz NOT NULL,
	mode		text,
	mode_label	text COLLATE cccp.french,
	mode_since	timestamptz,
	mode_started_at	timestamptz,
	interface	text,
	task		text,
	task_label	text COLLATE cccp.french,
	task_started_at	timestamptz,
	task_managed_at	timestamptz,
	task_ended_at	timestamptz,
	busy_count	int,
	login_at	timestamptz,
	logout_at	timestamptz,
	session_id	text,
	last_record	text,
	record_active	int,
	spies		text[],
	queues		text[],
	call_queue	text COLLATE cccp.french,
	total_inbound	bigint,
	lost_inbound	bigint,
	managed_inbound	bigint,
	total_tasks	bigint,
	transferred_inbound bigint,
	redirected_inbound bigint,
	contact_seconds_max double precision,
	held_seconds_max double precision,
	ringing_seconds_max double precision,
	pause_seconds	double precision,
	outbound_seconds double precision,
	held_seconds	double precision,
	ringing_seconds	double precision,
	contact_seconds	double precision,
	outbound_call_id text,
	outbound_state	text,
	outbound_hold	boolean,
	outbound_started_at timestamptz,
	outbound_contact_at timestamptz,
	outbound_target	text,
	generation	bigint NOT NULL,
	changed_at	timestamptz NOT NULL DEFAULT now(),
	search_key	text GENERATED ALWAYS AS (cccp.fold(login || ' ' || name
	    || ' ' || coalesce(cccp.phone(phone_uri), '')
	    || ' ' || coalesce(profile, '')
	    || ' ' || coalesce(team, ''))) STORED,
	CONSTRAINT agent_login_key UNIQUE (source_id, login)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05);

-- A word may be anywhere in the key: LIKE '%word%'.
DO $$
BEGIN
	EXECUTE format('CREATE INDEX agent_search_key_idx ON cccp.agent'
	    ' USING gin (search_key %I.gin_trgm_ops)',
	    (SELECT extnamespace::regnamespace::name FROM pg_extension
	    WHERE extname = 'pg_trgm'));
END $$;

-- Boards are sorted by these columns, which rarely change.
CREATE INDEX agent_name_idx ON cccp.agent (name, agent_id);
CREATE INDEX agent_login_idx ON cccp.agent
    (login COLLATE cccp.french, agent_id);

-- Agents are stored in the order of their names, since boards are sorted by name
-- and searches find agents of the same name: the rows of an answer share pages.
-- New agents are appended.  CLUSTER cccp.agent restores the order when needed;
-- it locks the table, for about one second with 100 000 agents.
ALTER TABLE cccp.agent CLUSTER ON agent_name_idx;

COMMENT ON TABLE cccp.agent IS
    'CCCP users of each source, agents and supervisors, as last reported: one'
    ' row per user. A value that the server does not report is null, never 0.'
    ' Times are by the source''s clock. Counters and totals start at the'
    ' server''s midnight. For queries prefer cccp_v1.user, which takes account'
    ' of stale sources.';
COMMENT ON COLUMN cccp.agent.agent_id IS
    'Key of the user in this database; never reused.';
COMMENT ON COLUMN cccp.agent.source_id IS 'Source of the user.';
COMMENT ON COLUMN cccp.agent.object_id IS
    'The server''s number for the user; changes when the server restarts.';
COMMENT ON COLUMN cccp.agent.login IS
    'Login, unique in its source; the stable name of the user.';
COMMENT ON COLUMN cccp.agent.name IS 'Display name; may be empty.';
COMMENT ON COLUMN cccp.agent.kind IS
    'supervisor: the profile is one of source.supervisor_profiles, or the mode'
    ' or interface is supervision. Else agent.';
COMMENT ON COLUMN cccp.agent.hidden IS
    'True for a system account, which boards do not show; see'
    ' source.hidden_logins.';
COMMENT ON COLUMN cccp.agent.present IS
    'False when the server no longer lists the user.';
COMMENT ON COLUMN cccp.agent.profile IS 'Profile of the last session.';
COMMENT ON COLUMN cccp.agent.team IS
    'Path of the group, without the leading slash.';
COMMENT ON COLUMN cccp.agent.phone_uri IS
    'Phone address of the session, as reported.';
COMMENT ON COLUMN cccp.agent.phone IS
    'Phone number: phone_uri without scheme and host.';
COMMENT ON COLUMN cccp.agent.logged IS 'Whether the user is logged in.';
COMMENT ON COLUMN cccp.agent.state IS
    'State when the source last reported the user, by cccp.state_rule.';
COMMENT ON COLUMN cccp.agent.state_since IS
    'Start of the state; the server''s own date where it reports one.';
COMMENT ON COLUMN cccp.agent.mode IS
    'CCCP''s state of the user (inbound, sortant, pause…), as reported.';
COMMENT ON COLUMN cccp.agent.mode_label IS
    'Display name of the mode, such as Disponible; in a pause, its reason.';
COMMENT ON COLUMN cccp.agent.mode_since IS 'When the mode last changed.';
COMMENT ON COLUMN cccp.agent.mode_started_at IS
    'Start of the last mode period that the server recorded.';
COMMENT ON COLUMN cccp.agent.interface IS
    'CCCP''s current_mode of the session: inbound, supervision, unplug…';
COMMENT ON COLUMN cccp.agent.task IS
    'State of the last call, as reported. It counts while busy_count is 1 or'
    ' more.';
COMMENT ON COLUMN cccp.agent.task_label IS 'Display name of the task.';
COMMENT ON COLUMN cccp.agent.task_started_at IS
    'When the last call was offered.';
COMMENT ON COLUMN cccp.agent.task_managed_at IS
    'When the last call was answered.';
COMMENT ON COLUMN cccp.agent.task_ended_at IS 'When the last call ended.';
COMMENT ON COLUMN cccp.agent.busy_count IS 'Calls in hand.';
COMMENT ON COLUMN cccp.agent.login_at IS 'Start of the last session.';
COMMENT ON COLUMN cccp.agent.logout_at IS 'End of the last session.';
COMMENT ON COLUMN cccp.agent.session_id IS
    'The server''s name for the session.';
COMMENT ON COLUMN cccp.agent.last_record IS
    'Last recording: JSON text, as reported.';
COMMENT ON COLUMN cccp.agent.record_active IS
    'Recording: an odd number means now, above 1 means automatic.';
COMMENT ON COLUMN cccp.agent.spies IS 'Logins of the users who listen in.';
COMMENT ON COLUMN cccp.agent.queues IS
    'Queues that the user serves now, sorted.';
COMMENT ON COLUMN cccp.agent.call_queue IS
    'Display name of the queue of the call in hand; null without a call.';
COMMENT ON COLUMN cccp.agent.total_inbound IS 'Inbound calls offered.';
COMMENT ON COLUMN cccp.agent.lost_inbound IS 'Inbound calls missed.';
COMMENT ON COLUMN cccp.agent.managed_inbound IS 'Inbound calls answered.';
COMMENT ON COLUMN cccp.agent.total_tasks IS 'Calls of all kinds.';
COMMENT ON COLUMN cccp.agent.transferred_inbound IS 'Calls transferred.';
COMMENT ON COLUMN cccp.agent.redirected_inbound IS 'Calls redirected.';
COMMENT ON COLUMN cccp.agent.contact_seconds_max IS
    'Longest talk time of a call, in seconds.';
COMMENT ON COLUMN cccp.agent.held_seconds_max IS
    'Longest hold time of a call, in seconds.';
COMMENT ON COLUMN cccp.agent.ringing_seconds_max IS
    'Longest ringing time of a call, in seconds.';
COMMENT ON COLUMN cccp.agent.pause_seconds IS 'Total pause time, in seconds.';
COMMENT ON COLUMN cccp.agent.outbound_seconds IS
    'Total time in outbound mode, in seconds.';
COMMENT ON COLUMN cccp.agent.held_seconds IS 'Total hold time, in seconds.';
COMMENT ON COLUMN cccp.agent.ringing_seconds IS
    'Total ringing time, in seconds.';
COMMENT ON COLUMN cccp.agent.contact_seconds IS 'Total talk time, in seconds.';
COMMENT ON COLUMN cccp.agent.outbound_call_id IS
    'The server''s name for the outbound call.';
COMMENT ON COLUMN cccp.agent.outbound_state IS
    'Progress of the outbound call, as reported; disconnected when it is over.';
COMMENT ON COLUMN cccp.agent.outbound_hold IS
    'Whether the outbound call is on hold.';
COMMENT ON COLUMN cccp.agent.outbound_started_at IS
    'When the outbound call was dialled.';
COMMENT ON COLUMN cccp.agent.outbound_contact_at IS
    'When the outbound call was answered.';
COMMENT ON COLUMN cccp.agent.outbound_target IS
    'Whom the outbound call called.';
COMMENT ON COLUMN cccp.agent.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp.agent.changed_at IS
    'When the row last changed, by the clock of the database.';
COMMENT ON COLUMN cccp.agent.search_key IS
    'Login, name, phone, profile and team, folded for searching: search_key'
    ' LIKE cccp.pattern(word).';
GRANT SELECT ON cccp.agent TO cccp_reader;
GRANT SELECT, INSERT, UPDATE ON cccp.agent TO cccp_poller;
GRANT USAGE ON SEQUENCE cccp.agent_agent_id_seq TO cccp_poller;

-- Finds the agents who have been longest in a state without reading all agents.
-- A row has about 60 bytes and is written only when the state changes.
CREATE TABLE cccp.agent_now (
	agent_id	int PRIMARY KEY REFERENCES cccp.agent
	    DEFERRABLE INITIALLY DEFERRED,
	source_id	int NOT NULL,
	state		cccp.state NOT NULL,
	state_since	timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX agent_now_state_idx ON cccp.agent_now
    (source_id, state, state_since, agent_id);
COMMENT ON TABLE cccp.agent_now IS
    'A narrow copy of cccp.agent, for lists ordered by time in state: the'
    ' agents that are present and not hidden. Each flush keeps it current.';
COMMENT ON COLUMN cccp.agent_now.agent_id IS 'The agent.';
COMMENT ON COLUMN cccp.agent_now.source_id IS 'As in cccp.agent.';
COMMENT ON COLUMN cccp.agent_now.state IS 'As in cccp.agent.';
COMMENT ON COLUMN cccp.agent_now.state_since IS 'As in cccp.agent.';
GRANT SELECT ON cccp.agent_now TO cccp_web, cccp_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON cccp.agent_now TO cccp_poller;
