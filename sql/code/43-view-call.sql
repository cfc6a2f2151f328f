-- 43-view-call.sql: the view of calls, active and ended.

CREATE OR REPLACE VIEW cccp_v1.call AS
SELECT s.name AS source, c.call_key, c.direction, c.ended_at IS NULL AS active,
    c.queue, coalesce(q.display_name, c.queue_label, q.label, c.queue)
	AS queue_label,
    c.queue_type, c.agent_login AS agent,
    a.name AS agent_name, c.agent_profile AS profile, c.caller, c.callee,
    c.queued_at, c.unqueued_at, c.managed_at, c.post_managed_at, c.ended_at,
    c.lost, x.stale,
    CASE WHEN c.queued_guessed THEN NULL
	WHEN coalesce(c.unqueued_at, c.managed_at, c.ended_at) IS NULL
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
	WHEN c.unqueued_at IS NULL AND c.agent_login IS NULL THEN 'waiting'
	ELSE 'ringing' END AS stage
FROM cccp.call c
JOIN cccp.source s ON s.source_id = c.source_id AND NOT s.retired
LEFT JOIN cccp.agent a ON a.agent_id = c.agent_id
LEFT JOIN cccp.queue q ON q.source_id = c.source_id AND q.name = c.queue
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x;
COMMENT ON VIEW cccp_v1.call IS
    'Calls of all servers, active and ended: one row for each time that a call'
    ' passes through a queue, and one for each outbound call. Give a range of'
    ' queued_at in a query: then only those months are read. Durations are'
    ' exact.';
COMMENT ON COLUMN cccp_v1.call.source IS
    'Name of the source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.call.call_key IS
    'Name of the call; unique together with source and queued_at.';
COMMENT ON COLUMN cccp_v1.call.direction IS 'inbound or outbound.';
COMMENT ON COLUMN cccp_v1.call.active IS 'True while the call has not ended.';
COMMENT ON COLUMN cccp_v1.call.queue IS
    'Technical name of the queue, unique in its source.';
COMMENT ON COLUMN cccp_v1.call.queue_label IS
    'Display name of that queue of the source, as it is now, else as the call'
    ' reported it; without one, the name.';
COMMENT ON COLUMN cccp_v1.call.queue_type IS 'Type of the queue, as reported.';
COMMENT ON COLUMN cccp_v1.call.agent IS
    'Login of the agent who has the call, or had it last.';
COMMENT ON COLUMN cccp_v1.call.agent_name IS
    'Display name of that agent, as it is now.';
COMMENT ON COLUMN cccp_v1.call.profile IS
    'Profile that the agent had during the call.';
COMMENT ON COLUMN cccp_v1.call.caller IS 'Number of the caller.';
COMMENT ON COLUMN cccp_v1.call.callee IS 'Number that was called.';
COMMENT ON COLUMN cccp_v1.call.queued_at IS
    't0: when the call entered the queue, or was dialled.';
COMMENT ON COLUMN cccp_v1.call.unqueued_at IS
    't1: when the call stopped waiting.';
COMMENT ON COLUMN cccp_v1.call.managed_at IS 't2: when the call was answered.';
COMMENT ON COLUMN cccp_v1.call.post_managed_at IS 't3: when wrap-up began.';
COMMENT ON COLUMN cccp_v1.call.ended_at IS
    't4: when the call ended; null while it is active.';
COMMENT ON COLUMN cccp_v1.call.lost IS
    'True when the server stopped listing the call without reporting its end.';
COMMENT ON COLUMN cccp_v1.call.stale IS
    'True when the source has been silent for too long.';
COMMENT ON COLUMN cccp_v1.call.waiting_seconds IS
    'Waiting time, in seconds; null when the server reported no date for'
    ' queued_at, which is then the earliest known date of the call.';
COMMENT ON COLUMN cccp_v1.call.contact_seconds IS
    'Time of the call, from its answer to its end, with hold, in seconds; null'
    ' when it was not answered.';
COMMENT ON COLUMN cccp_v1.call.wrapup_seconds IS
    'Wrap-up time, in seconds; null without wrap-up.';
COMMENT ON COLUMN cccp_v1.call.session_id IS
    'The server''s name for the call session.';
COMMENT ON COLUMN cccp_v1.call.changed_at IS
    'When the row last changed, by the clock of the database.';
COMMENT ON COLUMN cccp_v1.call.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp_v1.call.object_id IS
    'The server''s number for the call; changes when the server restarts.';
COMMENT ON COLUMN cccp_v1.call.user_id IS
    'Key of the agent in this database (id in cccp_v1.user).';
COMMENT ON COLUMN cccp_v1.call.stage IS
    'Stage of the call. Active: waiting, dialling, ringing, talking or wrapup.'
    ' Ended: managed, unmanaged or vanished. It is ringing from when the server'
    ' names the agent to whom it is offered.';
GRANT SELECT ON cccp_v1.call TO cccp_reader;
