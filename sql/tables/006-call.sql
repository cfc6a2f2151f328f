-- 006-call.sql: calls, active and over.

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
    'Calls: one row per passage of a call through a queue, or outbound call.'
    ' Active while ended_at is null. Times are those of the source''s clock.'
    ' Partitioned by month (UTC) of queued_at.';
COMMENT ON COLUMN cccp.call.source_id IS 'Source that the call is of.';
COMMENT ON COLUMN cccp.call.call_key IS
    'What the call is known by: the server''s task id, or the poller''s own'
    ' key for an outbound call.';
COMMENT ON COLUMN cccp.call.direction IS 'inbound or outbound.';
COMMENT ON COLUMN cccp.call.object_id IS
    'The server''s number for it; changes when it restarts.';
COMMENT ON COLUMN cccp.call.session_id IS
    'The server''s name for the call session.';
COMMENT ON COLUMN cccp.call.queue IS 'Queue, technical name.';
COMMENT ON COLUMN cccp.call.queue_label IS 'Queue, name for people.';
COMMENT ON COLUMN cccp.call.queue_type IS 'Kind of queue, as told.';
COMMENT ON COLUMN cccp.call.agent_id IS
    'Agent who has it, or had it last; null while there is none.';
COMMENT ON COLUMN cccp.call.agent_login IS 'Login of that agent, as told.';
COMMENT ON COLUMN cccp.call.agent_profile IS 'Profile of that agent then.';
COMMENT ON COLUMN cccp.call.caller IS 'Number of the caller.';
COMMENT ON COLUMN cccp.call.callee IS 'Number that was called.';
COMMENT ON COLUMN cccp.call.queued_at IS
    't0: entered the queue, or was dialled.';
COMMENT ON COLUMN cccp.call.queued_guessed IS
    'True while the server has given no date for that: then it is the'
    ' earliest moment known.';
COMMENT ON COLUMN cccp.call.unqueued_at IS 't1: stopped waiting.';
COMMENT ON COLUMN cccp.call.managed_at IS 't2: was answered.';
COMMENT ON COLUMN cccp.call.post_managed_at IS 't3: wrap-up began.';
COMMENT ON COLUMN cccp.call.ended_at IS 't4: ended; null: it goes on.';
COMMENT ON COLUMN cccp.call.lost IS
    'True when it vanished from the server without an end: then ended_at is'
    ' when that was seen.';
COMMENT ON COLUMN cccp.call.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp.call.changed_at IS 'When that was, by our clock.';
GRANT SELECT ON cccp.call TO cccp_reader;
GRANT SELECT, INSERT, UPDATE ON cccp.call TO cccp_poller;
