-- 00-private.sql: makes room for the code; 99-left-over.sql ends what this
-- begins.
--
-- The files of this folder are applied all together, in order, whenever the
-- text of one has changed.  What cccp_private holds, the steps of
-- cccp.flush() above all, is dropped and made anew.  Functions and views that
-- others may use (cccp, cccp_v1) are only replaced, so that who depends on
-- them, or was granted them, notices nothing.  Therefore they depend on
-- nothing of cccp_private but in the body of a plpgsql function; and to give
-- one other parameters or another result, its file drops the old one before:
-- DROP FUNCTION IF EXISTS cccp.name(types).

-- No flush meanwhile: it would call what is just being replaced.
DO $$ BEGIN PERFORM FROM cccp.clock FOR UPDATE; END $$;

-- Functions and views as they are; a replaced one has another version.
CREATE TEMP TABLE code_before ON COMMIT DROP AS
SELECT 'pg_proc'::regclass AS class, oid, xmin AS version
FROM pg_proc p
WHERE pronamespace = 'cccp'::regnamespace
AND pg_get_userbyid(proowner) = 'cccp_owner'
AND NOT EXISTS (
	-- Part of an extension, or a column of tables/ is made with it.
	SELECT FROM pg_depend d
	WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	AND d.deptype = 'e'
	OR d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
	AND d.classid = 'pg_attrdef'::regclass)
UNION ALL
SELECT 'pg_class', c.oid, r.xmin
FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid
WHERE c.relnamespace IN ('cccp'::regnamespace, 'cccp_v1'::regnamespace)
AND c.relkind = 'v' AND pg_get_userbyid(c.relowner) = 'cccp_owner';

DO $$
DECLARE
	old record;
BEGIN
	-- All at once, for they may depend on each other.
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

-- Who migrates may create schemas, the owner of ours may not.
SET LOCAL ROLE NONE;
CREATE SCHEMA cccp_private AUTHORIZATION cccp_owner;
SET LOCAL ROLE cccp_owner;
COMMENT ON SCHEMA cccp_private IS
    'What only our own functions call; made anew with each change of the code.';
GRANT USAGE ON SCHEMA cccp_private TO cccp_poller;
