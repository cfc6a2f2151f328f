-- 41-view-user.sql: the views of users and of the history of their states.
--
-- Durations grow between two queries.  So pages of a list that is sorted by a
-- duration use the time that it counts from: state_from or login_from.
--
-- The server adds a call or a pause to the figures of the day when it ends.  The
-- view adds what is running: r has the seconds of it, since midnight and up to
-- now, or up to when a stale source was last alive.  f.absent is what a counter
-- that the server does not report stands for: 0, or null for unknown.  Means are
-- of what has ended.

-- LATERAL names a value that several columns need; it costs nothing.
CREATE OR REPLACE VIEW cccp_v1.user AS
SELECT s.name AS source, a.login, a.name, a.kind, a.profile, a.team,
    CASE WHEN a.present AND NOT x.stale THEN a.state ELSE 'unknown' END
	::text AS state,
    y.since AS state_since,
    cccp.seconds_since(y.since, s.clock_skew_s) AS state_seconds,
    a.state::text AS known_state, x.stale, a.mode, a.mode_label, a.mode_since,
    a.interface, a.task, a.task_label, a.task_started_at, a.task_managed_at,
    a.task_ended_at, coalesce(q.display_name, a.call_queue) AS queue,
    a.queues, a.phone, a.phone_uri, a.logged, a.login_at, a.logout_at,
    CASE WHEN a.logged THEN cccp.seconds_since(a.login_at, s.clock_skew_s)
	END AS login_seconds,
    a.session_id, a.busy_count, a.record_active % 2 = 1 AS recording, a.spies,
    coalesce(a.total_inbound, f.absent) AS total_inbound,
    coalesce(a.managed_inbound, f.absent) AS managed_inbound,
    coalesce(a.lost_inbound, f.absent) AS lost_inbound,
    coalesce(a.transferred_inbound, f.absent) AS transferred_inbound,
    coalesce(a.redirected_inbound, f.absent) AS redirected_inbound,
    coalesce(a.total_tasks, f.absent) AS total_tasks,
    coalesce(a.talk_seconds, f.absent) + coalesce(r.talk, 0) AS talk_seconds,
    coalesce(a.held_seconds, f.absent) + coalesce(r.held, 0) AS held_seconds,
    coalesce(a.ringing_seconds, f.absent) + coalesce(r.ringing, 0)
	AS ringing_seconds,
    coalesce(a.pause_seconds, f.absent) + coalesce(r.pause, 0)
	AS pause_seconds,
    coalesce(a.outbound_seconds, f.absent) + coalesce(r.outbound, 0)
	AS outbound_seconds,
    greatest(a.contact_seconds_max, f.absent, r.contact + f.absent)
	AS contact_seconds_max,
    greatest(a.held_seconds_max, f.absent, r.held + f.absent)
	AS held_seconds_max,
    greatest(a.ringing_seconds_max, f.absent, r.ringing + f.absent)
	AS ringing_seconds_max,
    coalesce(a.talk_seconds, f.absent) / nullif(a.managed_inbound, 0)
	AS talk_seconds_mean,
    coalesce(a.held_seconds, f.absent) / nullif(a.managed_inbound, 0)
	AS held_seconds_mean,
    coalesce(a.ringing_seconds, f.absent) / nullif(a.managed_inbound, 0)
	AS ringing_seconds_mean,
    a.outbound_state, a.outbound_target, a.outbound_started_at, a.present,
    a.hidden, a.changed_at, a.generation, a.object_id, a.agent_id AS id,
    a.search_key, y.since - y.skew AS state_from,
    CASE WHEN a.logged THEN a.login_at - y.skew END AS login_from,
    CASE WHEN x.stale OR f.absent IS NULL THEN '{}' ELSE array_remove(ARRAY[
	CASE WHEN r.talk IS NOT NULL THEN 'talk_seconds' END,
	CASE WHEN r.held IS NOT NULL THEN 'held_seconds' END,
	CASE WHEN r.ringing IS NOT NULL THEN 'ringing_seconds' END,
	CASE WHEN r.pause IS NOT NULL THEN 'pause_seconds' END,
	CASE WHEN r.outbound IS NOT NULL THEN 'outbound_seconds' END], NULL)
	END AS running,
    a.call_queue_name AS queue_name, a.task_since
