-- 019-list.sql: lists at any depth, and the samples of queues to read.
--
-- The indexes are those of what a board is sorted by and what does not change
-- while somebody works: names, logins, labels.

SET LOCAL ROLE cccp_owner;

CREATE INDEX agent_name_idx ON cccp.agent (name, agent_id);
CREATE INDEX agent_login_idx ON cccp.agent
    (login COLLATE cccp.french, agent_id);

CREATE VIEW cccp_v1.queue_sample AS
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
    q.present, q.hidden, q.changed_at, q.generation, q.object_id, q.queue_id,
    ARRAY(SELECT m.waiting_tasks FROM generate_series(
	date_trunc('minute', now()) - interval '59 minutes',
	date_trunc('minute', now()), interval '1 minute') i
	LEFT JOIN cccp.queue_sample m ON m.queue_id = q.queue_id
	AND m.minute = i
	AND m.minute >= date_trunc('minute', now()) - interval '1 hour'
	ORDER BY i) AS samples
FROM cccp.queue q
JOIN cccp.source s ON s.source_id = q.source_id AND NOT s.retired
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN LATERAL (SELECT cccp.turned_away(q.max_waiting,
    q.max_estimated_waiting, q.not_manageable_with_latent,
    q.not_manageable_without_latent) AS turned_away) t;
COMMENT ON COLUMN cccp_v1.queue.samples IS
    'Calls that waited in each of the last 60 minutes, this one included, the'
    ' oldest first; null where nobody looked. Costs time only when selected.';
