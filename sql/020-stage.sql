-- 020-stage.sql: what a call is at, told in one place.

SET LOCAL ROLE cccp_owner;

CREATE OR REPLACE VIEW cccp_v1.call AS
SELECT s.name AS source, c.call_key, c.direction, c.ended_at IS NULL AS active,
    c.queue, c.queue_label, c.queue_type, c.agent_login AS login,
    a.name AS user_name, c.agent_profile AS profile, c.caller, c.callee,
    c.queued_at, c.unqueued_at, c.managed_at, c.post_managed_at, c.ended_at,
    c.lost, x.stale,
    CASE WHEN coalesce(c.unqueued_at, c.managed_at, c.ended_at) IS NULL
	THEN cccp.seconds_since(c.queued_at, s.clock_skew_s)
	ELSE cccp.seconds_between(c.queued_at, coalesce(c.unqueued_at,
	c.managed_at, c.ended_at)) END AS waiting_seconds,
    CASE WHEN coalesce(c.post_managed_at, c.ended_at) IS NULL
	THEN cccp.seconds_since(c.managed_at, s.clock_skew_s)
	ELSE cccp.seconds_between(c.managed_at, coalesce(c.post_managed_at,
	c.ended_at)) END AS contact_seconds,
    CASE WHEN c.ended_at IS NULL
	THEN cccp.seconds_since(c.post_managed_at, s.clock_skew_s)
	ELSE cccp.seconds_between(c.post_managed_at, c.ended_at)
	END AS wrapup_seconds,
    c.session_id, c.changed_at, c.generation, c.object_id,
    c.agent_id AS user_id,
    CASE WHEN c.lost THEN 'vanished'
	WHEN c.ended_at IS NOT NULL AND c.managed_at IS NULL THEN 'unmanaged'
	WHEN c.ended_at IS NOT NULL THEN 'managed'
	WHEN c.post_managed_at IS NOT NULL THEN 'wrapup'
	WHEN c.managed_at IS NOT NULL THEN 'talking'
	WHEN c.direction = 'outbound' THEN 'dialling'
	WHEN c.unqueued_at IS NULL THEN 'waiting'
	ELSE 'ringing' END AS stage
FROM cccp.call c
JOIN cccp.source s ON s.source_id = c.source_id AND NOT s.retired
LEFT JOIN cccp.agent a ON a.agent_id = c.agent_id
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x;
COMMENT ON COLUMN cccp_v1.call.stage IS
    'What it is at: waiting, dialling, ringing, talking or wrapup; and when it'
    ' is over: managed, unmanaged or vanished.';
