-- 019-life.sql: the record of who looked at whom, how long each class of data
-- is kept, what was dropped, and the mark of calls whose numbers are masked.

-- A schema of its own: cccp_reader reads all tables of cccp, but not these.
SET LOCAL ROLE NONE;
CREATE SCHEMA cccp_audit AUTHORIZATION cccp_owner;
SET LOCAL ROLE cccp_owner;
COMMENT ON SCHEMA cccp_audit IS
    'The record of who looked at the data of a person. No role but the owner'
    ' has rights in it: cccp.log_access() writes it, and auditors read it'
    ' through the board.';

CREATE TABLE cccp_audit.access_log (
	line_id		bigint GENERATED ALWAYS AS IDENTITY,
	at		timestamptz NOT NULL,
	reader		text CONSTRAINT access_log_reader_check
	    CHECK (length(reader) <= 200),
	role		text CONSTRAINT access_log_role_check CHECK
	    (role IN ('wall', 'reader', 'supervisor', 'admin', 'auditor')),
	address		text CONSTRAINT access_log_address_check
	    CHECK (length(address) <= 64),
	action		text NOT NULL CONSTRAINT access_log_action_check CHECK
	    (action IN ('detail', 'history', 'replay', 'calls', 'users',
	    'export', 'person_export', 'ack', 'config', 'audit', 'other')),
	source		text CONSTRAINT access_log_source_check
	    CHECK (length(source) <= 32),
	agent_id	int,
	call_key	text CONSTRAINT access_log_call_key_check
	    CHECK (length(call_key) <= 300),
	query		text CONSTRAINT access_log_query_check
	    CHECK (length(query) <= 2000),
	rows		bigint,
	request_id	text CONSTRAINT access_log_request_id_check
	    CHECK (length(request_id) <= 64),
	PRIMARY KEY (at, line_id)
) PARTITION BY RANGE (at);
CREATE INDEX access_log_agent_idx ON cccp_audit.access_log (agent_id, at)
    WHERE agent_id IS NOT NULL;
CREATE INDEX access_log_reader_idx ON cccp_audit.access_log (reader, at);
COMMENT ON TABLE cccp_audit.access_log IS
    'Who looked at whom: one row per consultation of a person, of calls, of a'
    ' file, and per change of rights. A list is one row with its filter.'
    ' Written by cccp.log_access() only. Partitioned by month (UTC) of at;'
    ' cccp.retention says how long it is kept.';
COMMENT ON COLUMN cccp_audit.access_log.line_id IS 'Number of the row.';
COMMENT ON COLUMN cccp_audit.access_log.at IS
    'When, as the handler said; at most a day before it was written.';
COMMENT ON COLUMN cccp_audit.access_log.reader IS
    'User of the web server who looked; null: nobody had signed in.';
COMMENT ON COLUMN cccp_audit.access_log.role IS
    'Role of the reader: wall, reader, supervisor, admin or auditor.';
COMMENT ON COLUMN cccp_audit.access_log.address IS
    'Network address of the reader, as the web server said.';
COMMENT ON COLUMN cccp_audit.access_log.action IS
    'detail: one person. history: the past of one. replay: the board as it'
    ' was. calls, users: a list. export: a file. person_export: all data of'
    ' one person, for that person. ack: an alert was acknowledged. config:'
    ' rights or rules were changed. audit: this table was read. other: the'
    ' handler named something else.';
COMMENT ON COLUMN cccp_audit.access_log.source IS
    'Name of the source that was looked at; null: all, or none.';
COMMENT ON COLUMN cccp_audit.access_log.agent_id IS
    'Person who was looked at; null for a list, or when there is no such user.';
COMMENT ON COLUMN cccp_audit.access_log.call_key IS
    'Call that was looked at; null for anything else.';
COMMENT ON COLUMN cccp_audit.access_log.query IS
    'Filter of the list, as parameters of a URL.';
