#!/usr/bin/env bats
# sql/migrate: for whom it works, what it says, and that it does things once.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/../pg.sh"
	PG_SCHEMA=no pg_start
	export PG_ROOT PG_DIR PG_BIN
	FILES=$(cd "$PG_ROOT/sql" && printf '%s\n' {tables,code}/*.sql | wc -l)
	SCHEMA=$("$PG_ROOT/sql/migrate" --version)
	export FILES SCHEMA
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
	PGDATABASE=d$BATS_TEST_NUMBER
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
	cp -r "$PG_ROOT"/sql/{migrate,tables,code} "$SQL"
}

# Everything that the schemas hold, to compare with later.
everything() {
	pg_dump --schema 'cccp*' | sed '/^\\\(un\)*restrict /d'
}

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
	[ "$(PGUSER=cccp_web sql -c "SELECT login FROM cccp_v1.user
	    WHERE search_key LIKE cccp.pattern('ZOÉ')")" = zoe ]
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
	    cccp_poller, cccp_web, cccp_reader"
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
	[[ $output == *"could not be asked" ]]
	run -3 migrate --chekc
	[[ $output == *"usage:"* ]]
	run -3 migrate --check twice thrice
	run -3 migrate --tries none
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

@test "code is replaced whole, and who depends on it notices nothing" {
	migrate
	flush_users 'zoe max'
	sql <<-'END'
		CREATE VIEW public.mine AS SELECT login FROM cccp_v1.user
		WHERE cccp.seconds_since(state_since, 0) >= 0;
		CREATE ROLE guest;
		GRANT USAGE ON SCHEMA cccp TO guest;
		GRANT EXECUTE ON FUNCTION cccp.state_gaps TO guest;
		GRANT SELECT ON cccp_v1.user TO guest;
		CREATE FUNCTION cccp.mine() RETURNS int LANGUAGE sql RETURN 1;
	END
	spoil
	echo 'COMMENT ON FUNCTION cccp.state_gaps() IS $$Changed.$$;' \
	    >>"$SQL/code/11-state.sql"
	sed -i '/^GRANT EXECUTE ON FUNCTION cccp.retire_source/d
	    s/cccp\.retire_source/cccp.retire/' "$SQL/code/36-owner.sql"
	run -1 migrate --check
	run -0 migrate
	[[ $output != *"applied tables/"* ]]
	[[ $output == *"ROUTINE cccp.retire_source(text) is in no file any more: dropped"* ]]
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$(migrate --version)" ]
	[ "$(sql -c "SELECT count(*) FROM cccp.migration")" = "$FILES" ]
	[ "$(sql -c "SELECT to_regproc('cccp.retire') IS NOT NULL,
	    to_regproc('cccp.retire_source') IS NULL, cccp.mine(),
	    has_function_privilege('guest', 'cccp.state_gaps()', 'EXECUTE'),
	    has_table_privilege('guest', 'cccp_v1.user', 'SELECT'),
	    obj_description('cccp.state_gaps()'::regprocedure)")" = 't|t|1|t|t|Changed.' ]
	[ "$(sql -c "SELECT string_agg(login, ' ' ORDER BY login) FROM mine")" = 'max zoe' ]
	flush_users 'zoe eva'
	[ -z "$(sql -c "SELECT * FROM cccp.state_gaps()")" ]
	sql -c 'DROP OWNED BY guest' -c 'DROP ROLE guest'
}

@test "a code file that is gone leaves nothing behind" {
	spoil
	cat >"$SQL/code/50-more.sql" <<-'END'
		CREATE VIEW cccp.more AS SELECT 1 AS one;
		CREATE FUNCTION cccp_private.more() RETURNS int LANGUAGE sql RETURN 1;
	END
	migrate
	rm "$SQL/code/50-more.sql"
	run -0 migrate
	[[ $output == *"VIEW cccp.more is in no file any more: dropped"* ]]
	unset SQL
	run -0 migrate
	[[ $output == *"nothing to do" ]]
	[ "$(sql -c "SELECT to_regclass('cccp.more') IS NULL,
	    to_regproc('cccp_private.more') IS NULL")" = 't|t' ]
}

@test "a promise that is broken is named, and nothing was changed" {
	migrate
	everything >"$BATS_TEST_TMPDIR/before"
	spoil
	sed -i 's/AS state_seconds,$/AS state_duration,/
	    s/user\.state_seconds/user.state_duration/' "$SQL/code/41-view-user.sql"
	run -1 migrate
	[[ $output == *"code/41-view-user.sql:"*"state_seconds"* ]]
	[[ $output == *"view cccp_v1.user is promised"* ]]
	[[ $output != *SELECT* ]]
	rm "$SQL/code/43-view-call.sql"
	cp "$PG_ROOT/sql/code/41-view-user.sql" "$SQL/code"
	run -1 migrate
	[[ $output == *"VIEW cccp_v1.call is in no file any more"* ]]
	[[ $output == *"are promised"* ]]
	everything | diff "$BATS_TEST_TMPDIR/before" -
	# Columns at the end are no break.
	cp "$PG_ROOT/sql/code/43-view-call.sql" "$SQL/code"
	sed -i 's/ END AS stage$/ END AS stage, 1 AS more/' "$SQL/code/43-view-call.sql"
	run -0 migrate
	[ "$(sql -c "SELECT count(more) FROM cccp_v1.call")" = 0 ]
}

# Runs SQL in the background, in a transaction that stays open; then psql
# waits for a word.  Ends with the test's database, at the latest.
hold() {
	mkfifo "$BATS_TEST_TMPDIR/word"
	{ echo "BEGIN; $1; SELECT FROM pg_advisory_lock(1);"
	  cat "$BATS_TEST_TMPDIR/word"; } |
	    PGAPPNAME=holder sql >/dev/null 3>&- &
	until [ "$(sql -c "SELECT count(*) FROM pg_locks
	    WHERE locktype = 'advisory' AND objid = 1 AND granted")" = 1 ]; do
		sleep 0.05
	done
}

@test "who reads for long is named, and nobody waits behind" {
	migrate
	hold 'SELECT FROM cccp_v1.user'
	spoil
	echo '-- More.' >>"$SQL/code/10-base.sql"
	run -1 migrate --tries 1
	[[ $output == *"code/41-view-user.sql:"*": waited 3 s for process "*"holder"*", at it for "* ]]
	[[ $output == *"nothing was changed after 1 tries" ]]
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$SCHEMA" ]
	migrate --tries 20 >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	local pid=$!
	until grep -q 'waited 3 s for process' "$BATS_TEST_TMPDIR/log"; do
		# Also while it waits.
		PGOPTIONS='-c statement_timeout=6s' sql -c 'TABLE cccp_v1.user'
	done
	echo >"$BATS_TEST_TMPDIR/word"
	wait "$pid" || { cat "$BATS_TEST_TMPDIR/log"; false; }
	grep 'trying again (2 of 20)' "$BATS_TEST_TMPDIR/log"
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$(migrate --version)" ]
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
	[[ $output == *"database $PGDATABASE was made before"*"nothing was changed"* ]]
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

@test "a table file that was applied is not edited" {
	migrate
	spoil
	echo '-- More.' >>"$SQL/tables/002-source.sql"
	run -1 migrate
	[[ $output == *"tables/002-source.sql was changed after it was applied"* ]]
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$SCHEMA" ]
	cp "$PG_ROOT/sql/tables/002-source.sql" "$SQL/tables"
	printf '%s\n' 'SET LOCAL ROLE cccp_owner;' 'CREATE TABLE cccp.later ();' \
	    >"$SQL/tables/$(printf %03d $((${SCHEMA%-*} + 1)))-later.sql"
	run -0 migrate
	[[ ${lines[0]} == *"applied tables/"*"-later.sql" ]]
	[[ $output == *"now has schema $((${SCHEMA%-*} + 1))-"* ]]
	[ "$(sql -c "SELECT tableowner FROM pg_tables
	    WHERE tablename = 'later'")" = cccp_owner ]
}

@test "a column that is added is staged, compared and written" {
	migrate
	flush_users 'zoe max'
	spoil
	cat >"$SQL/tables/$(printf %03d $((${SCHEMA%-*} + 1)))-badge.sql" <<-'END'
		SET LOCAL ROLE cccp_owner;
		ALTER TABLE cccp.agent ADD badge text;
		ALTER TABLE cccp.queue ADD skill text NOT NULL DEFAULT 'none';
		ALTER TABLE cccp.call ADD subject text;
	END
	migrate
	# Each row is badge, skill, subject, and how many rows that changed.
	told() {
		PGUSER=cccp_poller sql -v badge="$1" -v skill="$2" -v subject="$3" <<-'END'
			SELECT cccp.staging() \g /dev/null
			BEGIN;
			INSERT INTO source_in (name, status, alive_at)
			VALUES ('prod', 'live', '2026-03-02 08:00Z');
			INSERT INTO agent_in (login, logged, mode, busy_count, badge)
			VALUES ('zoe', true, 'inbound', 0, :'badge');
			INSERT INTO queue_in (name, skill)
			VALUES ('q', nullif(:'skill', ''));
			INSERT INTO call_in (call_key, direction, queued_at, subject)
			SELECT 'c', 'inbound', date_trunc('day', now()), :'subject';
			SELECT rows_changed FROM cccp.flush();
			COMMIT;
		END
		sql -c "SELECT badge, skill, subject FROM cccp.agent, cccp.queue,
		    cccp.call WHERE login = 'zoe'"
	}
	told one '' first
	[ "$(told one '' first)" = $'0\none|none|first' ]
	[ "$(told two some second)" = $'3\ntwo|some|second' ]
	sql -c "UPDATE cccp.state_rule SET state = 'withdrawn' WHERE mode = 'inbound'" \
	    -c 'SET ROLE cccp_owner' -c 'SELECT cccp.apply_rules()'
	[ "$(sql -c "SELECT state, badge FROM cccp.agent
	    WHERE login = 'zoe'")" = 'withdrawn|two' ]
}

@test "a file that fails undoes everything, and is named with its line" {
	spoil
	printf '%s\n' 'CREATE TABLE cccp.half ();' 'SELECT nonsense;' \
	    >>"$SQL/tables/002-source.sql"
	run -1 migrate
	[[ $output == *"tables/002-source.sql:$(wc -l <"$SQL/tables/002-source.sql"): ERROR:"* ]]
	[[ $output != *applied* ]]
	[ "$(sql -c "SELECT to_regnamespace('cccp') IS NULL")" = t ]
	cp "$PG_ROOT/sql/tables/002-source.sql" "$SQL/tables"
	run -0 migrate
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$SCHEMA" ]
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
