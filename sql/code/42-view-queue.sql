-- 42-view-queue.sql: queues, now and minute by minute, to read.

CREATE OR REPLACE VIEW cccp_v1.queue AS
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
    q.present, q.hidden, q.changed_at, q.generation, q.object_id,
    q.queue_id AS id,
    ARRAY(SELECT m.waiting_tasks FROM generate_series(
	date_trunc('minute', now()) - interval '59 minutes',
	date_trunc('minute', now()), interval '1 minute') i
	LEFT JOIN cccp.queue_sample m ON m.queue_id = q.queue_id
	AND m.minute = i
	AND m.minute >= date_trunc('minute', now()) - interval '1 hour'
	ORDER BY i) AS samples,
    q.oldest_waiting_at - s.clock_skew_s * interval '1 s'
	AS longest_wait_from
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
COMMENT ON COLUMN cccp_v1.queue.id IS 'Our key.';
COMMENT ON COLUMN cccp_v1.queue.samples IS
    'Calls that waited in each of the last 60 minutes, this one included, the'
    ' oldest first; null where nobody looked. Costs time only when selected.';
COMMENT ON COLUMN cccp_v1.queue.longest_wait_from IS
    'What longest_wait_seconds counts from: oldest_waiting_at by our clock.';
GRANT SELECT ON cccp_v1.queue TO cccp_web, cccp_reader;

CREATE OR REPLACE VIEW cccp_v1.queue_sample AS
SELECT s.name AS source, q.name, q.label, m.minute, m.logged_sessions,
    m.working_sessions, m.withdrawn_sessions, m.running_tasks,
    m.waiting_tasks, m.managed_tasks, m.failed_tasks, m.turned_away,
    m.contact_seconds, m.waiting_seconds, m.oldest_waiting_at, m.queue_id
FROM cccp.queue_sample m
JOIN cccp.queue q ON q.queue_id = m.queue_id
JOIN cccp.source s ON s.source_id = q.source_id AND NOT s.retired;
COMMENT ON VIEW cccp_v1.queue_sample IS
    'Queues as they were, once a minute while their source was live. Name a'
    ' period of minute: then only its months are read.';
COMMENT ON COLUMN cccp_v1.queue_sample.source IS
    'Source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.queue_sample.name IS
    'Technical name, unique in its source.';
COMMENT ON COLUMN cccp_v1.queue_sample.label IS
    'Name for people, as it is now.';
COMMENT ON COLUMN cccp_v1.queue_sample.minute IS 'Minute, by our clock.';
COMMENT ON COLUMN cccp_v1.queue_sample.logged_sessions IS 'Agents logged in.';
COMMENT ON COLUMN cccp_v1.queue_sample.working_sessions IS
    'Agents with a call.';
COMMENT ON COLUMN cccp_v1.queue_sample.withdrawn_sessions IS
    'Agents withdrawn.';
COMMENT ON COLUMN cccp_v1.queue_sample.running_tasks IS 'Calls in the queue.';
COMMENT ON COLUMN cccp_v1.queue_sample.waiting_tasks IS 'Calls that waited.';
COMMENT ON COLUMN cccp_v1.queue_sample.managed_tasks IS
    'Calls answered since the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue_sample.failed_tasks IS
    'Calls not answered since the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue_sample.turned_away IS
    'Calls turned away since the server''s midnight, for the four reasons.';
COMMENT ON COLUMN cccp_v1.queue_sample.contact_seconds IS
    'Sum of talk since the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue_sample.waiting_seconds IS
    'Sum of waits since the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue_sample.oldest_waiting_at IS
    'Begin of the longest wait that went on.';
COMMENT ON COLUMN cccp_v1.queue_sample.queue_id IS 'Our key of the queue.';
GRANT SELECT ON cccp_v1.queue_sample TO cccp_web, cccp_reader;
