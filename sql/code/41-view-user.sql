-- 41-view-user.sql: users and the history of their states, to read.
--
-- Durations grow, so who reads a list by them, page after page, goes by the
-- moment that they count from, by our clock: state_from, login_from.

-- LATERAL names what several columns need; the planner flattens it.
CREATE OR REPLACE VIEW cccp_v1.user AS
SELECT s.name AS source, a.login, a.name, a.kind, a.profile, a.team,
    CASE WHEN a.present AND NOT x.stale THEN a.state ELSE 'unknown' END
	::text AS state,
    y.since AS state_since,
    cccp.seconds_since(y.since, s.clock_skew_s) AS state_seconds,
    a.state::text AS known_state, x.stale, a.mode, a.mode_label, a.mode_since,
    a.interface, a.task, a.task_label, a.task_started_at, a.task_managed_at,
    a.task_ended_at, a.call_queue AS queue, a.queues, a.phone, a.phone_uri,
    a.logged, a.login_at, a.logout_at,
    CASE WHEN a.logged THEN cccp.seconds_since(a.login_at, s.clock_skew_s)
	END AS login_seconds,
    a.session_id, a.busy_count, a.record_active % 2 = 1 AS recording, a.spies,
    a.total_inbound, a.managed_inbound, a.lost_inbound,
    a.transferred_inbound, a.redirected_inbound, a.total_tasks,
    a.contact_seconds, a.held_seconds, a.ringing_seconds, a.pause_seconds,
    a.outbound_seconds, a.contact_seconds_max, a.held_seconds_max,
    a.ringing_seconds_max,
    a.contact_seconds / nullif(a.managed_inbound, 0) AS contact_seconds_mean,
    a.held_seconds / nullif(a.managed_inbound, 0) AS held_seconds_mean,
    a.ringing_seconds / nullif(a.managed_inbound, 0) AS ringing_seconds_mean,
    a.outbound_state, a.outbound_target, a.outbound_started_at, a.present,
    a.hidden, a.changed_at, a.generation, a.object_id, a.agent_id AS id,
    a.search_key, y.since - y.skew AS state_from,
    CASE WHEN a.logged THEN a.login_at - y.skew END AS login_from
FROM cccp.agent a
JOIN cccp.source s ON s.source_id = a.source_id AND NOT s.retired
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN LATERAL (SELECT s.clock_skew_s * interval '1 s' AS skew,
    CASE WHEN x.stale THEN s.alive_at ELSE a.state_since END AS since) y;
COMMENT ON VIEW cccp_v1.user IS
    'Users of all servers, agents and supervisors, as they are now. Boards'
    ' show those that are present and not hidden. Null: the server does not'
    ' say. Counters and sums run from the server''s midnight.';
COMMENT ON COLUMN cccp_v1.user.source IS 'Source, as in cccp_v1.source.';
COMMENT ON COLUMN cccp_v1.user.login IS 'Login, unique in its source.';
COMMENT ON COLUMN cccp_v1.user.name IS 'Display name; may be empty.';
COMMENT ON COLUMN cccp_v1.user.kind IS 'agent or supervisor.';
COMMENT ON COLUMN cccp_v1.user.profile IS 'Profile.';
COMMENT ON COLUMN cccp_v1.user.team IS 'Group, as a path.';
COMMENT ON COLUMN cccp_v1.user.state IS
    'available, ringing, talking, held, outbound, other_call, wrapup, paused,'
    ' withdrawn, supervising, offline; unknown when no rule tells it, the'
    ' source is stale, or it no longer lists the user.';
COMMENT ON COLUMN cccp_v1.user.state_since IS
    'Since when; of a stale source, since when it is silent.';
COMMENT ON COLUMN cccp_v1.user.state_seconds IS 'For how long.';
COMMENT ON COLUMN cccp_v1.user.known_state IS
    'The last state known, stale or not.';
COMMENT ON COLUMN cccp_v1.user.stale IS
    'True when the source has been silent for too long.';
COMMENT ON COLUMN cccp_v1.user.mode IS
    'What the user is there for (inbound, sortant, pause…), as told.';
COMMENT ON COLUMN cccp_v1.user.mode_label IS
    'The same for people; the reason of a pause.';
COMMENT ON COLUMN cccp_v1.user.mode_since IS 'When the mode last changed.';
COMMENT ON COLUMN cccp_v1.user.interface IS
    'Interface of the session: inbound, supervision, unplug…';
COMMENT ON COLUMN cccp_v1.user.task IS
    'State of the last call, as told; counts while busy_count is 1 or more.';
