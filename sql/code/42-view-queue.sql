-- 42-view-queue.sql: the views of queues, now and once a minute.

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
    'Queues of all servers, as they are now. Boards show the queues that are'
    ' present and not hidden. A value that the server does not report is null.'
    ' Counters and totals start at the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue.source IS
    'Name of the source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.queue.name IS 'Technical name, unique in its source.';
COMMENT ON COLUMN cccp_v1.queue.label IS
    'Display name; without one, the part of the name after «__».';
COMMENT ON COLUMN cccp_v1.queue.type IS 'Type of the queue, as reported.';
COMMENT ON COLUMN cccp_v1.queue.priority IS 'Priority, as reported.';
COMMENT ON COLUMN cccp_v1.queue.stale IS
    'True when the source has been silent for too long.';
COMMENT ON COLUMN cccp_v1.queue.latent_sessions IS
    'Agents of the queue who are not logged in but could be.';
COMMENT ON COLUMN cccp_v1.queue.logged_sessions IS 'Agents logged in.';
COMMENT ON COLUMN cccp_v1.queue.working_sessions IS 'Agents with a call.';
COMMENT ON COLUMN cccp_v1.queue.withdrawn_sessions IS 'Agents withdrawn.';
COMMENT ON COLUMN cccp_v1.queue.outbound_sessions IS
    'Agents in outbound mode.';
COMMENT ON COLUMN cccp_v1.queue.supervision_sessions IS
    'Supervisors logged in.';
COMMENT ON COLUMN cccp_v1.queue.agents IS
    'latent_sessions and logged_sessions added.';
COMMENT ON COLUMN cccp_v1.queue.free_sessions IS
    'Agents logged in who have no call.';
COMMENT ON COLUMN cccp_v1.queue.running_tasks IS 'Calls in the queue.';
COMMENT ON COLUMN cccp_v1.queue.waiting_tasks IS 'Calls waiting.';
COMMENT ON COLUMN cccp_v1.queue.offered_tasks IS
    'Calls answered or not answered: managed_tasks and failed_tasks added.';
COMMENT ON COLUMN cccp_v1.queue.managed_tasks IS 'Calls answered.';
COMMENT ON COLUMN cccp_v1.queue.failed_tasks IS
    'Calls not answered: turned away or abandoned.';
COMMENT ON COLUMN cccp_v1.queue.turned_away IS
    'Calls turned away, for all four reasons.';
COMMENT ON COLUMN cccp_v1.queue.abandoned_tasks IS
    'Calls whose caller hung up before an answer.';
COMMENT ON COLUMN cccp_v1.queue.answer_rate IS
    'Calls answered divided by calls offered, 0 to 1; null without calls.';
COMMENT ON COLUMN cccp_v1.queue.max_waiting IS
    'Calls turned away: they waited too long.';
COMMENT ON COLUMN cccp_v1.queue.max_estimated_waiting IS
    'Calls turned away: their estimated wait was too long.';
COMMENT ON COLUMN cccp_v1.queue.not_manageable_with_latent IS
    'Calls turned away: no agent was logged in, but some could be.';
COMMENT ON COLUMN cccp_v1.queue.not_manageable_without_latent IS
    'Calls turned away: the queue had no agent at all.';
COMMENT ON COLUMN cccp_v1.queue.contact_seconds IS
    'Total talk time, in seconds.';
COMMENT ON COLUMN cccp_v1.queue.contact_seconds_max IS
    'Longest talk time of a call, in seconds.';
COMMENT ON COLUMN cccp_v1.queue.contact_seconds_mean IS
    'Mean talk time per call answered, in seconds; null without calls.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds IS
    'Total waiting time, in seconds.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds_max IS
    'Longest waiting time of a call since midnight, in seconds.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds_mean IS
    'Mean waiting time per call offered, in seconds; null without calls.';
COMMENT ON COLUMN cccp_v1.queue.oldest_contact_at IS
    'Start of the longest call in progress.';
COMMENT ON COLUMN cccp_v1.queue.oldest_waiting_at IS
    'When the call that has waited longest, and still waits, began to wait.';
COMMENT ON COLUMN cccp_v1.queue.longest_wait_seconds IS
    'Time since oldest_waiting_at, in seconds; null when no call waits.';
COMMENT ON COLUMN cccp_v1.queue.present IS
    'False when the server no longer lists the queue.';
COMMENT ON COLUMN cccp_v1.queue.hidden IS
    'True for a technical queue, which boards do not show.';
COMMENT ON COLUMN cccp_v1.queue.changed_at IS
    'When the row last changed, by the clock of the database.';
COMMENT ON COLUMN cccp_v1.queue.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp_v1.queue.object_id IS
    'The server''s number for the queue; changes when the server restarts.';
COMMENT ON COLUMN cccp_v1.queue.id IS 'Key of the queue in this database.';
COMMENT ON COLUMN cccp_v1.queue.samples IS
    'Calls waiting in each of the last 60 minutes, this minute included,'
    ' oldest first; null for a minute without a sample. Costs time only when'
    ' selected.';
COMMENT ON COLUMN cccp_v1.queue.longest_wait_from IS
    'oldest_waiting_at by the clock of the database: longest_wait_seconds'
    ' counts from here.';
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
    'Values of each queue, once a minute while its source was live. Give a'
    ' range of minute in a query: then only those months are read.';
COMMENT ON COLUMN cccp_v1.queue_sample.source IS
    'Name of the source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.queue_sample.name IS
    'Technical name, unique in its source.';
COMMENT ON COLUMN cccp_v1.queue_sample.label IS
    'Display name of the queue, as it is now.';
COMMENT ON COLUMN cccp_v1.queue_sample.minute IS
    'Minute, by the clock of the database.';
COMMENT ON COLUMN cccp_v1.queue_sample.logged_sessions IS 'Agents logged in.';
COMMENT ON COLUMN cccp_v1.queue_sample.working_sessions IS
    'Agents with a call.';
COMMENT ON COLUMN cccp_v1.queue_sample.withdrawn_sessions IS
    'Agents withdrawn.';
COMMENT ON COLUMN cccp_v1.queue_sample.running_tasks IS 'Calls in the queue.';
COMMENT ON COLUMN cccp_v1.queue_sample.waiting_tasks IS 'Calls waiting.';
COMMENT ON COLUMN cccp_v1.queue_sample.managed_tasks IS
    'Calls answered since the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue_sample.failed_tasks IS
    'Calls not answered since the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue_sample.turned_away IS
    'Calls turned away since the server''s midnight, for all four reasons.';
COMMENT ON COLUMN cccp_v1.queue_sample.contact_seconds IS
    'Total talk time since the server''s midnight, in seconds.';
COMMENT ON COLUMN cccp_v1.queue_sample.waiting_seconds IS
    'Total waiting time since the server''s midnight, in seconds.';
COMMENT ON COLUMN cccp_v1.queue_sample.oldest_waiting_at IS
    'When the call that had waited longest, and still waited, began to wait.';
COMMENT ON COLUMN cccp_v1.queue_sample.queue_id IS
    'Key of the queue in this database.';
GRANT SELECT ON cccp_v1.queue_sample TO cccp_web, cccp_reader;
