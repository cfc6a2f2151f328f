-- 012-reader.sql: what cccp_reader needs for pg_dump, and what keeps its long
-- queries from doing harm.

SET LOCAL ROLE cccp_owner;

-- pg_dump reads the sequences of the keys as well.
GRANT SELECT ON ALL SEQUENCES IN SCHEMA cccp TO cccp_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE cccp_owner IN SCHEMA cccp
    GRANT SELECT ON SEQUENCES TO cccp_reader;

-- While a query or a transaction runs, no row that was replaced since it began
-- can be removed, and tables that change all the time grow.  So both have a
-- limit for cccp_reader, which a session can change; pg_dump sets it to none.
-- What an administrator has set before stays.
SET LOCAL ROLE NONE;
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN VALUES ('statement_timeout', '10min'),
	    ('idle_in_transaction_session_timeout', '10min')
	LOOP
		CONTINUE WHEN EXISTS (
			SELECT FROM pg_db_role_setting s
			JOIN pg_roles ON pg_roles.oid = s.setrole
			CROSS JOIN unnest(s.setconfig) c
			WHERE rolname = 'cccp_reader'
			AND starts_with(c, r.column1 || '='));
		BEGIN
			EXECUTE format('ALTER ROLE cccp_reader SET %I = %L',
			    r.column1, r.column2);
		EXCEPTION WHEN insufficient_privilege THEN
			RAISE WARNING 'role cccp_reader has no %: % may not'
			    ' change it', r.column1, current_user USING HINT =
			    format('A superuser can: ALTER ROLE cccp_reader'
			    ' SET %I = %L;', r.column1, r.column2);
		END;
	END LOOP;
END $$;
SET LOCAL ROLE cccp_owner;
