-- 005-queue.sql: the queues of each source, now and once a minute.

SET LOCAL ROLE cccp_owner;

CREATE TABLE cccp.queue (
	queue_id	int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	source_id	int NOT NULL REFERENCES cccp.source,
	object_id	bigint,
	name		text NOT NULL
	    CONSTRAINT queue_name_check CHECK (name <> ''),
	display_name	text COLLATE cccp.french,
	label		text COLLATE cccp.french NOT NULL GENERATED ALWAYS AS
	    (coalesce(display_name, substring(name FROM '__(.+)$'), name))
	    STORED,
	type		text,
	priority	double precision,
	hidden		boolean NOT NULL GENERATED ALWAYS AS
	    (starts_with(name, 'VQ_') OR position('cdep:' IN name) > 0
	    OR coalesce(type = 'user', false)) STORED,
	present		boolean NOT NULL DEFAULT true,
	latent_sessions	int,
	logged_sessions	int,
	working_sessions int,
	withdrawn_sessions int,
	outbound_sessions int,
	supervision_sessions int,
	running_tasks	int,
	waiting_tasks	int,
	managed_tasks	bigint,
	failed_tasks	bigint,
	max_waiting	bigint,
	max_estimated_waiting bigint,
	not_manageable_with_latent bigint,
	not_manageable_without_latent bigint,
	contact_seconds	double precision,
	contact_seconds_max double precision,
	waiting_seconds	double precision,
	waiting_seconds_max double precision,
	oldest_contact_at timestamptz,
	oldest_waiting_at timestamptz,
	generation	bigint NOT NULL,
	changed_at	timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT queue_name_key UNIQUE (source_id, name)
) WITH (fillfactor = 50);
COMMENT ON TABLE cccp.queue IS
    'Queues of each source, as last reported. A value that the server does not'
    ' report is null. Counters and totals start at the server''s midnight. For'
    ' queries prefer cccp_v1.queue.';
COMMENT ON COLUMN cccp.queue.queue_id IS
    'Key of the queue in this database; never reused.';
COMMENT ON COLUMN cccp.queue.source_id IS 'Source of the queue.';
COMMENT ON COLUMN cccp.queue.object_id IS
    'The server''s number for the queue; changes when the server restarts.';
COMMENT ON COLUMN cccp.queue.name IS
    'Technical name, unique in its source; the stable name of the queue.';
COMMENT ON COLUMN cccp.queue.display_name IS 'Display name, as reported.';
COMMENT ON COLUMN cccp.queue.label IS
    'Display name; without one, the part of the name after «__».';
COMMENT ON COLUMN cccp.queue.type IS 'Type of the queue, as reported.';
COMMENT ON COLUMN cccp.queue.priority IS 'Priority, as reported.';
COMMENT ON COLUMN cccp.queue.hidden IS
    'True for a technical queue, which boards do not show: its name begins'
    ' with VQ_ or contains cdep:, or its type is user.';
COMMENT ON COLUMN cccp.queue.present IS
    'False when the server no longer lists the queue.';
COMMENT ON COLUMN cccp.queue.latent_sessions IS
    'Agents of the queue who are not logged in but could be.';
COMMENT ON COLUMN cccp.queue.logged_sessions IS 'Agents logged in.';
COMMENT ON COLUMN cccp.queue.working_sessions IS 'Agents with a call.';
COMMENT ON COLUMN cccp.queue.withdrawn_sessions IS 'Agents withdrawn.';
COMMENT ON COLUMN cccp.queue.outbound_sessions IS 'Agents in outbound mode.';
COMMENT ON COLUMN cccp.queue.supervision_sessions IS 'Supervisors logged in.';
COMMENT ON COLUMN cccp.queue.running_tasks IS 'Calls in the queue.';
COMMENT ON COLUMN cccp.queue.waiting_tasks IS 'Calls waiting.';
COMMENT ON COLUMN cccp.queue.managed_tasks IS 'Calls answered.';
COMMENT ON COLUMN cccp.queue.failed_tasks IS 'Calls not answered.';
COMMENT ON COLUMN cccp.queue.max_waiting IS
    'Calls turned away: they waited too long.';
