-- 015-since-known.sql: users who have been logged out as long as they are known.

SET LOCAL ROLE cccp_owner;

-- Those who were stored before 008-exact.sql added since_known, and of whom
-- nothing else was seen than gaps in the history.
UPDATE cccp.agent SET since_known = false
WHERE state = 'offline' AND logout_at IS NULL AND present AND since_known
AND NOT EXISTS (SELECT FROM cccp.agent_state s
    WHERE s.agent_id = agent.agent_id AND s.state <> 'offline' AND NOT s.gap);
UPDATE cccp.agent_now w SET since_known = false, state_since = 'epoch'
FROM cccp.agent a
WHERE a.agent_id = w.agent_id AND NOT a.since_known AND w.since_known;
