-- 009-zone.sql: the zone of a source's midnight, as the server reports it.

SET LOCAL ROLE cccp_owner;

ALTER TABLE cccp.source ADD zone_s int CONSTRAINT source_zone_s_check
    CHECK (abs(zone_s) <= 86400);
COMMENT ON COLUMN cccp.source.zone_s IS
    'Offset of the server''s own time, in seconds east of UTC; its midnight'
    ' begins the source''s day. Null when the server does not report it: then'
    ' time_zone does.';
COMMENT ON COLUMN cccp.source.time_zone IS
    'Time zone whose midnight begins the source''s day when zone_s is null; at'
    ' first that of the database. You may edit it.';
GRANT INSERT (time_zone), UPDATE (zone_s) ON cccp.source TO cccp_poller;
