-- 99-left-over.sql: drops the functions and views that 00-private.sql found and
-- no file has replaced.
--
-- A view of cccp_v1 or cccp_scoped is never dropped: it is an error when its
-- file is missing.

DO $$
DECLARE
	old record;
	routines text[] := '{}';
BEGIN
	-- Views first, since they use functions, and new ones before old ones.
	FOR old IN
		SELECT c.oid IS NOT NULL AS is_view,
		    coalesce(c.oid::regclass::text, p.oid::regprocedure::text)
			AS name,
		    c.relnamespace IN ('cccp_v1'::regnamespace,
			'cccp_scoped'::regnamespace) AS promised
		FROM pg_temp.code_before b
		LEFT JOIN pg_proc p ON b.class = 'pg_proc'::regclass
		    AND p.oid = b.oid AND p.ctid = b.version
		LEFT JOIN pg_rewrite r ON b.class = 'pg_class'::regclass
		    AND r.ev_class = b.oid AND r.ctid = b.version
		LEFT JOIN pg_class c ON c.oid = r.ev_class
		WHERE p.oid IS NOT NULL OR c.oid IS NOT NULL
		ORDER BY is_view DESC, b.oid DESC
	LOOP
		IF old.promised THEN
			RAISE EXCEPTION 'VIEW % is no longer in any file', old.name
			    USING HINT = 'Views of cccp_v1 and cccp_scoped are'
			    ' promised: none is removed, and columns are added'
			    ' at the end.';
		END IF;
		IF old.is_view THEN
			EXECUTE 'DROP VIEW ' || old.name;
		ELSE
			routines := routines || old.name;
		END IF;
		RAISE WARNING '% % is no longer in any file: dropped',
		    CASE WHEN old.is_view THEN 'VIEW' ELSE 'ROUTINE' END,
		    old.name;
	END LOOP;
	-- All in one statement, since they may use each other.
	IF routines <> '{}' THEN
		EXECUTE 'DROP ROUTINE ' || array_to_string(routines, ', ');
	END IF;
END $$;
