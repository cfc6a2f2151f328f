#!/usr/bin/env bats
# sql/migrate: for whom and where it works, what it says, and that it does things
# once.

load stand

@test "an owner who may not create the roles is told what to ask for" {
	sql -c "CREATE ROLE plain LOGIN" -c "ALTER DATABASE $PGDATABASE OWNER TO plain"
	PGUSER=plain run -1 migrate
	[[ $output == *"role cccp_owner is missing and plain may not create roles"* ]]
	[[ $output == *"CREATE ROLE cccp_owner NOLOGIN;"* ]]
	[[ $output == *"failed, nothing was changed"* ]]
	[ "$(sql -c "SELECT count(*) FROM pg_namespace WHERE nspname ~ 'cccp'")" = 0 ]
}

@test "an owner who may create roles needs no superuser" {
	sql -c "CREATE ROLE dba LOGIN CREATEROLE" \
	    -c "ALTER DATABASE $PGDATABASE OWNER TO dba"
	PGUSER=dba run -0 migrate
	[ "$(sql -c "SELECT count(*) FROM cccp.migration")" = "$FILES" ]
	[ "$(sql -c "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'cccp'")" = cccp_owner ]
	PGUSER=dba run -0 migrate
	[[ $output == *"nothing to do"* ]]
	PGUSER=cccp_poller sql <<-'END'
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in (name, status) VALUES ('prod', 'live');
		INSERT INTO agent_in (login, name) VALUES ('zoe', 'Zoé');
		SELECT rows_changed FROM cccp.flush();
		COMMIT;
	END
	[ "$(PGUSER=cccp_web PGOPTIONS='-c cccp.scope=whole' sql -c "SELECT login
	    FROM cccp_web.user WHERE search_key LIKE cccp.pattern('ZOÉ')")" = zoe ]
	# And again, when the code has changed.
	spoil
	echo '-- More.' >>"$SQL/code/10-base.sql"
	PGUSER=dba run -0 migrate
	[[ $output == *"applied code/10-base.sql"* ]]
}

@test "an owner who is not in cccp_owner is told so, and may be put in" {
	sql -c "ALTER DATABASE $PGDATABASE OWNER TO plain"
	PGUSER=plain run -1 migrate
	[[ $output == *"plain is not in the role cccp_owner"* ]]
	sql -c "GRANT cccp_owner TO plain"
	PGUSER=plain run -0 migrate
	[[ $output == *"now has schema $SCHEMA" ]]
}

