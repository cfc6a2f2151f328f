-- 002-source.sql: the generation, the sources, the log of flushes.

SET LOCAL ROLE cccp_owner;

CREATE TABLE cccp.clock (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	generation	bigint NOT NULL DEFAULT 0 CHECK (generation >= 0),
	history_from	timestamptz NOT NULL DEFAULT
	    date_trunc('month', now() - interval '13 months', 'UTC'),
	purged_at	timestamptz
) WITH (fillfactor = 10);
COMMENT ON TABLE cccp.clock IS
    'One row: the generation, a number that each flush that changes something'
    ' increases by one. Caches, ETags and event streams compare it.';
COMMENT ON COLUMN cccp.clock.one IS
    'Always true, so that there is only one row.';
COMMENT ON COLUMN cccp.clock.generation IS 'Number of the last change.';
COMMENT ON COLUMN cccp.clock.history_from IS
    'Older history is not kept; cccp.keep_partitions() moves it forward.';
COMMENT ON COLUMN cccp.clock.purged_at IS
    'When cccp.keep_partitions() last succeeded: it dropped all history that'
    ' was too old, or found none. Null: never.';
GRANT SELECT ON cccp.clock TO cccp_poller, cccp_web, cccp_reader;
GRANT UPDATE (generation) ON cccp.clock TO cccp_poller;
INSERT INTO cccp.clock DEFAULT VALUES;

CREATE TABLE cccp.source (
	source_id	int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE
	    CONSTRAINT source_name_check CHECK (name ~ '^[a-z0-9_-]{1,32}$'),
	url		text,
	status		text NOT NULL CONSTRAINT source_status_check
	    CHECK (status IN ('connecting', 'live', 'stale', 'down')),
	status_since	timestamptz NOT NULL DEFAULT now(),
	alive_at	timestamptz,
	gap_since	timestamptz,
	last_sync	timestamptz,
	last_change	timestamptz,
	error		text,
	error_at	timestamptz,
	generation	bigint NOT NULL DEFAULT 0,
	clock_skew_s	double precision NOT NULL DEFAULT 0
	    CONSTRAINT source_clock_skew_s_check
	    CHECK (abs(clock_skew_s) < 1e11),
	stale_after	interval NOT NULL DEFAULT '15 s'
	    CONSTRAINT source_stale_after_check CHECK (stale_after > '0 s'),
	supervisor_profiles text[] NOT NULL DEFAULT '{Superviseur_default}',
	hidden_logins	text[] NOT NULL DEFAULT '{consistent}',
	server_version	text,
	sampled_at	timestamptz,
	retired		boolean NOT NULL DEFAULT false,
	CONSTRAINT source_error_check CHECK (status <> 'live' OR error IS NULL)
) WITH (fillfactor = 50);
COMMENT ON TABLE cccp.source IS
    'CCCP dispatch servers: the status of each, and how current its data is.'
    ' Times are by the clock of the database, unless the comment says that'
    ' they are by the source''s clock.';
COMMENT ON COLUMN cccp.source.source_id IS
    'Key of the source in this database.';
COMMENT ON COLUMN cccp.source.name IS
    'Short name, from the poller''s options.';
COMMENT ON COLUMN cccp.source.url IS 'Address of the server, without secrets.';
COMMENT ON COLUMN cccp.source.status IS
    'connecting; live; stale: silent for too long; down: not connected.';
COMMENT ON COLUMN cccp.source.status_since IS 'When the status began.';
COMMENT ON COLUMN cccp.source.alive_at IS
    'When the source last proved that it was alive, by its own clock.';
COMMENT ON COLUMN cccp.source.gap_since IS
    'Start of the time in which the source did not report its agents, by its'
    ' own clock; null while it is live.';
COMMENT ON COLUMN cccp.source.last_sync IS
    'When the last flush was. A flush that changes nothing is noted every 2 s'
    ' at most.';
COMMENT ON COLUMN cccp.source.last_change IS
    'When the last flush that changed something was.';
COMMENT ON COLUMN cccp.source.error IS
    'Message for the operator; null when the status is live.';
COMMENT ON COLUMN cccp.source.error_at IS
    'When the last error began; kept when the error is over.';
COMMENT ON COLUMN cccp.source.generation IS
    'Generation that last changed anything of this source.';
COMMENT ON COLUMN cccp.source.clock_skew_s IS
    'Seconds by which its clock is ahead of the clock of the database. A new'
    ' value that is less than 0.5 s smaller, or less than 0.05 s larger, is'
    ' ignored.';
COMMENT ON COLUMN cccp.source.stale_after IS
    'Silence after which the data counts as unknown. The poller sets a longer'
    ' one for a source that it asks only at intervals.';
COMMENT ON COLUMN cccp.source.supervisor_profiles IS
    'Profiles whose users are supervisors. You may edit the list.';
COMMENT ON COLUMN cccp.source.hidden_logins IS
    'Users that are stored but not shown. You may edit the list.';
COMMENT ON COLUMN cccp.source.server_version IS
    'Version, as the server reports it.';
COMMENT ON COLUMN cccp.source.sampled_at IS
    'Minute of the last sample in cccp.queue_sample.';
COMMENT ON COLUMN cccp.source.retired IS
    'True when no poller follows the source any more: the views leave it out,'
    ' the tables keep its history. See cccp.retire_source(). A poller that'
    ' writes the source makes it false again.';
GRANT SELECT ON cccp.source TO cccp_poller, cccp_reader;
GRANT INSERT (name, url, status),
    UPDATE (url, status, status_since, alive_at, gap_since, last_sync,
    last_change, error, error_at, generation, clock_skew_s, stale_after,
    server_version, sampled_at, retired) ON cccp.source TO cccp_poller;

CREATE TABLE cccp.sync (
	generation	bigint PRIMARY KEY,
	source_id	int NOT NULL REFERENCES cccp.source,
	at		timestamptz NOT NULL DEFAULT now(),
	duration_ms	double precision NOT NULL,
	rows_changed	bigint NOT NULL CHECK (rows_changed > 0)
);
COMMENT ON TABLE cccp.sync IS
    'The poller''s last 10 000 flushes that changed something.';
COMMENT ON COLUMN cccp.sync.generation IS 'Generation that the flush made.';
COMMENT ON COLUMN cccp.sync.source_id IS 'Source that the flush was for.';
COMMENT ON COLUMN cccp.sync.at IS 'When its transaction began.';
COMMENT ON COLUMN cccp.sync.duration_ms IS
    'How long cccp.flush() took, in milliseconds.';
COMMENT ON COLUMN cccp.sync.rows_changed IS 'Number of rows that it wrote.';
GRANT SELECT ON cccp.sync TO cccp_reader;
GRANT SELECT, INSERT, DELETE ON cccp.sync TO cccp_poller;
