-- 018-read-url.sql: whose calls the database has.

SET LOCAL ROLE cccp_owner;

ALTER TABLE cccp.source ADD read_url text;
COMMENT ON COLUMN cccp.source.read_url IS
    'Address of the server whose data were last read as a whole. While url is'
    ' another one, calls of the source may be missing.';
GRANT UPDATE (read_url) ON cccp.source TO cccp_poller;
