-- 006-call.sql: calls, active and ended.

SET LOCAL ROLE cccp_owner;

CREATE TABLE cccp.call (
	source_id	int NOT NULL REFERENCES cccp.source
	    DEFERRABLE INITIALLY DEFERRED,
	call_key	text NOT NULL
	    CONSTRAINT call_call_key_check CHECK (call_key <> ''),
	direction	text NOT NULL CONSTRAINT call_direction_check
	    CHECK (direction IN ('inbound', 'outbound')),
	object_id	bigint,
	session_id	text,
	queue		text,
	queue_label	text COLLATE cccp.french,
	queue_type	text,
	agent_id	int REFERENCES cccp.agent
	    DEFERRABLE INITIALLY DEFERRED,
	agent_login	text,
	agent_profile	text COLLATE cccp.french,
	caller		text,
	callee		text,
	queued_at	timestamptz NOT NULL,
	queued_guessed	boolean NOT NULL DEFAULT false,
	unqueued_at	timestamptz,
	managed_at	timestamptz,
	post_managed_at	timestamptz,
	ended_at	timestamptz,
	lost		boolean NOT NULL DEFAULT false,
	generation	bigint NOT NULL,
	changed_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (source_id, call_key, queued_at),
	CONSTRAINT call_lost_check CHECK (NOT lost OR ended_at IS NOT NULL)
) PARTITION BY RANGE (queued_at);
CREATE INDEX call_active_idx ON cccp.call (source_id, agent_id)
    WHERE ended_at IS NULL;
CREATE INDEX call_agent_idx ON cccp.call (agent_id, queued_at);
CREATE INDEX call_queued_idx ON cccp.call (queued_at);
COMMENT ON TABLE cccp.call IS
    'Calls: one row for each time that a call passes through a queue, and one'
    ' for each outbound call. A call is active while ended_at is null. Times'
    ' are by the source''s clock. Partitioned by month (UTC) of queued_at.';
COMMENT ON COLUMN cccp.call.source_id IS 'Source of the call.';
COMMENT ON COLUMN cccp.call.call_key IS
    'Name of the call: the server''s task id, or a key that the poller makes'
    ' for an outbound call.';
COMMENT ON COLUMN cccp.call.direction IS 'inbound or outbound.';
COMMENT ON COLUMN cccp.call.object_id IS
    'The server''s number for the call; changes when the server restarts.';
COMMENT ON COLUMN cccp.call.session_id IS
    'The server''s name for the call session.';
COMMENT ON COLUMN cccp.call.queue IS 'Technical name of the queue.';
COMMENT ON COLUMN cccp.call.queue_label IS 'Display name of the queue.';
COMMENT ON COLUMN cccp.call.queue_type IS 'Type of the queue, as reported.';
COMMENT ON COLUMN cccp.call.agent_id IS
    'Agent who has the call, or had it last; null while there is none.';
COMMENT ON COLUMN cccp.call.agent_login IS 'Login of that agent, as reported.';
COMMENT ON COLUMN cccp.call.agent_profile IS
    'Profile that the agent had during the call.';
COMMENT ON COLUMN cccp.call.caller IS 'Number of the caller.';
COMMENT ON COLUMN cccp.call.callee IS 'Number that was called.';
COMMENT ON COLUMN cccp.call.queued_at IS
    't0: when the call entered the queue, or was dialled.';
COMMENT ON COLUMN cccp.call.queued_guessed IS
    'True while the server has reported no date for queued_at, which is then'
    ' the earliest known date of the call.';
COMMENT ON COLUMN cccp.call.unqueued_at IS
    't1: when the call stopped waiting.';
COMMENT ON COLUMN cccp.call.managed_at IS 't2: when the call was answered.';
COMMENT ON COLUMN cccp.call.post_managed_at IS 't3: when wrap-up began.';
COMMENT ON COLUMN cccp.call.ended_at IS
    't4: when the call ended; null while it is active.';
COMMENT ON COLUMN cccp.call.lost IS
    'True when the server stopped listing the call without reporting its end.'
    ' Then ended_at is when the poller noticed that.';
COMMENT ON COLUMN cccp.call.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp.call.changed_at IS
    'When the row last changed, by the clock of the database.';
GRANT SELECT ON cccp.call TO cccp_reader;
GRANT SELECT, INSERT, UPDATE ON cccp.call TO cccp_poller;
