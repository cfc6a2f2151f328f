-- 013-since.sql: when the state of a call began, its queue while it rings, and
-- when a state began that lasted over a gap.

SET LOCAL ROLE cccp_owner;

ALTER TABLE cccp.agent ADD task_since timestamptz, ADD task_queue text;
COMMENT ON COLUMN cccp.agent.task_since IS
    'When the task state began: the ringing, the talk, the hold or the wrap-up'
    ' of the last call.';
COMMENT ON COLUMN cccp.agent.task_queue IS
    'Technical name of the queue of the last call; known as soon as the call'
    ' is offered.';
COMMENT ON COLUMN cccp.agent.busy_count IS
    '1 while the agent has a call in hand, else 0. It stays 1 with two calls.';
COMMENT ON COLUMN cccp.agent.state_since IS
    'Start of the state; the server''s own date where it reports one. The same'
    ' as that of the open interval in cccp.agent_state.';

ALTER TABLE cccp.agent_state ADD state_since timestamptz;
COMMENT ON COLUMN cccp.agent_state.state_since IS
    'Start of the state, when it is not since: the server dates the state'
    ' before a gap that precedes the interval, or before clock.history_from.';

-- Open intervals that were written before this column.
UPDATE cccp.agent_state s SET state_since = a.state_since
FROM cccp.agent a
WHERE s.agent_id = a.agent_id AND s.until IS NULL AND NOT s.gap
AND a.state_since < s.since;
