-- Somebody begins to work: a change, through the flush that the poller uses.
SET ROLE cccp_poller;
SELECT cccp.staging();
BEGIN;
INSERT INTO source_in (name, url, status, alive_at, clock_skew_s, complete,
    resumed)
VALUES ('lyon', 'cccp://lyon.example:20103', 'live', now(), 0, false, false);
INSERT INTO agent_in (login, name, profile, logged, mode, mode_label,
    busy_count, present, seen_at)
VALUES ('zoe', 'Zoé Ünlü', 'P', true, 'inbound', 'Prête à ' || clock_timestamp(),
    0, true, now());
SELECT * FROM cccp.flush();
COMMIT;
