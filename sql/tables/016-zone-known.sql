-- 016-zone-known.sql: what a time zone of a source may be; the check itself is
-- in code/10-base.sql.

SET LOCAL ROLE cccp_owner;

COMMENT ON COLUMN cccp.source.time_zone IS
    'Time zone whose midnight begins the source''s day when zone_s is null; at'
    ' first that of the database. You may edit it: a zone that PostgreSQL does'
    ' not know is refused. When it no longer knows one that is here, the day is'
    ' that of UTC.';
