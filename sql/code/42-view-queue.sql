-- 42-view-queue.sql: the views of queues, now and once a minute.
--
-- The server adds a call to the figures of the day when its wait or the call
-- itself ends.  The view adds what is running: r has the seconds of it, since
-- midnight and up to now, or up to when a stale source was last alive.  f.absent
-- is what a counter that the server does not report stands for: 0, or null for
-- unknown.  Means are of what has ended.  r costs time only when selected.

CREATE OR REPLACE VIEW cccp_v1.queue AS
SELECT s.name AS source, q.name, q.label, q.type, q.priority, x.stale,
    q.latent_sessions, q.logged_sessions, q.working_sessions,
    q.withdrawn_sessions, q.outbound_sessions, q.supervision_sessions,
    q.latent_sessions + q.logged_sessions AS agents,
    q.logged_sessions - q.working_sessions AS free_sessions,
    q.running_tasks, q.waiting_tasks, c.managed + c.failed AS offered_tasks,
    c.managed AS managed_tasks, c.failed AS failed_tasks, c.turned_away,
    c.failed - c.turned_away AS abandoned_tasks,
    c.managed::double precision / nullif(c.managed + c.failed, 0)
	AS answer_rate,
    coalesce(q.max_waiting, f.absent) AS max_waiting,
    coalesce(q.max_estimated_waiting, f.absent) AS max_estimated_waiting,
    coalesce(q.not_manageable_with_latent, f.absent)
	AS not_manageable_with_latent,
    coalesce(q.not_manageable_without_latent, f.absent)
	AS not_manageable_without_latent,
    c.contact + coalesce(r.contact, 0) AS contact_seconds,
    greatest(q.contact_seconds_max, f.absent, cccp.seconds_between(
	q.oldest_contact_at, y.until) + f.absent) AS contact_seconds_max,
    c.contact / nullif(c.managed, 0) AS contact_seconds_mean,
    c.waiting + coalesce(r.waiting, 0) AS waiting_seconds,
    greatest(q.waiting_seconds_max, f.absent, cccp.seconds_between(
	q.oldest_waiting_at, y.until) + f.absent) AS waiting_seconds_max,
    c.waiting / nullif(c.managed + c.failed, 0) AS waiting_seconds_mean,
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
CROSS JOIN LATERAL (SELECT CASE WHEN x.stale THEN s.alive_at
	ELSE now() + s.clock_skew_s * interval '1 s' END AS until) y
CROSS JOIN LATERAL (SELECT CASE WHEN cccp.queue_counts(q, s.passed_at,
	s.clock_skew_s) THEN 0 END AS absent) f
CROSS JOIN LATERAL (SELECT coalesce(q.managed_tasks, f.absent) AS managed,
    coalesce(q.failed_tasks, f.absent) AS failed,
    coalesce(cccp.turned_away(q.max_waiting, q.max_estimated_waiting,
	q.not_manageable_with_latent, q.not_manageable_without_latent),
	f.absent) AS turned_away,
    coalesce(q.contact_seconds, f.absent) AS contact,
    coalesce(q.waiting_seconds, f.absent) AS waiting) c
LEFT JOIN (
	SELECT k.source_id, k.queue,
	    sum(cccp.seconds_of_day(k.queued_at, e.until, o.midnight_at))
		FILTER (WHERE coalesce(k.unqueued_at, k.managed_at) IS NULL)
		AS waiting,
	    sum(cccp.seconds_of_day(k.managed_at, e.until, o.midnight_at))
		FILTER (WHERE k.post_managed_at IS NULL) AS contact
	FROM cccp.call k
	JOIN cccp.source o ON o.source_id = k.source_id
	CROSS JOIN LATERAL (SELECT CASE WHEN cccp.is_stale(o.status,
		o.alive_at, o.clock_skew_s, o.stale_after) THEN o.alive_at
		ELSE now() + o.clock_skew_s * interval '1 s' END AS until) e
	WHERE k.ended_at IS NULL AND k.direction = 'inbound'
	GROUP BY k.source_id, k.queue
) r ON r.source_id = q.source_id AND r.queue = q.name;
COMMENT ON VIEW cccp_v1.queue IS
    'Queues of all servers, as they are now. Boards show the queues that are'
    ' present and not hidden. A value that the server does not report is null;'
    ' but a counter of the day is 0 when the server reports another one of the'
    ' queue, or has counted nothing since a midnight that it passed while it was'
    ' live. Counters and totals start at the server''s midnight; what is running'
    ' is in the totals and in the longest times, but not in the means. Durations'
    ' are exact.';
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
COMMENT ON COLUMN cccp_v1.queue.waiting_tasks IS
    'Calls waiting, also those that ring at an agent.';
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
    'Total time of calls, from their answer to their end, with hold, in'
    ' seconds, with the calls that are running.';
COMMENT ON COLUMN cccp_v1.queue.contact_seconds_max IS
    'Longest call, from its answer to its end, with hold, in seconds; the calls'
    ' that are running count.';
COMMENT ON COLUMN cccp_v1.queue.contact_seconds_mean IS
    'Mean time of a call answered, with hold, in seconds, without the calls'
    ' that are running; null without calls.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds IS
    'Total waiting time, in seconds, with the calls that wait now.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds_max IS
    'Longest waiting time of a call since midnight, in seconds; the calls that'
    ' wait now count.';
COMMENT ON COLUMN cccp_v1.queue.waiting_seconds_mean IS
    'Mean waiting time per call offered, in seconds, without the calls that'
    ' wait now; null without calls.';
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
GRANT SELECT ON cccp_v1.queue TO cccp_reader;

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
COMMENT ON COLUMN cccp_v1.queue_sample.waiting_tasks IS
    'Calls waiting, also those that ring at an agent.';
COMMENT ON COLUMN cccp_v1.queue_sample.managed_tasks IS
    'Calls answered since the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue_sample.failed_tasks IS
    'Calls not answered since the server''s midnight.';
COMMENT ON COLUMN cccp_v1.queue_sample.turned_away IS
    'Calls turned away since the server''s midnight, for all four reasons.';
COMMENT ON COLUMN cccp_v1.queue_sample.contact_seconds IS
    'Total time of the calls that had ended since the server''s midnight, from'
    ' their answer to their end, with hold, in seconds.';
COMMENT ON COLUMN cccp_v1.queue_sample.waiting_seconds IS
    'Total waiting time of the calls that had stopped waiting since the'
    ' server''s midnight, in seconds.';
COMMENT ON COLUMN cccp_v1.queue_sample.oldest_waiting_at IS
    'When the call that had waited longest, and still waited, began to wait.';
COMMENT ON COLUMN cccp_v1.queue_sample.queue_id IS
    'Key of the queue in this database.';
GRANT SELECT ON cccp_v1.queue_sample TO cccp_reader;
