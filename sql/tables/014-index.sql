-- 014-index.sql: indexes for questions about the past.
--
-- They are made while nobody writes: with 3 million calls and 10 million
-- intervals that takes a few minutes.

SET LOCAL ROLE cccp_owner;

-- Intervals that overlap a period begin before its end and end after its
-- begin; those that are open are in agent_state_open_idx.
CREATE INDEX agent_state_until_idx ON cccp.agent_state (until, since)
    WHERE until IS NOT NULL;

-- In the same way, calls that were in progress at a moment.
CREATE INDEX call_ended_idx ON cccp.call (ended_at, queued_at)
    WHERE ended_at IS NOT NULL;

-- Calls from and to a number, the newest first.
CREATE INDEX call_caller_idx ON cccp.call (caller, queued_at)
    WHERE caller IS NOT NULL;
CREATE INDEX call_callee_idx ON cccp.call (callee, queued_at)
    WHERE callee IS NOT NULL;