FROM cccp.agent a
JOIN cccp.source s ON s.source_id = a.source_id AND NOT s.retired
LEFT JOIN cccp.queue q ON q.source_id = a.source_id
    AND q.name = a.call_queue_name
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN LATERAL (SELECT s.clock_skew_s * interval '1 s' AS skew,
    CASE WHEN x.stale THEN s.alive_at
	WHEN a.since_known THEN a.state_since END AS since,
    CASE WHEN x.stale THEN s.alive_at
	ELSE now() + s.clock_skew_s * interval '1 s' END AS until,
    coalesce(a.mode_since, a.state_since) AS mode_since) y
CROSS JOIN LATERAL (SELECT CASE WHEN cccp.agent_counts(a, s.passed_at,
	s.clock_skew_s) THEN 0 END AS absent) f
CROSS JOIN LATERAL (SELECT
    CASE WHEN a.present AND a.state = 'talking' THEN cccp.seconds_of_day(
	a.state_since, y.until, s.midnight_at) END AS talk,
    -- An outbound call on hold is in no counter of held calls.
    CASE WHEN a.present AND a.state = 'held' AND a.busy_count >= 1
	AND coalesce(a.mode, '') NOT LIKE 'sortant%' THEN cccp.seconds_of_day(
	a.state_since, y.until, s.midnight_at) END AS held,
    CASE WHEN a.present AND a.state = 'ringing' THEN cccp.seconds_of_day(
	a.state_since, y.until, s.midnight_at) END AS ringing,
    -- The mode goes on during a call.
    CASE WHEN a.present AND a.logged AND (a.state = 'paused'
	OR a.mode LIKE 'pause%') THEN cccp.seconds_of_day(y.mode_since,
	y.until, s.midnight_at) END AS pause,
    CASE WHEN a.present AND a.logged AND (a.state = 'outbound'
	OR a.mode LIKE 'sortant%') THEN cccp.seconds_of_day(y.mode_since,
	y.until, s.midnight_at) END AS outbound,
    CASE WHEN a.present AND a.state IN ('talking', 'held')
	AND a.busy_count >= 1 AND a.task_ended_at IS NULL
	THEN cccp.seconds_between(a.task_managed_at, y.until) END AS contact) r;
COMMENT ON VIEW cccp_v1.user IS
    'Users of all servers, agents and supervisors, as they are now. Boards'
    ' show the users that are present and not hidden. A value that the server'
    ' does not report is null; but a counter of the day is 0 when the server'
    ' reports another one of the user, or has counted nothing since a midnight'
    ' that it passed while it was live. Counters and totals start at the'
    ' server''s midnight; what is running is in the totals and in the longest'
    ' times, but not in the means. Durations are exact.';
COMMENT ON COLUMN cccp_v1.user.source IS
    'Name of the source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.user.login IS 'Login, unique in its source.';
COMMENT ON COLUMN cccp_v1.user.name IS 'Display name; may be empty.';
COMMENT ON COLUMN cccp_v1.user.kind IS 'agent or supervisor.';
COMMENT ON COLUMN cccp_v1.user.profile IS 'Profile of the last session.';
COMMENT ON COLUMN cccp_v1.user.team IS
    'Path of the group, without the leading slash.';
COMMENT ON COLUMN cccp_v1.user.state IS
    'State: available, ringing, talking, held, outbound, other_call, wrapup,'
    ' paused, withdrawn, supervising, offline or unknown. It is unknown when'
    ' no rule matches, when the source is stale, and when the source no longer'
    ' lists the user. It is read from the last call offered: when that is over,'
    ' another call goes on and the task has a name of the customer''s own, it is'
    ' other_call.';
COMMENT ON COLUMN cccp_v1.user.state_since IS
    'Start of the state, the same as in cccp_v1.user_state; null when nothing'
    ' tells it, as for a user who never logged in. When the source is stale:'
    ' when the source was last alive.';
COMMENT ON COLUMN cccp_v1.user.state_seconds IS
    'Time in the state, in seconds; null when its start is not known.';
COMMENT ON COLUMN cccp_v1.user.known_state IS
    'The last known state, also when the source is stale.';
COMMENT ON COLUMN cccp_v1.user.stale IS
    'True when the source has been silent for too long.';
COMMENT ON COLUMN cccp_v1.user.mode IS
    'CCCP''s state of the user (inbound, sortant, pause…), as reported.';
COMMENT ON COLUMN cccp_v1.user.mode_label IS
    'Display name of the mode, such as Disponible; in a pause, its reason.';
