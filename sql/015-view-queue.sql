-- 015-view-queue.sql: queues, calls and the history of states, to read.

SET LOCAL ROLE cccp_owner;

CREATE VIEW cccp_v1.queue AS
SELECT s.name AS source, q.name, q.label, q.type, q.priority, x.stale,
    q.latent_sessions, q.logged_sessions, q.working_sessions,
    q.withdrawn_sessions, q.outbound_sessions, q.supervision_sessions,
    q.latent_sessions + q.logged_sessions AS agents,
    q.logged_sessions - q.working_sessions AS free_sessions,
    q.running_tasks, q.waiting_tasks, q.managed_tasks + q.failed_tasks
	AS offered_tasks,
    q.managed_tasks, q.failed_tasks, t.turned_away,
    q.failed_tasks - coalesce(t.turned_away, 0) AS abandoned_tasks,
    q.managed_tasks::double precision
	/ nullif(q.managed_tasks + q.failed_tasks, 0) AS answer_rate,
    q.max_waiting, q.max_estimated_waiting, q.not_manageable_with_latent,
    q.not_manageable_without_latent, q.contact_seconds, q.contact_seconds_max,
    q.contact_seconds / nullif(q.managed_tasks, 0) AS contact_seconds_mean,
    q.waiting_seconds, q.waiting_seconds_max,
    q.waiting_seconds / nullif(q.managed_tasks + q.failed_tasks, 0)
	AS waiting_seconds_mean,
    q.oldest_contact_at, q.oldest_waiting_at,
    cccp.seconds_since(q.oldest_waiting_at, s.clock_skew_s)
	AS longest_wait_seconds,
    q.present, q.hidden, q.changed_at, q.generation, q.object_id, q.queue_id
FROM cccp.queue q
JOIN cccp.source s ON s.source_id = q.source_id AND NOT s.retired
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN LATERAL (SELECT cccp.turned_away(q.max_waiting,
    q.max_estimated_waiting, q.not_manageable_with_latent,
    q.not_manageable_without_latent) AS turned_away) t;
COMMENT ON VIEW cccp_v1.queue IS
    'Queues of all servers, as they are now. Boards show those that are'
    ' present and not hidden. Counters and sums run from the server''s'
    ' midnight.';
COMMENT ON COLUMN cccp_v1.queue.source IS 'Source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.queue.name IS 'Technical name, unique in its source.';
COMMENT ON COLUMN cccp_v1.queue.label IS 'Name for people.';
COMMENT ON COLUMN cccp_v1.queue.type IS 'Kind of queue, as told.';
COMMENT ON COLUMN cccp_v1.queue.priority IS 'Priority, as told.';
COMMENT ON COLUMN cccp_v1.queue.stale IS
    'True when the source has been silent for too long.';
COMMENT ON COLUMN cccp_v1.queue.latent_sessions IS 'Agents who could log in.';
COMMENT ON COLUMN cccp_v1.queue.logged_sessions IS 'Agents logged in.';
COMMENT ON COLUMN cccp_v1.queue.working_sessions IS 'Agents with a call.';
COMMENT ON COLUMN cccp_v1.queue.withdrawn_sessions IS 'Agents withdrawn.';
COMMENT ON COLUMN cccp_v1.queue.outbound_sessions IS
    'Agents in outbound mode.';
COMMENT ON COLUMN cccp_v1.queue.supervision_sessions IS 'Supervisors.';
COMMENT ON COLUMN cccp_v1.queue.agents IS 'Latent and logged in together.';
COMMENT ON COLUMN cccp_v1.queue.free_sessions IS
    'Agents logged in and without a call.';
COMMENT ON COLUMN cccp_v1.queue.running_tasks IS 'Calls in the queue.';
COMMENT ON COLUMN cccp_v1.queue.waiting_tasks IS 'Calls that wait.';
COMMENT ON COLUMN cccp_v1.queue.offered_tasks IS 'Calls offered.';
COMMENT ON COLUMN cccp_v1.queue.managed_tasks IS 'Calls answered.';
COMMENT ON COLUMN cccp_v1.queue.failed_tasks IS
    'Calls not answered: turned away or abandoned.';
COMMENT ON COLUMN cccp_v1.queue.turned_away IS
    'Calls turned away, for the four reasons together.';
COMMENT ON COLUMN cccp_v1.queue.abandoned_tasks IS
    'Calls whose caller gave up.';
COMMENT ON COLUMN cccp_v1.queue.answer_rate IS
    'Answered of offered, 0 to 1; null without any.';
COMMENT ON COLUMN cccp_v1.queue.max_waiting IS
    'Turned away: waited for too long.';
COMMENT ON COLUMN cccp_v1.queue.max_estimated_waiting IS
    'Turned away: would have waited for too long.';
COMMENT ON COLUMN cccp_v1.queue.not_manageable_with_latent IS
    'Turned away: no agent logged in, but some could be.';
COMMENT ON COLUMN cccp_v1.queue.not_manageable_without_latent IS
    'Turned away: no agent at all.';
COMMENT ON COLUMN cccp_v1.queue.contact_seconds IS 'Sum of talk.';
COMMENT ON COLUMN cccp_v1.queue.contact_seconds_max IS 'Longest talk.';
COMMENT ON COLUMN cccp_v1.queue.contact_seconds_mean IS
    'Talk per call answered; null without any.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds IS 'Sum of waits.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds_max IS 'Longest wait.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds_mean IS
    'Wait per call offered; null without any.';
COMMENT ON COLUMN cccp_v1.queue.oldest_contact_at IS
    'Begin of the longest talk that goes on.';
COMMENT ON COLUMN cccp_v1.queue.oldest_waiting_at IS
    'Begin of the longest wait that goes on.';
