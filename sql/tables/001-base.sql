-- 001-base.sql: roles, schemas, collation, text folding, applied files.
--
-- Applied by a superuser, or by the owner of the database: either it may create
-- roles, or the roles exist and it is a member of cccp_owner.

DO $$
BEGIN
	IF current_setting('server_version_num')::int < 150000 THEN
		RAISE EXCEPTION 'PostgreSQL 15 or later is needed, this is %',
		    current_setting('server_version');
	END IF;
	IF current_setting('server_encoding') <> 'UTF8' THEN
		RAISE EXCEPTION 'database % has encoding %, UTF8 is needed',
		    current_database(), current_setting('server_encoding');
	END IF;
END $$;

DO $$
DECLARE
	r record;
	may text := CASE WHEN current_setting('server_version_num')::int
	    < 160000 THEN 'MEMBER' ELSE 'SET' END;
BEGIN
	FOR r IN VALUES
	    ('cccp_owner', 'NOLOGIN', 'Owns the schemas cccp and cccp_v1.'),
	    ('cccp_poller', 'LOGIN', 'The one writer: cccp-poller.'),
	    ('cccp_web', 'LOGIN', 'Reads for the web: cccp.fcgi.'),
	    ('cccp_reader', 'LOGIN', 'Reads everything: psql, Grafana, …')
	LOOP
		CONTINUE WHEN EXISTS (
			SELECT FROM pg_roles WHERE rolname = r.column1);
		BEGIN
			EXECUTE format('CREATE ROLE %I %s', r.column1, r.column2);
			EXECUTE format('COMMENT ON ROLE %I IS %L', r.column1,
			    r.column3);
		EXCEPTION
		WHEN duplicate_object OR unique_violation THEN
			NULL;	-- Roles are shared: another database made it.
		WHEN insufficient_privilege THEN
			RAISE EXCEPTION 'role % is missing and % may not create'
			    ' roles', r.column1, current_user USING HINT =
			    format('A superuser can: CREATE ROLE %I %s;',
			    r.column1, r.column2);
		END;
	END LOOP;
	IF NOT pg_has_role('cccp_owner', may) THEN
		EXECUTE format('GRANT cccp_owner TO %I', current_user);
	END IF;
EXCEPTION WHEN insufficient_privilege THEN
	RAISE EXCEPTION '% is not in the role cccp_owner', current_user
	    USING HINT = format('A superuser can: GRANT cccp_owner TO %I;',
	    current_user);
END $$;

DO $$
BEGIN
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO cccp_poller, cccp_web,'
	    ' cccp_reader', current_database());
	EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO cccp_owner,'
	    ' cccp_poller', current_database());
END $$;

CREATE SCHEMA cccp AUTHORIZATION cccp_owner;
CREATE SCHEMA cccp_v1 AUTHORIZATION cccp_owner;

-- The extensions may exist in any schema.  Missing ones are created in public,
-- or in cccp when there is no public or nothing may be created in it.  fold()
-- names the schema in which they are.
DO $$
DECLARE
	extension name;
	home name := CASE WHEN to_regnamespace('public') IS NOT NULL
	    AND has_schema_privilege(to_regnamespace('public'), 'CREATE')
	    THEN 'public' ELSE 'cccp' END;
BEGIN
	FOREACH extension IN ARRAY ARRAY['unaccent', 'pg_trgm'] LOOP
		IF NOT EXISTS (
			SELECT FROM pg_extension WHERE extname = extension)
		THEN
			EXECUTE format('CREATE EXTENSION %I SCHEMA %I',
			    extension, home);
		END IF;
	END LOOP;
	FOR home IN SELECT DISTINCT n.nspname FROM pg_extension e
	    JOIN pg_namespace n ON n.oid = e.extnamespace
	    WHERE e.extname IN ('unaccent', 'pg_trgm')
	    AND NOT has_schema_privilege('cccp_owner', n.oid, 'USAGE')
	LOOP
		EXECUTE format('GRANT USAGE ON SCHEMA %I TO cccp_owner', home);
	END LOOP;
END $$;

SET LOCAL ROLE cccp_owner;

-- PUBLIC may run no function; each function has its own GRANT.
ALTER DEFAULT PRIVILEGES FOR ROLE cccp_owner
    REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
-- cccp_reader may read all tables that are created later, also partitions.
ALTER DEFAULT PRIVILEGES FOR ROLE cccp_owner IN SCHEMA cccp, cccp_v1
    GRANT SELECT ON TABLES TO cccp_reader;
GRANT USAGE ON SCHEMA cccp TO cccp_poller, cccp_web, cccp_reader;
GRANT USAGE ON SCHEMA cccp_v1 TO cccp_web, cccp_reader;

COMMENT ON SCHEMA cccp IS
    'Live call-centre supervision: the tables that cccp-poller keeps equal to'
    ' what the CCCP dispatch servers report. For queries prefer the views of'
    ' cccp_v1.';
COMMENT ON SCHEMA cccp_v1 IS
    'Stable views of the schema cccp, for pages, CSV files and people. Columns'
    ' may be added at the end; existing columns keep their name and meaning.';

CREATE COLLATION cccp.french (provider = icu, locale = 'fr');
COMMENT ON COLLATION cccp.french IS
    'French order of text, for ORDER BY: accents and case count last.';

DO $$
DECLARE
	home name := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n
	    ON n.oid = e.extnamespace WHERE e.extname = 'unaccent');
BEGIN
	EXECUTE format($f$
		CREATE FUNCTION cccp.fold(text) RETURNS text
		LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
		RETURN lower(%I.unaccent(%L::regdictionary, $1)
		    COLLATE cccp.french)
	$f$, home, format('%I.unaccent', home));
END $$;
COMMENT ON FUNCTION cccp.fold(text) IS
    'Text for searching: lower case, without accents. The search key is folded'
    ' with it, and so are the words of a search, see cccp.pattern().';
GRANT EXECUTE ON FUNCTION cccp.fold TO cccp_poller, cccp_web, cccp_reader;

CREATE TABLE cccp.migration (
	file		text COLLATE "C" PRIMARY KEY,
	hash		text NOT NULL,
	applied_at	timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cccp.migration IS
    'The files of sql/tables and sql/code that made this schema; see'
    ' sql/migrate.';
COMMENT ON COLUMN cccp.migration.file IS
    'Name of the file, such as tables/001-base.sql.';
COMMENT ON COLUMN cccp.migration.hash IS 'SHA-256 of the file.';
COMMENT ON COLUMN cccp.migration.applied_at IS
    'When the file was last applied.';
GRANT SELECT ON cccp.migration TO cccp_poller, cccp_web, cccp_reader;