COMMENT ON COLUMN cccp_v1.user.task_label IS 'The same for people.';
COMMENT ON COLUMN cccp_v1.user.task_started_at IS 'Last call offered.';
COMMENT ON COLUMN cccp_v1.user.task_managed_at IS 'Last call answered.';
COMMENT ON COLUMN cccp_v1.user.task_ended_at IS 'Last call ended.';
COMMENT ON COLUMN cccp_v1.user.queue IS
    'Queue of the call in hand; null without one.';
COMMENT ON COLUMN cccp_v1.user.queues IS 'Queues served now, sorted.';
COMMENT ON COLUMN cccp_v1.user.phone IS 'Phone, without scheme and host.';
COMMENT ON COLUMN cccp_v1.user.phone_uri IS 'Phone, as told.';
COMMENT ON COLUMN cccp_v1.user.logged IS 'Whether logged in.';
COMMENT ON COLUMN cccp_v1.user.login_at IS 'Begin of the last session.';
COMMENT ON COLUMN cccp_v1.user.logout_at IS 'End of the last session.';
COMMENT ON COLUMN cccp_v1.user.login_seconds IS
    'Logged in for how long; null when logged out.';
COMMENT ON COLUMN cccp_v1.user.session_id IS 'The server''s session name.';
COMMENT ON COLUMN cccp_v1.user.busy_count IS 'Calls in hand.';
COMMENT ON COLUMN cccp_v1.user.recording IS 'Whether it is being recorded.';
COMMENT ON COLUMN cccp_v1.user.spies IS 'Logins of those who listen in.';
COMMENT ON COLUMN cccp_v1.user.total_inbound IS 'Inbound calls offered.';
COMMENT ON COLUMN cccp_v1.user.managed_inbound IS 'Inbound calls answered.';
COMMENT ON COLUMN cccp_v1.user.lost_inbound IS 'Inbound calls missed.';
COMMENT ON COLUMN cccp_v1.user.transferred_inbound IS 'Calls transferred.';
COMMENT ON COLUMN cccp_v1.user.redirected_inbound IS 'Calls redirected.';
COMMENT ON COLUMN cccp_v1.user.total_tasks IS 'Calls of all kinds.';
COMMENT ON COLUMN cccp_v1.user.contact_seconds IS 'Sum of talk.';
COMMENT ON COLUMN cccp_v1.user.held_seconds IS 'Sum of holds.';
COMMENT ON COLUMN cccp_v1.user.ringing_seconds IS 'Sum of ringing.';
COMMENT ON COLUMN cccp_v1.user.pause_seconds IS 'Time in pause.';
COMMENT ON COLUMN cccp_v1.user.outbound_seconds IS 'Time in outbound mode.';
COMMENT ON COLUMN cccp_v1.user.contact_seconds_max IS 'Longest talk.';
COMMENT ON COLUMN cccp_v1.user.held_seconds_max IS 'Longest hold.';
COMMENT ON COLUMN cccp_v1.user.ringing_seconds_max IS 'Longest ringing.';
COMMENT ON COLUMN cccp_v1.user.contact_seconds_mean IS
    'Talk per inbound call answered; null without any.';
COMMENT ON COLUMN cccp_v1.user.held_seconds_mean IS
    'Hold per inbound call answered; null without any.';
COMMENT ON COLUMN cccp_v1.user.ringing_seconds_mean IS
    'Ringing per inbound call answered; null without any.';
COMMENT ON COLUMN cccp_v1.user.outbound_state IS
    'Progress of the outbound call, as told.';
COMMENT ON COLUMN cccp_v1.user.outbound_target IS 'Whom it called.';
COMMENT ON COLUMN cccp_v1.user.outbound_started_at IS
    'When the outbound call was dialled.';
COMMENT ON COLUMN cccp_v1.user.present IS
    'False when the server no longer lists the user.';
COMMENT ON COLUMN cccp_v1.user.hidden IS 'System account, not shown.';
COMMENT ON COLUMN cccp_v1.user.changed_at IS
    'When the row last changed, by our clock.';
COMMENT ON COLUMN cccp_v1.user.generation IS
    'Generation that last changed the row.';
COMMENT ON COLUMN cccp_v1.user.object_id IS
    'The server''s number for the user; changes when it restarts.';
COMMENT ON COLUMN cccp_v1.user.id IS 'Our key (cccp.agent.agent_id).';
COMMENT ON COLUMN cccp_v1.user.search_key IS
    'For searching: LIKE cccp.pattern(word), for each word.';
COMMENT ON COLUMN cccp_v1.user.state_from IS
    'What state_seconds counts from: state_since by our clock.';
COMMENT ON COLUMN cccp_v1.user.login_from IS
    'What login_seconds counts from: login_at by our clock; null when logged'
    ' out.';
GRANT SELECT ON cccp_v1.user TO cccp_web, cccp_reader;

CREATE OR REPLACE VIEW cccp_v1.user_state AS
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