COMMENT ON COLUMN cccp_v1.queue.longest_wait_seconds IS
    'How long that is now; null when nobody waits.';
COMMENT ON COLUMN cccp_v1.queue.present IS
    'False when the server no longer lists the queue.';
COMMENT ON COLUMN cccp_v1.queue.hidden IS 'Technical queue, not shown.';
COMMENT ON COLUMN cccp_v1.queue.changed_at IS
    'When the row last changed, by our clock.';
COMMENT ON COLUMN cccp_v1.queue.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp_v1.queue.object_id IS
    'The server''s number for it; changes when it restarts.';
COMMENT ON COLUMN cccp_v1.queue.queue_id IS 'Our key.';
GRANT SELECT ON cccp_v1.queue TO cccp_web, cccp_reader;

CREATE VIEW cccp_v1.call AS
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
    c.agent_id AS user_id
FROM cccp.call c
JOIN cccp.source s ON s.source_id = c.source_id AND NOT s.retired
LEFT JOIN cccp.agent a ON a.agent_id = c.agent_id
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x;
COMMENT ON VIEW cccp_v1.call IS
    'Calls of all servers, active and over: one row per passage of a call'
    ' through a queue, or outbound call. Name a period of queued_at: then'
    ' only its months are read.';
COMMENT ON COLUMN cccp_v1.call.source IS 'Source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.call.call_key IS 'What the call is known by.';
COMMENT ON COLUMN cccp_v1.call.direction IS 'inbound or outbound.';
COMMENT ON COLUMN cccp_v1.call.active IS 'True while it goes on.';
COMMENT ON COLUMN cccp_v1.call.queue IS 'Queue, technical name.';
COMMENT ON COLUMN cccp_v1.call.queue_label IS 'Queue, name for people.';
COMMENT ON COLUMN cccp_v1.call.queue_type IS 'Kind of queue, as told.';
COMMENT ON COLUMN cccp_v1.call.login IS 'Login of the agent who has it.';
COMMENT ON COLUMN cccp_v1.call.user_name IS 'Name of that agent.';
COMMENT ON COLUMN cccp_v1.call.profile IS 'Profile of that agent then.';
COMMENT ON COLUMN cccp_v1.call.caller IS 'Number of the caller.';
COMMENT ON COLUMN cccp_v1.call.callee IS 'Number that was called.';
COMMENT ON COLUMN cccp_v1.call.queued_at IS
    't0: entered the queue, or was dialled.';
COMMENT ON COLUMN cccp_v1.call.unqueued_at IS 't1: stopped waiting.';
COMMENT ON COLUMN cccp_v1.call.managed_at IS 't2: was answered.';
COMMENT ON COLUMN cccp_v1.call.post_managed_at IS 't3: wrap-up began.';
COMMENT ON COLUMN cccp_v1.call.ended_at IS 't4: ended; null: it goes on.';
COMMENT ON COLUMN cccp_v1.call.lost IS
    'True when it vanished from the server without an end.';
COMMENT ON COLUMN cccp_v1.call.stale IS
    'True when the source has been silent for too long.';
COMMENT ON COLUMN cccp_v1.call.waiting_seconds IS 'Wait in the queue.';
COMMENT ON COLUMN cccp_v1.call.contact_seconds IS
    'Talk; null when it was not answered.';
COMMENT ON COLUMN cccp_v1.call.wrapup_seconds IS
    'Wrap-up; null without one.';
COMMENT ON COLUMN cccp_v1.call.session_id IS
    'The server''s name for the call session.';
COMMENT ON COLUMN cccp_v1.call.changed_at IS
    'When the row last changed, by our clock.';
COMMENT ON COLUMN cccp_v1.call.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp_v1.call.object_id IS
    'The server''s number for it; changes when it restarts.';
COMMENT ON COLUMN cccp_v1.call.user_id IS 'The agent''s key.';
GRANT SELECT ON cccp_v1.call TO cccp_web, cccp_reader;

CREATE VIEW cccp_v1.user_state AS
SELECT s.name AS source, a.login, a.name, i.state::text AS state, i.mode,
    i.mode_label, i.since, i.until, CASE WHEN i.until IS NULL
	THEN cccp.seconds_since(i.since, s.clock_skew_s)
	ELSE cccp.seconds_between(i.since, i.until) END AS seconds,
    i.gap, i.agent_id AS user_id
FROM cccp.agent_state i
JOIN cccp.agent a ON a.agent_id = i.agent_id
JOIN cccp.source s ON s.source_id = a.source_id AND NOT s.retired;
COMMENT ON VIEW cccp_v1.user_state IS
    'History of states: one row per user and interval [since, until), without'
    ' overlaps and holes.';
COMMENT ON COLUMN cccp_v1.user_state.source IS 'Source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.user_state.login IS 'Login.';
COMMENT ON COLUMN cccp_v1.user_state.name IS 'Display name, as it is now.';
COMMENT ON COLUMN cccp_v1.user_state.state IS 'State, as in cccp_v1.user.';
COMMENT ON COLUMN cccp_v1.user_state.mode IS 'Mode, as told.';
COMMENT ON COLUMN cccp_v1.user_state.mode_label IS
    'The same for people; the reason of a pause.';
COMMENT ON COLUMN cccp_v1.user_state.since IS
    'Begin, by the source''s clock.';
COMMENT ON COLUMN cccp_v1.user_state.until IS 'End; null: it lasts.';
COMMENT ON COLUMN cccp_v1.user_state.seconds IS 'How long it was, or is.';
COMMENT ON COLUMN cccp_v1.user_state.gap IS
    'True when nothing was heard of the user then.';
COMMENT ON COLUMN cccp_v1.user_state.user_id IS 'Our key of the user.';
GRANT SELECT ON cccp_v1.user_state TO cccp_web, cccp_reader;