@test "once, and then there is nothing to do" {
	run -0 migrate
	[[ ${lines[0]} == "sql/migrate: applied tables/001-base.sql" ]]
	[[ ${lines[-1]} == "sql/migrate: database $PGDATABASE now has schema $SCHEMA" ]]
	[ ${#lines[@]} = $((FILES + 1)) ]
	run -0 migrate
	[ "$output" = "sql/migrate: database $PGDATABASE has schema $SCHEMA, nothing to do" ]
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$SCHEMA" ]
}

@test "the database is named, or else there is none" {
	local name=$PGDATABASE
	unset PGDATABASE
	run -3 migrate
	[[ $output == *"which database?"* ]]
	run -3 migrate --check
	[[ $output == *"which database?"* ]]
	run -0 migrate "$name"
	[[ $output == *"database $name now has schema $SCHEMA" ]]
	run -0 migrate --check "$name"
	printf '%s\n' '[board]' "dbname=$name" >"$BATS_TEST_TMPDIR/service"
	PGSERVICEFILE=$BATS_TEST_TMPDIR/service PGSERVICE=board \
	    run -0 migrate --check
	PGSERVICEFILE=$BATS_TEST_TMPDIR/service PGSERVICE=board \
	    run -1 migrate --check postgres
	PGDATABASE=$name run -1 migrate --check postgres
	[ "$(sql -d postgres -c "SELECT to_regnamespace('cccp') IS NULL")" = t ]
}

@test "four at once" {
	pids=()
	for i in 1 2 3 4; do
		migrate >"$BATS_TEST_TMPDIR/$i" 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || { cat "$BATS_TEST_TMPDIR"/[1-4]; false; }
	done
	[ "$(sql -c "SELECT count(*) FROM cccp.migration")" = "$FILES" ]
	[ "$(cat "$BATS_TEST_TMPDIR"/[1-4] | grep -c 'nothing to do')" = 3 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/[1-4] | grep -c 'applied tables/001')" = 1 ]
}

@test "two databases of one cluster at once, before there are roles" {
	sql -c "DROP OWNED BY cccp_owner, plain" -c "DROP ROLE cccp_owner,
	    cccp_poller, cccp_web, cccp_reader, cccp_scoped"
	sql -c "CREATE DATABASE other"
	pids=()
	for database in "$PGDATABASE" other; do
		migrate "$database" >"$BATS_TEST_TMPDIR/$database" 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || { cat "$BATS_TEST_TMPDIR"/*; false; }
	done
	sql -c "DROP DATABASE other"
}

@test "--check tells by its status" {
	run -1 migrate --check
	[[ $output == *"the schema is missing, run sql/migrate for $SCHEMA" ]]
	migrate
	run -0 migrate --check
	[ -z "$output" ]
	sql -c "UPDATE cccp.migration SET hash = 'other' WHERE file ~ 'flush.sql'"
	run -1 migrate --check
	[[ $output == *"run sql/migrate for $SCHEMA" ]]
	sql -c "INSERT INTO cccp.migration VALUES ('tables/999-tomorrow.sql', '')"
	run -2 migrate --check
	[[ $output == *"these files make $SCHEMA: use newer files" ]]
	PGPORT=1 run -3 migrate --check
	[[ $output == *"could not be queried" ]]
	run -3 migrate --chekc
	[[ $output == *"usage:"* ]]
	run -3 migrate --check twice thrice
	run -3 migrate --tries none
	run -0 migrate --help
}

@test "a database of before cannot be taken along, and keeps what it has" {
	sql <<-'END'
		CREATE SCHEMA cccp;
		CREATE SCHEMA cccp_v1;
		CREATE TABLE cccp.migration (version int PRIMARY KEY,
		    name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
		INSERT INTO cccp.migration VALUES (1, 'base'), (24, 'retired');
		CREATE TABLE cccp.agent (agent_id int PRIMARY KEY, login text);
		INSERT INTO cccp.agent VALUES (1, 'zoe');
		CREATE FUNCTION cccp.schema_version() RETURNS int LANGUAGE sql
		RETURN (SELECT max(version) FROM cccp.migration);
		CREATE VIEW cccp_v1.user AS SELECT login FROM cccp.agent;
	END
	everything >"$BATS_TEST_TMPDIR/before"
	run -1 migrate
	[[ $output == *"schema of database $PGDATABASE has an old layout"*"nothing was changed"* ]]
	[[ $output == *"ALTER DATABASE \"$PGDATABASE\" RENAME TO \"${PGDATABASE}_before\";"* ]]
	run -1 migrate --check
	[[ $output == *"CREATE DATABASE \"$PGDATABASE\";"* ]]
	everything | diff "$BATS_TEST_TMPDIR/before" -
	# What it says works.
	grep DATABASE <<<"$output" | grep ';$' | sql -d postgres
	run -0 migrate
	[ "$(sql -d "${PGDATABASE}_before" -c 'TABLE cccp_v1.user')" = zoe ]
	sql -d postgres -c "DROP DATABASE ${PGDATABASE}_before"
}

@test "a schema that is newer is left alone" {
	migrate
	sql -c "INSERT INTO cccp.migration VALUES ('tables/999-tomorrow.sql', '')"
	everything >"$BATS_TEST_TMPDIR/before"
	run -1 migrate
	[[ $output == *"these files make $SCHEMA: use newer files" ]]
	everything | diff "$BATS_TEST_TMPDIR/before" -
}

@test "a number that is missing is told" {
	spoil
	rm "$SQL/tables/003-agent.sql"
	run -3 migrate
	[[ $output == *"004-state.sql: number 3 is expected" ]]
}

@test "extensions may live elsewhere, where nobody may look" {
	sql -c "CREATE SCHEMA ext" -c "CREATE EXTENSION unaccent SCHEMA ext" \
	    -c "CREATE EXTENSION pg_trgm SCHEMA ext"
	migrate
	[ "$(PGUSER=cccp_web sql -c "SELECT cccp.pattern('Zoé')")" = %zoe% ]
	[ "$(sql -c "SELECT count(*) FROM pg_extension
	    WHERE extname IN ('unaccent', 'pg_trgm')
	    AND extnamespace = 'ext'::regnamespace")" = 2 ]
}

@test "without a schema public, and where PUBLIC may nothing" {
	sql -c "DROP SCHEMA public" \
	    -c "REVOKE ALL ON DATABASE $PGDATABASE FROM PUBLIC"
	migrate
	[ "$(PGUSER=cccp_web sql -c "SELECT cccp.pattern('Zoé')")" = %zoe% ]
	PGUSER=cccp_poller sql -c "SELECT cccp.staging()"
	PGUSER=cccp_reader sql -c "TABLE cccp_v1.user"
	sql -c "SET ROLE cccp_owner" -c "SELECT cccp.apply_rules()"
	spoil
	echo '-- More.' >>"$SQL/code/10-base.sql"
	run -0 migrate
	[[ $output != *dropped* ]]
}

@test "an encoding that cannot hold names is refused" {
	sql -c "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
	run -1 migrate latin
	[[ $output == *"database latin has encoding LATIN1, UTF8 is needed"* ]]
	sql -c "DROP DATABASE latin"
}

@test "settings of the server or the user are not in the way" {
	sql -c "ALTER DATABASE $PGDATABASE SET search_path = pg_catalog" \
	    -c "ALTER DATABASE $PGDATABASE SET DateStyle = 'German'" \
	    -c "ALTER DATABASE $PGDATABASE SET timezone = 'Asia/Kathmandu'" \
	    -c "ALTER DATABASE $PGDATABASE SET standard_conforming_strings = on" \
	    -c "ALTER DATABASE $PGDATABASE SET check_function_bodies = off"
	PGOPTIONS='-c statement_timeout=30s' run -0 migrate
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$SCHEMA" ]
	[ "$(sql -c "SELECT cccp.keep_partitions()")" = 0 ]
}
