-- 002-source.sql: the clock of generations, the sources, the poller's log.

SET LOCAL ROLE cccp_owner;

CREATE TABLE cccp.clock (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	generation	bigint NOT NULL DEFAULT 0 CHECK (generation >= 0),
	history_from	timestamptz NOT NULL DEFAULT
	    date_trunc('month', now() - interval '13 months', 'UTC'),
	purged_at	timestamptz
) WITH (fillfactor = 10);
COMMENT ON TABLE cccp.clock IS
    'One row: the generation, which grows by one with each flush that changes'
    ' something. Caches, ETags and event streams go by it.';
COMMENT ON COLUMN cccp.clock.one IS 'Always true: there is one row.';
COMMENT ON COLUMN cccp.clock.generation IS 'Number of the last change.';
COMMENT ON COLUMN cccp.clock.history_from IS
    'History older than this is not kept; moved by cccp.keep_partitions().';
COMMENT ON COLUMN cccp.clock.purged_at IS
    'When cccp.keep_partitions() last dropped all history that was too old, or'
    ' found none; null: never.';
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
    'CCCP dispatch servers: how each is, since when, and how fresh it is.'
    ' Times of the source''s own clock are marked so; the others are ours.';
COMMENT ON COLUMN cccp.source.source_id IS 'Our key.';
COMMENT ON COLUMN cccp.source.name IS 'Short name, as the poller was told.';
COMMENT ON COLUMN cccp.source.url IS 'Where it is, without secrets.';
COMMENT ON COLUMN cccp.source.status IS
    'connecting; live; stale: silent for too long; down: no connection.';
COMMENT ON COLUMN cccp.source.status_since IS 'When the status began.';
COMMENT ON COLUMN cccp.source.alive_at IS
    'Last proof of life, by the source''s clock.';
COMMENT ON COLUMN cccp.source.gap_since IS
    'Since when nothing is known of its agents, by the source''s clock; null'
    ' while it is live.';
COMMENT ON COLUMN cccp.source.last_sync IS
    'Last flush; a flush that changes nothing is noted every 2 s at most.';
COMMENT ON COLUMN cccp.source.last_change IS
    'Last flush that changed something.';
COMMENT ON COLUMN cccp.source.error IS
    'What is wrong, for an operator; null when live.';
COMMENT ON COLUMN cccp.source.error_at IS
    'When the last error came up; kept when it is over.';
COMMENT ON COLUMN cccp.source.generation IS
    'Generation that last changed anything of this source.';
COMMENT ON COLUMN cccp.source.clock_skew_s IS
    'Seconds that its clock is ahead of ours; half a second less, or a twentieth'
    ' more, is no change.';
COMMENT ON COLUMN cccp.source.stale_after IS
    'Silence after which what is known counts as unknown; longer for a source'
    ' that is asked only now and then, as the poller says.';
COMMENT ON COLUMN cccp.source.supervisor_profiles IS
    'Profiles whose users are supervisors; yours to edit.';
COMMENT ON COLUMN cccp.source.hidden_logins IS
    'Users that are kept but not shown; yours to edit.';
COMMENT ON COLUMN cccp.source.server_version IS 'As the server says it.';
COMMENT ON COLUMN cccp.source.sampled_at IS
    'Minute of the last row in queue_sample.';
COMMENT ON COLUMN cccp.source.retired IS
    'No poller follows it any more: the views leave it out, the tables keep its'
    ' history. See cccp.retire_source(); a poller that writes it brings it back.';
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
    'The poller''s latest flushes that changed something (some 10 000).';
COMMENT ON COLUMN cccp.sync.generation IS 'Generation that it made.';
COMMENT ON COLUMN cccp.sync.source_id IS 'Whose changes they were.';
COMMENT ON COLUMN cccp.sync.at IS 'When its transaction began.';
COMMENT ON COLUMN cccp.sync.duration_ms IS
    'How long cccp.flush() took, in milliseconds.';
COMMENT ON COLUMN cccp.sync.rows_changed IS 'Rows that it wrote.';
GRANT SELECT ON cccp.sync TO cccp_reader;
GRANT SELECT, INSERT, DELETE ON cccp.sync TO cccp_poller;
