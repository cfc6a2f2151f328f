-- One change, by the flush that the poller uses: see change() in stand.bash.
SET ROLE cccp_poller;
SELECT cccp.staging();
BEGIN;
INSERT INTO source_in (name, url, status, alive_at, clock_skew_s, complete,
    resumed)
VALUES ('lyon', 'cccp://lyon.example:20103', 'live', now(), 0, false, false);
INSERT INTO agent_in (login, name, profile, logged, mode, phone_uri, busy_count,
    present, seen_at)
VALUES ('zoe', 'Zoé ' || clock_timestamp(), 'P', true, 'inbound',
    'tel:+33199009901', 0, true, now());
SELECT * FROM cccp.flush();
COMMIT;
RESET ROLE;
