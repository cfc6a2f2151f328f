-- 00-private.sql: removes the private code and lists the public code.
--
-- When the text of one file of this folder has changed, sql/migrate applies all
-- files again, in order.
-- - Everything in cccp_private, above all the steps of cccp.flush(), is dropped
--   here and created again.
-- - Functions and views of cccp, cccp_v1, cccp_web and cccp_scoped are only
--   replaced, so that objects which depend on them, and granted rights, stay.  Only the body of a plpgsql
--   function may use cccp_private.  When the parameters or the result of a
--   function change, its file first says DROP FUNCTION IF EXISTS
--   cccp.name(types).
-- - 99-left-over.sql drops the functions and views that no file replaced.
-- No flush runs during this, since sql/migrate holds the lock on cccp.clock.

-- Functions and views before this.  When one is replaced, its row of the
-- catalogue has another place, also when a file of tables/ made it just now.
CREATE TEMP TABLE code_before ON COMMIT DROP AS
SELECT 'pg_proc'::regclass AS class, oid, ctid AS version
FROM pg_proc p
WHERE pronamespace = 'cccp'::regnamespace
AND pg_get_userbyid(proowner) = 'cccp_owner'
AND NOT EXISTS (
	-- It belongs to an extension, or a column in tables/ uses it.
	SELECT FROM pg_depend d
	WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	AND d.deptype = 'e'
	OR d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
	AND d.classid = 'pg_attrdef'::regclass)
UNION ALL
SELECT 'pg_class', c.oid, r.ctid
FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid
WHERE c.relnamespace::regnamespace::text IN ('cccp', 'cccp_v1', 'cccp_web',
    'cccp_audit',
    'cccp_scoped')
AND c.relkind = 'v' AND pg_get_userbyid(c.relowner) = 'cccp_owner';

DO $$
DECLARE
	old record;
BEGIN
	-- All in one statement, since they may depend on each other.
	FOR old IN SELECT string_agg(oid::regprocedure::text, ', ') AS names
	    FROM pg_proc WHERE pronamespace = to_regnamespace('cccp_private')
	    HAVING count(*) > 0
	LOOP
		EXECUTE 'DROP FUNCTION ' || old.names;
	END LOOP;
	FOR old IN SELECT oid::regclass AS name FROM pg_class
	    WHERE relnamespace = to_regnamespace('cccp_private')
	    AND relkind = 'c'
	LOOP
		EXECUTE format('DROP TYPE %s', old.name);
	END LOOP;
	DROP SCHEMA IF EXISTS cccp_private;
END $$;

-- The user who migrates may create schemas; cccp_owner may not.
SET LOCAL ROLE NONE;
CREATE SCHEMA cccp_private AUTHORIZATION cccp_owner;
SET LOCAL ROLE cccp_owner;
COMMENT ON SCHEMA cccp_private IS
    'Functions that only our own functions call. It is dropped and created'
    ' again whenever a file of sql/code changes.';
GRANT USAGE ON SCHEMA cccp_private TO cccp_poller;