COMMENT ON COLUMN cccp_v1.user.mode_since IS 'When the mode last changed.';
COMMENT ON COLUMN cccp_v1.user.interface IS
    'CCCP''s current_mode of the session: inbound, supervision, unplug…';
COMMENT ON COLUMN cccp_v1.user.task IS
    'State of the last call, as reported. It counts while busy_count is 1.';
COMMENT ON COLUMN cccp_v1.user.task_label IS 'Display name of the task.';
COMMENT ON COLUMN cccp_v1.user.task_started_at IS
    'When the last call was offered.';
COMMENT ON COLUMN cccp_v1.user.task_managed_at IS
    'When the last call was answered.';
COMMENT ON COLUMN cccp_v1.user.task_ended_at IS 'When the last call ended.';
COMMENT ON COLUMN cccp_v1.user.queue IS
    'Display name of the queue of the call in hand, also while it rings; null'
    ' without a call.';
COMMENT ON COLUMN cccp_v1.user.queue_name IS
    'Technical name of that queue, unique in its source.';
COMMENT ON COLUMN cccp_v1.user.queues IS
    'Queues that the user serves now, sorted.';
COMMENT ON COLUMN cccp_v1.user.phone IS
    'Phone number, without scheme and host.';
COMMENT ON COLUMN cccp_v1.user.phone_uri IS 'Phone address, as reported.';
COMMENT ON COLUMN cccp_v1.user.logged IS 'Whether the user is logged in.';
COMMENT ON COLUMN cccp_v1.user.login_at IS 'Start of the last session.';
COMMENT ON COLUMN cccp_v1.user.logout_at IS 'End of the last session.';
COMMENT ON COLUMN cccp_v1.user.login_seconds IS
    'Time since the login, in seconds; null when logged out.';
COMMENT ON COLUMN cccp_v1.user.session_id IS
    'The server''s name for the session.';
COMMENT ON COLUMN cccp_v1.user.busy_count IS
    '1 while the user has a call in hand, else 0. It stays 1 with two calls.';
COMMENT ON COLUMN cccp_v1.user.recording IS
    'Whether the user is being recorded now.';
COMMENT ON COLUMN cccp_v1.user.spies IS 'Logins of the users who listen in.';
COMMENT ON COLUMN cccp_v1.user.total_inbound IS 'Inbound calls offered.';
COMMENT ON COLUMN cccp_v1.user.managed_inbound IS 'Inbound calls answered.';
COMMENT ON COLUMN cccp_v1.user.lost_inbound IS 'Inbound calls missed.';
COMMENT ON COLUMN cccp_v1.user.transferred_inbound IS 'Calls transferred.';
COMMENT ON COLUMN cccp_v1.user.redirected_inbound IS 'Calls redirected.';
COMMENT ON COLUMN cccp_v1.user.total_tasks IS 'Calls of all kinds.';
COMMENT ON COLUMN cccp_v1.user.talk_seconds IS
    'Total talk time without hold, in seconds, with the talk that is running.';
COMMENT ON COLUMN cccp_v1.user.held_seconds IS
    'Total hold time, in seconds, with the hold that is running.';
COMMENT ON COLUMN cccp_v1.user.ringing_seconds IS
    'Total ringing time, in seconds, with the ringing that is running.';
COMMENT ON COLUMN cccp_v1.user.pause_seconds IS
    'Total pause time, in seconds, with the pause that is running.';
COMMENT ON COLUMN cccp_v1.user.outbound_seconds IS
    'Total time in outbound mode, in seconds, with the time that is running.';
COMMENT ON COLUMN cccp_v1.user.contact_seconds_max IS
    'Longest call, from its answer to its end, with hold, in seconds; the call'
    ' that is running counts.';
COMMENT ON COLUMN cccp_v1.user.held_seconds_max IS
    'Longest hold time of a call, in seconds; the hold that is running counts.';
COMMENT ON COLUMN cccp_v1.user.ringing_seconds_max IS
    'Longest ringing time of a call, in seconds; the ringing that is running'
    ' counts.';
COMMENT ON COLUMN cccp_v1.user.talk_seconds_mean IS
    'Mean talk time without hold per inbound call answered, in seconds, without'
    ' the talk that is running; null without calls.';
COMMENT ON COLUMN cccp_v1.user.held_seconds_mean IS
    'Mean hold time per inbound call answered, in seconds, without the hold'
    ' that is running; null without calls.';