COMMENT ON COLUMN cccp_audit.access_log.rows IS 'How many rows were given.';
COMMENT ON COLUMN cccp_audit.access_log.request_id IS
    'The request''s name in the logs of the web server and the handler.';

CREATE TABLE cccp.retention (
	class		text PRIMARY KEY CONSTRAINT retention_class_check
	    CHECK (class IN ('history', 'numbers', 'audit')),
	keep		interval CONSTRAINT retention_keep_check CHECK (keep
	    >= CASE class WHEN 'numbers' THEN interval '1 day'
	    ELSE interval '1 month' END),
	purged_at	timestamptz,
	error		text,
	error_at	timestamptz,
	CONSTRAINT retention_keep_known_check
	    CHECK (keep IS NOT NULL OR class = 'history')
);
COMMENT ON TABLE cccp.retention IS
    'How long each class of data is kept, and when what is older was last'
    ' removed. The poller calls cccp.purge() every six hours.';
COMMENT ON COLUMN cccp.retention.class IS
    'history: states, calls and samples of queues. numbers: the phone numbers'
    ' of calls, which are masked afterwards. audit: cccp_audit.access_log.';
COMMENT ON COLUMN cccp.retention.keep IS
    'How long it is kept. Null, for history only: as long as the poller''s'
    ' option --retention says. You may edit it.';
COMMENT ON COLUMN cccp.retention.purged_at IS
    'When everything that was too old was last removed; null: never.';
COMMENT ON COLUMN cccp.retention.error IS
    'Why the last try failed; null when it succeeded.';
COMMENT ON COLUMN cccp.retention.error_at IS
    'When it first failed since it last succeeded.';
GRANT SELECT ON cccp.retention TO cccp_poller, cccp_web;
INSERT INTO cccp.retention (class, keep) VALUES
('history', NULL), ('numbers', '3 months'), ('audit', '12 months');
UPDATE cccp.retention SET purged_at = c.purged_at FROM cccp.clock c
WHERE class = 'history';

CREATE TABLE cccp.purge_report (
	report_id	bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at		timestamptz NOT NULL DEFAULT now(),
	class		text NOT NULL CONSTRAINT purge_report_class_check
	    CHECK (class IN ('history', 'numbers', 'audit', 'person')),
	relation	text NOT NULL,
	agent_id	int,
	rows		bigint,
	till		timestamptz,
	asked_by	text
);
COMMENT ON TABLE cccp.purge_report IS
    'What was dropped, masked or forgotten, and when. It names no person, and'
    ' is kept.';
COMMENT ON COLUMN cccp.purge_report.report_id IS 'Key.';
COMMENT ON COLUMN cccp.purge_report.at IS 'When.';
COMMENT ON COLUMN cccp.purge_report.class IS
    'As in cccp.retention; person: cccp.forget_agent().';
COMMENT ON COLUMN cccp.purge_report.relation IS
    'The table, or the month of one, that was dropped or changed.';
COMMENT ON COLUMN cccp.purge_report.agent_id IS
    'The user who was forgotten; null for the other classes.';
COMMENT ON COLUMN cccp.purge_report.rows IS
    'How many rows were changed, of numbers in one day; null for a month that'
    ' was dropped whole.';
COMMENT ON COLUMN cccp.purge_report.till IS
    'Everything before this time is gone; null for a person.';
COMMENT ON COLUMN cccp.purge_report.asked_by IS
    'Database role that asked for it; through the web, the reader.';

ALTER TABLE cccp.call ADD blurred boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN cccp.call.blurred IS
    'True when caller and callee were masked for good by cccp.blur_numbers().';
COMMENT ON COLUMN cccp.call.caller IS
    'Number of the caller; masked when it is older than cccp.retention says.';
COMMENT ON COLUMN cccp.call.callee IS
    'Number that was called; masked when it is older than cccp.retention says.';
-- Calls whose numbers are still to be masked.
CREATE INDEX call_number_idx ON cccp.call (queued_at)
    WHERE NOT blurred AND (caller IS NOT NULL OR callee IS NOT NULL);
