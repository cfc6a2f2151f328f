-- 40-view-source.sql: the views of sources.
--
-- A view runs with the rights of its owner, so its readers need no right on the
-- tables.

CREATE OR REPLACE VIEW cccp_v1.source AS
SELECT s.name AS source, s.url, x.status, CASE WHEN x.status = s.status
	THEN s.status_since ELSE greatest(s.status_since, s.alive_at
	- s.clock_skew_s * interval '1 s' + s.stale_after) END AS status_since,
    s.alive_at,
    date_part('epoch', now() - s.alive_at) + s.clock_skew_s AS age_seconds,
    x.stale,
    s.error, s.error_at, s.last_sync, s.last_change, s.generation,
    (SELECT count(*) FROM cccp.agent a WHERE a.source_id = s.source_id
	AND a.present AND NOT a.hidden) AS users,
    s.clock_skew_s, s.server_version, d.unreadable_values,
    d.unreadable_fields, d.same_key_objects, d.left_out_objects
FROM cccp.source s
CROSS JOIN LATERAL (SELECT y.stale, CASE WHEN y.stale AND s.status = 'live'
	THEN 'stale' ELSE s.status END AS status
    FROM (SELECT cccp.is_stale(s.status, s.alive_at, s.clock_skew_s,
	s.stale_after) AS stale) y) x
CROSS JOIN LATERAL (
	SELECT coalesce(sum(count) FILTER (WHERE kind = 'unreadable'), 0)
		::bigint AS unreadable_values,
	    coalesce(array_agg(list || '.' || path ORDER BY list, path)
		FILTER (WHERE kind = 'unreadable'), '{}') AS unreadable_fields,
	    coalesce(sum(count) FILTER (WHERE kind = 'same_key'), 0)
		::bigint AS same_key_objects,
	    coalesce(sum(count) FILTER (WHERE kind = 'left_out'), 0)
		::bigint AS left_out_objects
	FROM cccp.source_defect WHERE source_id = s.source_id) d
WHERE NOT s.retired;
COMMENT ON VIEW cccp_v1.source IS
    'CCCP servers: the status of each, and how old its data is.';
COMMENT ON COLUMN cccp_v1.source.source IS 'Short name of the source.';
COMMENT ON COLUMN cccp_v1.source.url IS
    'Address of the server, without secrets.';
COMMENT ON COLUMN cccp_v1.source.status IS
    'What is the matter with the source, in one word. live: its data is'
    ' current. stale: it has been silent for too long, or nobody writes what it'
    ' says. connecting, down: it is not connected; stale says whether its data'
    ' is too old.';
COMMENT ON COLUMN cccp_v1.source.status_since IS
    'When the status began, by the clock of the database.';
COMMENT ON COLUMN cccp_v1.source.alive_at IS
    'When the source last proved that it was alive, by its own clock.';
COMMENT ON COLUMN cccp_v1.source.age_seconds IS
    'Seconds since alive_at, corrected by clock_skew_s.';
COMMENT ON COLUMN cccp_v1.source.stale IS
    'True when the data is too old to be called current.';
COMMENT ON COLUMN cccp_v1.source.error IS
    'Message for the operator, if there is one; null when the status is live.';
COMMENT ON COLUMN cccp_v1.source.error_at IS
    'When the last error began; kept when the error is over.';
COMMENT ON COLUMN cccp_v1.source.last_sync IS
    'When the last flush was, by the clock of the database.';
COMMENT ON COLUMN cccp_v1.source.last_change IS
    'When the last flush that changed something was, by the clock of the'
    ' database.';
COMMENT ON COLUMN cccp_v1.source.generation IS
    'Generation that last changed anything of the source.';
COMMENT ON COLUMN cccp_v1.source.users IS
    'Number of users that it lists, without hidden users.';
COMMENT ON COLUMN cccp_v1.source.clock_skew_s IS
    'Seconds by which its clock is ahead of the clock of the database.';
COMMENT ON COLUMN cccp_v1.source.server_version IS
    'Version, as the server reports it.';
