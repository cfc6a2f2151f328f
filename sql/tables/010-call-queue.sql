-- 010-call-queue.sql: which queue the call in hand belongs to, by its name.

SET LOCAL ROLE cccp_owner;

ALTER TABLE cccp.agent ADD call_queue_name text;
COMMENT ON COLUMN cccp.agent.call_queue_name IS
    'Technical name of the queue of the call in hand; null without a call.';
