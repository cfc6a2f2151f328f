-- 017-call-time.sql: calls of a time are found without reading their month.

SET LOCAL ROLE cccp_owner;

CREATE INDEX call_queued_idx ON cccp.call (queued_at);