COMMENT ON COLUMN cccp_v1.source.unreadable_values IS
    'Number of values that the source reports now and that cannot be read.'
    ' They are unknown, or of a text, only what is readable is shown.';
COMMENT ON COLUMN cccp_v1.source.unreadable_fields IS
    'The fields of these values, by list and CCCP''s name, such as'
    ' users.busy_count; cccp_v1.source_defect has the number of each.';
COMMENT ON COLUMN cccp_v1.source.same_key_objects IS
    'Number of objects that are not shown because another one has the same'
    ' key.';
COMMENT ON COLUMN cccp_v1.source.left_out_objects IS
    'Number of objects that are not stored because they have no valid key, or'
    ' cannot be read at all.';
GRANT SELECT ON cccp_v1.source TO cccp_reader;

CREATE OR REPLACE VIEW cccp_v1.source_defect AS
SELECT s.name AS source, d.kind, d.list, d.path, d.field, d.count
FROM cccp.source_defect d JOIN cccp.source s USING (source_id)
WHERE NOT s.retired;
COMMENT ON VIEW cccp_v1.source_defect IS
    'What is wrong with the data that each source reports now. A row stays'
    ' until the source reports data without that defect.';
COMMENT ON COLUMN cccp_v1.source_defect.source IS 'Short name of the source.';
COMMENT ON COLUMN cccp_v1.source_defect.kind IS
    'unreadable: values of the field that cannot be read; they are unknown, or'
    ' of a text, only what is readable is shown. same_key: objects that are'
    ' not shown because another one has the same key. left_out: objects that'
    ' are not stored because they have no valid key, or cannot be read at all.';
COMMENT ON COLUMN cccp_v1.source_defect.list IS
    'The list that the objects belong to: users, queues or calls.';
COMMENT ON COLUMN cccp_v1.source_defect.path IS
    'CCCP''s name of the field; of the key, for same_key and left_out.';
COMMENT ON COLUMN cccp_v1.source_defect.field IS
    'The column of cccp.agent, cccp.queue or cccp.call that the field fills;'
    ' null when there is none.';
COMMENT ON COLUMN cccp_v1.source_defect.count IS 'How many values or objects.';
GRANT SELECT ON cccp_v1.source_defect TO cccp_reader;

CREATE OR REPLACE VIEW cccp.source_state AS
SELECT s.source_id, k.state AS known_state,
    CASE WHEN x.stale THEN 'unknown' ELSE k.state END AS state, x.stale,
    CASE WHEN x.stale THEN s.alive_at END AS unknown_since,
    s.clock_skew_s * interval '1 s' AS clock_skew, d.since_known
FROM cccp.source s
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN unnest('{available, ringing, talking, held, outbound, other_call,'
    ' wrapup, paused, withdrawn, supervising, offline, unknown}'::text[])
    AS k (state)
CROSS JOIN unnest('{true, false}'::boolean[]) AS d (since_known)
WHERE NOT s.retired;
COMMENT ON VIEW cccp.source_state IS
    'For lists ordered by time in state: one row for each source, known state'
    ' and whether its start is known, with the state that is shown. With it,'
    ' such a list is read from the index of cccp.agent_now, source by source and'
    ' state by state.';
COMMENT ON COLUMN cccp.source_state.source_id IS 'Source.';
COMMENT ON COLUMN cccp.source_state.known_state IS
    'State, as in cccp.agent_now.';
COMMENT ON COLUMN cccp.source_state.state IS
    'State that is shown: known_state, or unknown when the source is stale.';
COMMENT ON COLUMN cccp.source_state.stale IS 'As in cccp_v1.source.';
COMMENT ON COLUMN cccp.source_state.unknown_since IS
    'When a stale source was last alive, by its clock; null when it is not'
    ' stale.';
COMMENT ON COLUMN cccp.source_state.clock_skew IS
    'Interval by which the source''s clock is ahead of the clock of the'
    ' database.';
COMMENT ON COLUMN cccp.source_state.since_known IS
    'As in cccp.agent_now.';
GRANT SELECT ON cccp.source_state TO cccp_reader;