COMMENT ON COLUMN cccp_v1.user.ringing_seconds_mean IS
    'Mean ringing time per inbound call answered, in seconds, without the'
    ' ringing that is running; null without calls.';
COMMENT ON COLUMN cccp_v1.user.outbound_state IS
    'Progress of the outbound call, as reported.';
COMMENT ON COLUMN cccp_v1.user.outbound_target IS
    'Whom the outbound call called.';
COMMENT ON COLUMN cccp_v1.user.outbound_started_at IS
    'When the outbound call was dialled.';
COMMENT ON COLUMN cccp_v1.user.present IS
    'False when the server no longer lists the user.';
COMMENT ON COLUMN cccp_v1.user.hidden IS
    'True for a system account, which boards do not show.';
COMMENT ON COLUMN cccp_v1.user.changed_at IS
    'When the row last changed, by the clock of the database.';
COMMENT ON COLUMN cccp_v1.user.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp_v1.user.object_id IS
    'The server''s number for the user; changes when the server restarts.';
COMMENT ON COLUMN cccp_v1.user.id IS
    'Key of the user in this database (cccp.agent.agent_id).';
COMMENT ON COLUMN cccp_v1.user.search_key IS
    'For searching: search_key LIKE cccp.pattern(word) for each word, or LIKE'
    ' ALL (cccp.patterns(words)).';
COMMENT ON COLUMN cccp_v1.user.state_from IS
    'state_since by the clock of the database: state_seconds counts from here.';
COMMENT ON COLUMN cccp_v1.user.login_from IS
    'login_at by the clock of the database: login_seconds counts from here;'
    ' null when logged out.';
COMMENT ON COLUMN cccp_v1.user.running IS
    'Names of the totals above that are running: they grow by a second each'
    ' second.';
COMMENT ON COLUMN cccp_v1.user.task_since IS
    'When the task last changed: when the ringing, the talk, the hold or the'
    ' wrap-up began.';
GRANT SELECT ON cccp_v1.user TO cccp_reader;

CREATE OR REPLACE VIEW cccp_v1.user_state AS
SELECT s.name AS source, a.login, a.name, i.state::text AS state, i.mode,
    i.mode_label, i.since, i.until, CASE WHEN i.until IS NULL
	THEN cccp.seconds_since(i.since, s.clock_skew_s)
	ELSE cccp.seconds_between(i.since, i.until) END AS seconds,
    i.gap, i.agent_id AS user_id,
    coalesce(i.state_since, i.since) AS state_since
FROM cccp.agent_state i
JOIN cccp.agent a ON a.agent_id = i.agent_id
JOIN cccp.source s ON s.source_id = a.source_id AND NOT s.retired;
COMMENT ON VIEW cccp_v1.user_state IS
    'History of states: one row per user and interval [since, until). The'
    ' intervals of a user neither overlap nor leave a hole.';
COMMENT ON COLUMN cccp_v1.user_state.source IS
    'Name of the source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.user_state.login IS 'Login.';
COMMENT ON COLUMN cccp_v1.user_state.name IS
    'Display name of the user, as it is now.';
COMMENT ON COLUMN cccp_v1.user_state.state IS 'State, as in cccp_v1.user.';
COMMENT ON COLUMN cccp_v1.user_state.mode IS
    'CCCP''s state of the user at the end of the interval, as reported.';
COMMENT ON COLUMN cccp_v1.user_state.mode_label IS
    'Display name of the mode; in a pause, its reason.';
COMMENT ON COLUMN cccp_v1.user_state.since IS
    'Start of the interval, by the source''s clock.';
COMMENT ON COLUMN cccp_v1.user_state.until IS
    'End of the interval, by the source''s clock; null while it lasts.';
COMMENT ON COLUMN cccp_v1.user_state.seconds IS
    'Length of the interval up to now, in seconds.';
COMMENT ON COLUMN cccp_v1.user_state.gap IS
    'True when the source did not report the user in the interval.';
COMMENT ON COLUMN cccp_v1.user_state.user_id IS
    'Key of the user in this database.';
COMMENT ON COLUMN cccp_v1.user_state.state_since IS
    'Start of the state, by the source''s clock, as in cccp_v1.user: earlier'
    ' than since when the state lasted over a gap.';
GRANT SELECT ON cccp_v1.user_state TO cccp_reader;
