-- 99-left-over.sql: drops the functions and views that 00-private.sql found and
-- no file has replaced.
--
-- A view of cccp_v1 is never dropped: it is an error when its file is missing.

DO $$
DECLARE
	old record;
BEGIN
	FOR old IN
		SELECT b.class, b.oid, CASE WHEN p.oid IS NOT NULL
			THEN 'ROUTINE ' || p.oid::regprocedure
			ELSE 'VIEW ' || c.oid::regclass END AS name,
		    c.relnamespace = 'cccp_v1'::regnamespace AS promised
		FROM pg_temp.code_before b
		LEFT JOIN pg_proc p ON b.class = 'pg_proc'::regclass
		    AND p.oid = b.oid AND p.xmin = b.version
		LEFT JOIN pg_rewrite r ON b.class = 'pg_class'::regclass
		    AND r.ev_class = b.oid AND r.xmin = b.version
		LEFT JOIN pg_class c ON c.oid = r.ev_class
		WHERE p.oid IS NOT NULL OR c.oid IS NOT NULL
		ORDER BY b.class, b.oid
	LOOP
		IF old.promised THEN
			RAISE EXCEPTION '% is no longer in any file', old.name
			    USING HINT = 'Views of cccp_v1 are promised: none'
			    ' is removed, and columns are added at the end.';
		END IF;
		EXECUTE 'DROP ' || old.name;
		RAISE WARNING '% is no longer in any file: dropped',
		    old.name;
	END LOOP;
END $$;
