-- 40-view-source.sql: sources, to read.
--
-- A view runs with its owner's rights, so who may read it needs no right on
-- the tables.

CREATE OR REPLACE VIEW cccp_v1.source AS
SELECT s.name AS source, s.url, s.status, s.status_since, s.alive_at,
    date_part('epoch', now() - s.alive_at) + s.clock_skew_s AS age_seconds,
    cccp.is_stale(s.status, s.alive_at, s.clock_skew_s, s.stale_after)
	AS stale,
    s.error, s.error_at, s.last_sync, s.last_change, s.generation,
    (SELECT count(*) FROM cccp.agent a WHERE a.source_id = s.source_id
	AND a.present AND NOT a.hidden) AS users,
    s.clock_skew_s, s.server_version
FROM cccp.source s
WHERE NOT s.retired;
COMMENT ON VIEW cccp_v1.source IS
    'CCCP servers: how each is and how old what is known of it.';
COMMENT ON COLUMN cccp_v1.source.source IS 'Short name.';
COMMENT ON COLUMN cccp_v1.source.url IS 'Where it is, without secrets.';
COMMENT ON COLUMN cccp_v1.source.status IS
    'connecting; live; stale: silent for too long; down: no connection.';
COMMENT ON COLUMN cccp_v1.source.status_since IS 'When that began.';
COMMENT ON COLUMN cccp_v1.source.alive_at IS
    'Last proof of life, by the source''s clock.';
COMMENT ON COLUMN cccp_v1.source.age_seconds IS
    'Seconds since then, the clocks'' difference taken out.';
COMMENT ON COLUMN cccp_v1.source.stale IS
    'True when what is known is too old to be called current.';
COMMENT ON COLUMN cccp_v1.source.error IS
    'What is wrong, for an operator; null when live.';
COMMENT ON COLUMN cccp_v1.source.error_at IS
    'When the last error came up; kept when it is over.';
COMMENT ON COLUMN cccp_v1.source.last_sync IS 'Last flush.';
COMMENT ON COLUMN cccp_v1.source.last_change IS
    'Last flush that changed something.';
COMMENT ON COLUMN cccp_v1.source.generation IS
    'Generation that last changed anything of it.';
COMMENT ON COLUMN cccp_v1.source.users IS
    'Users that it lists, hidden ones left out.';
COMMENT ON COLUMN cccp_v1.source.clock_skew_s IS
    'Seconds that its clock is ahead of ours.';
COMMENT ON COLUMN cccp_v1.source.server_version IS 'As the server says it.';
GRANT SELECT ON cccp_v1.source TO cccp_web, cccp_reader;

CREATE OR REPLACE VIEW cccp.source_state AS
SELECT s.source_id, k.state AS known_state,
    CASE WHEN x.stale THEN 'unknown' ELSE k.state END AS state, x.stale,
    CASE WHEN x.stale THEN s.alive_at END AS unknown_since,
    s.clock_skew_s * interval '1 s' AS clock_skew
FROM cccp.source s
CROSS JOIN LATERAL (SELECT cccp.is_stale(s.status, s.alive_at,
    s.clock_skew_s, s.stale_after) AS stale) x
CROSS JOIN unnest('{available, ringing, talking, held, outbound, other_call,'
    ' wrapup, paused, withdrawn, supervising, offline, unknown}'::text[])
    AS k (state)
WHERE NOT s.retired;
COMMENT ON VIEW cccp.source_state IS
    'The parts of cccp.agent_now that lie in order of time: a row for each'
    ' source and state known, and what such agents are shown as.';
COMMENT ON COLUMN cccp.source_state.source_id IS 'Source.';
COMMENT ON COLUMN cccp.source_state.known_state IS 'agent_now.state.';
COMMENT ON COLUMN cccp.source_state.state IS
    'The same, but unknown when the source is stale.';
COMMENT ON COLUMN cccp.source_state.stale IS 'As in cccp_v1.source.';
COMMENT ON COLUMN cccp.source_state.unknown_since IS
    'Of a stale source: since when it is silent, by its clock.';
COMMENT ON COLUMN cccp.source_state.clock_skew IS
    'How far the source''s clock is ahead of ours.';
GRANT SELECT ON cccp.source_state TO cccp_web, cccp_reader;