COMMENT ON COLUMN cccp.queue.max_estimated_waiting IS
    'Calls turned away: their estimated wait was too long.';
COMMENT ON COLUMN cccp.queue.not_manageable_with_latent IS
    'Calls turned away: no agent was logged in, but some could be.';
COMMENT ON COLUMN cccp.queue.not_manageable_without_latent IS
    'Calls turned away: the queue had no agent at all.';
COMMENT ON COLUMN cccp.queue.contact_seconds IS 'Total talk time, in seconds.';
COMMENT ON COLUMN cccp.queue.contact_seconds_max IS
    'Longest talk time of a call, in seconds.';
COMMENT ON COLUMN cccp.queue.waiting_seconds IS
    'Total waiting time, in seconds.';
COMMENT ON COLUMN cccp.queue.waiting_seconds_max IS
    'Longest waiting time of a call since midnight, in seconds.';
COMMENT ON COLUMN cccp.queue.oldest_contact_at IS
    'Start of the longest call in progress.';
COMMENT ON COLUMN cccp.queue.oldest_waiting_at IS
    'When the call that has waited longest, and still waits, began to wait.';
COMMENT ON COLUMN cccp.queue.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp.queue.changed_at IS
    'When the row last changed, by the clock of the database.';
GRANT SELECT ON cccp.queue TO cccp_reader;
GRANT SELECT, INSERT, UPDATE ON cccp.queue TO cccp_poller;

CREATE TABLE cccp.queue_sample (
	queue_id	int NOT NULL REFERENCES cccp.queue,
	minute		timestamptz NOT NULL CONSTRAINT
	    queue_sample_minute_check
	    CHECK (minute = date_trunc('minute', minute, 'UTC')),
	logged_sessions	int,
	working_sessions int,
	withdrawn_sessions int,
	running_tasks	int,
	waiting_tasks	int,
	managed_tasks	bigint,
	failed_tasks	bigint,
	turned_away	bigint,
	contact_seconds	double precision,
	waiting_seconds	double precision,
	oldest_waiting_at timestamptz,
	PRIMARY KEY (queue_id, minute)
) PARTITION BY RANGE (minute);
COMMENT ON TABLE cccp.queue_sample IS
    'Values of each queue, once a minute while its source is live, for charts.'
    ' Partitioned by month (UTC).';
COMMENT ON COLUMN cccp.queue_sample.queue_id IS 'Queue.';
COMMENT ON COLUMN cccp.queue_sample.minute IS
    'Minute, by the clock of the database.';
COMMENT ON COLUMN cccp.queue_sample.logged_sessions IS 'Agents logged in.';
COMMENT ON COLUMN cccp.queue_sample.working_sessions IS 'Agents with a call.';
COMMENT ON COLUMN cccp.queue_sample.withdrawn_sessions IS
    'Agents withdrawn.';
COMMENT ON COLUMN cccp.queue_sample.running_tasks IS 'Calls in the queue.';
COMMENT ON COLUMN cccp.queue_sample.waiting_tasks IS 'Calls waiting.';
COMMENT ON COLUMN cccp.queue_sample.managed_tasks IS
    'Calls answered since the server''s midnight.';
COMMENT ON COLUMN cccp.queue_sample.failed_tasks IS
    'Calls not answered since the server''s midnight.';
COMMENT ON COLUMN cccp.queue_sample.turned_away IS
    'Calls turned away since the server''s midnight, for all four reasons.';
COMMENT ON COLUMN cccp.queue_sample.contact_seconds IS
    'Total talk time since the server''s midnight, in seconds.';
COMMENT ON COLUMN cccp.queue_sample.waiting_seconds IS
    'Total waiting time since the server''s midnight, in seconds.';
COMMENT ON COLUMN cccp.queue_sample.oldest_waiting_at IS
    'When the call that had waited longest, and still waited, began to wait.';
GRANT SELECT ON cccp.queue_sample TO cccp_reader;
GRANT SELECT, INSERT ON cccp.queue_sample TO cccp_poller;
