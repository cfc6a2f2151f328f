#!/usr/bin/env bats
# sql/migrate: for whom it works, what it says, and that it does things once.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/../pg.sh"
	PG_SCHEMA=no pg_start
	export PG_ROOT PG_DIR PG_BIN
	LAST=$(cd "$PG_ROOT/sql" && printf '%s\n' [0-9]*.sql | tail -n 1)
	export LAST NEWEST=$((10#${LAST%%-*}))
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/../pg.sh"
	pg_find && pg_stop
}

# Each test has a database of its own, named by its number.
setup() {
	export PGDATABASE=d$BATS_TEST_NUMBER
	psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE"
}

teardown() {
	psql -Xq -d postgres -c "DROP DATABASE $PGDATABASE WITH (FORCE)"
}

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

migrate() {
	"${SQL:-$PG_ROOT/sql}/migrate" "$@"
}

# A copy of the folder to spoil, with a name that asks for trouble.
spoil() {
	SQL="$BATS_TEST_TMPDIR/it's \$HOME"
	mkdir "$SQL"
	cp "$PG_ROOT"/sql/migrate "$PG_ROOT"/sql/*.sql "$SQL"
}

@test "an owner who may not create the roles is told what to ask for" {
	sql -c "CREATE ROLE plain LOGIN" -c "ALTER DATABASE $PGDATABASE OWNER TO plain"
	PGUSER=plain run -1 migrate
	[[ $output == *"role cccp_owner is missing and plain may not create roles"* ]]
	[[ $output == *"failed"* ]]
	[ "$(sql -c "SELECT count(*) FROM pg_namespace WHERE nspname ~ 'cccp'")" = 0 ]
}

@test "an owner who may create roles needs no superuser" {
	sql -c "CREATE ROLE dba LOGIN CREATEROLE" \
	    -c "ALTER DATABASE $PGDATABASE OWNER TO dba"
	PGUSER=dba run -0 migrate
	[ "$(sql -c "SELECT count(*) FROM cccp.migration")" = "$NEWEST" ]
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
	[ "$(PGUSER=cccp_web sql -c "SELECT login FROM cccp_v1.user
	    WHERE search_key LIKE cccp.pattern('ZOÉ')")" = zoe ]
}

@test "an owner who is not in cccp_owner is told so, and may be put in" {
	sql -c "ALTER DATABASE $PGDATABASE OWNER TO plain"
	PGUSER=plain run -1 migrate
	[[ $output == *"plain is not in the role cccp_owner"* ]]
	sql -c "GRANT cccp_owner TO plain"
	PGUSER=plain run -0 migrate
	[[ $output == *"is now at version $NEWEST"* ]]
}

@test "once, and then there is nothing to do" {
	run -0 migrate
	[[ ${lines[0]} == "sql/migrate: applied 001-base" ]]
	[[ ${lines[-1]} == "sql/migrate: database $PGDATABASE is now at version $NEWEST" ]]
	[ ${#lines[@]} = $((NEWEST + 1)) ]
	run -0 migrate
	[ "$output" = "sql/migrate: database $PGDATABASE is at version $NEWEST, nothing to do" ]
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
	[ "$(sql -c "SELECT count(*) FROM cccp.migration")" = "$NEWEST" ]
	[ "$(cat "$BATS_TEST_TMPDIR"/[1-4] | grep -c 'nothing to do')" = 3 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/[1-4] | grep -c 'applied 001')" = 1 ]
}

@test "two databases of one cluster at once, before there are roles" {
	sql -c "DROP OWNED BY cccp_owner, plain" -c "DROP ROLE cccp_owner,
	    cccp_poller, cccp_web, cccp_reader"
	sql -c "CREATE DATABASE other"
	pids=()
	for database in "$PGDATABASE" other; do
		PGDATABASE=$database migrate >"$BATS_TEST_TMPDIR/$database" 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || { cat "$BATS_TEST_TMPDIR"/*; false; }
	done
	sql -c "DROP DATABASE other"
}

@test "--check tells by its status" {
	run -1 migrate --check
	[[ $output == *"version 0, run sql/migrate for $NEWEST"* ]]
	migrate
	run -0 migrate --check
	[ -z "$output" ]
	sql -c "INSERT INTO cccp.migration VALUES (999, 'tomorrow')"
	run -2 migrate --check
	[[ $output == *"version 999, these files end at $NEWEST"* ]]
	PGPORT=1 run -3 migrate --check
	[[ $output == *"could not be asked"* ]]
	run -3 migrate --chekc
	[[ $output == *"usage:"* ]]
	run -3 migrate --check twice
	run -0 migrate --help
}

# What a poller hands over: logins.
flush_users() {
	PGUSER=cccp_poller sql -v logins="$1" <<-'END'
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in (name, status, alive_at, complete)
		VALUES ('prod', 'live', now(), true);
		INSERT INTO agent_in (login, name, logged, mode, busy_count, present)
		SELECT login, initcap(login), true, 'inbound', 0, true
		FROM unnest(string_to_array(:'logins', ' ')) AS login;
		SELECT rows_changed FROM cccp.flush() \g /dev/null
		COMMIT;
	END
}

@test "an older database keeps what it has, and goes on" {
	spoil
	rm "$SQL"/01[6-9]-*.sql "$SQL"/0[2-9]?-*.sql
	run -0 migrate
	flush_users 'zoe max eva consistent'
	flush_users 'zoe max ida consistent'
	unset SQL
	run -0 migrate
	[[ $output == *"is now at version $NEWEST"* ]]
	sql -c "SELECT * FROM cccp.state_gaps()" >"$BATS_TEST_TMPDIR/gaps"
	cat "$BATS_TEST_TMPDIR/gaps"
	[ ! -s "$BATS_TEST_TMPDIR/gaps" ]
	[ "$(sql -c "SELECT string_agg(login, ' ' ORDER BY login)
	    FROM cccp_v1.user WHERE present AND NOT hidden")" = 'ida max zoe' ]
	[ "$(sql -c "SELECT string_agg(login, ' ' ORDER BY login)
	    FROM cccp.agent_now JOIN cccp.agent USING (agent_id)")" = 'ida max zoe' ]
	flush_users 'zoe eva consistent'
	[ "$(sql -c "SELECT string_agg(login, ' ' ORDER BY login)
	    FROM cccp.agent_now JOIN cccp.agent USING (agent_id)")" = 'eva zoe' ]
	[ -z "$(sql -c "SELECT * FROM cccp.state_gaps()")" ]
}

@test "a schema that is newer is left alone" {
	migrate
	sql -c "INSERT INTO cccp.migration VALUES (999, 'tomorrow')"
	run -1 migrate
	[[ $output == *"at version 999, these files end at $NEWEST: use newer files"* ]]
	[ "$(sql -c "SELECT max(version) FROM cccp.migration")" = 999 ]
}

@test "a file that fails undoes itself only, and is named with its line" {
	spoil
	printf '%s\n' 'CREATE TABLE cccp.half ();' 'SELECT nonsense;' \
	    >>"$SQL/002-source.sql"
	run -1 migrate
	[[ $output == *"002-source.sql:$(wc -l <"$SQL/002-source.sql"): ERROR:"* ]]
	[ "$(sql -c "SELECT cccp.schema_version()")" = 1 ]
	[ "$(sql -c "SELECT to_regclass('cccp.source') IS NULL")" = t ]
	cp "$PG_ROOT/sql/002-source.sql" "$SQL"
	run -0 migrate
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$NEWEST" ]
}

@test "a number that is missing is told" {
	spoil
	rm "$SQL/003-agent.sql"
	run -3 migrate
	[[ $output == *"number 3 expected"* ]]
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
}

@test "an encoding that cannot hold names is refused" {
	sql -c "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
	PGDATABASE=latin run -1 migrate
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
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$NEWEST" ]
	[ "$(sql -c "SELECT cccp.keep_partitions()")" = 0 ]
}
