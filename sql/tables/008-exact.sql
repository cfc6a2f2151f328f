-- 008-exact.sql: what is needed for exact figures of the day and exact times.
--
-- Two promises of cccp_v1 end here, because they could not be kept and be right.
-- The views are dropped once, and sql/code makes them anew; DROP fails when
-- somebody's own view depends on them, and then nothing is changed.
-- - Durations were whole seconds, so sums of them were too small.  They are
--   double precision now and exact; the handlers round them down.
-- - contact_seconds and contact_seconds_mean of cccp_v1.user were talk without
--   hold, while the same word means talk and hold in cccp_v1.queue and
--   cccp_v1.call.  They are talk_seconds and talk_seconds_mean now.

SET LOCAL ROLE cccp_owner;

DROP VIEW IF EXISTS cccp_v1.user, cccp_v1.user_state, cccp_v1.queue,
    cccp_v1.call;
DROP FUNCTION IF EXISTS
    cccp.seconds_since(timestamptz, double precision),
    cccp.seconds_between(timestamptz, timestamptz);

ALTER TABLE cccp.agent RENAME contact_seconds TO talk_seconds;
COMMENT ON COLUMN cccp.agent.talk_seconds IS
    'Total talk time, without hold, in seconds.';
COMMENT ON COLUMN cccp.agent.contact_seconds_max IS
    'Longest call, from its answer to its end, with hold, in seconds.';
COMMENT ON COLUMN cccp.queue.contact_seconds IS
    'Total time of calls, from their answer to their end, with hold, in'
    ' seconds.';
COMMENT ON COLUMN cccp.queue.contact_seconds_max IS
    'Longest call, from its answer to its end, with hold, in seconds.';
COMMENT ON COLUMN cccp.queue_sample.contact_seconds IS
    'Total time of calls since the server''s midnight, from their answer to'
    ' their end, with hold, in seconds.';

-- The day of a source, which its counters belong to.
ALTER TABLE cccp.source ADD time_zone text NOT NULL
    DEFAULT current_setting('TimeZone'),
    ADD midnight_at timestamptz, ADD passed_at timestamptz;
COMMENT ON COLUMN cccp.source.time_zone IS
    'Time zone whose midnight begins the source''s day; at first that of the'
    ' database. You may edit it.';
COMMENT ON COLUMN cccp.source.midnight_at IS
    'When the source''s day began: its last midnight before alive_at, by its'
    ' own clock. Null: it was never alive.';
COMMENT ON COLUMN cccp.source.passed_at IS
    'The last midnight that the source passed while it was live, by its own'
    ' clock. Null: none yet.';
GRANT UPDATE (midnight_at, passed_at) ON cccp.source TO cccp_poller;

ALTER TABLE cccp.agent ADD listed_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN cccp.agent.listed_at IS
    'Since when the server has listed the user, by the clock of the database.';
ALTER TABLE cccp.queue ADD listed_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN cccp.queue.listed_at IS
    'Since when the server has listed the queue, by the clock of the database.';

-- Start of a state that nobody knows.
ALTER TABLE cccp.agent ADD since_known boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN cccp.agent.since_known IS
    'False when nothing tells the start of the state: the user had it when'
    ' first seen, and the server reports no date for it. Then state_since is'
    ' when the user was first seen.';
ALTER TABLE cccp.agent_now ADD since_known boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN cccp.agent_now.since_known IS 'As in cccp.agent.';
COMMENT ON COLUMN cccp.agent_now.state_since IS
    'As in cccp.agent; the constant epoch when it is not known, so that such'
    ' agents are in the order of agent_id.';
DROP INDEX cccp.agent_now_state_idx;
CREATE INDEX agent_now_state_idx ON cccp.agent_now
    (source_id, state, since_known, state_since, agent_id);
