#!/usr/bin/env bats
# Partitions are dropped while long readers and dumps run.

bats_require_minimum_version 1.5.0
load ../await

setup_file() {
	. "$BATS_TEST_DIRNAME/../pg.sh"
	pg_start
	export PG_ROOT PG_DIR PG_BIN
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/../pg.sh"
	pg_find && pg_stop
}

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# A day of one agent, last year and now, told as the poller does.
a_day() {
	PGUSER=cccp_poller sql <<-'END'
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in (name, status, alive_at)
		VALUES ('prod', 'live', now());
		INSERT INTO agent_in (login, name, logged, logout_at, present)
		VALUES ('zoe', 'Zoé', false, now() - interval '300 days', true);
		INSERT INTO call_in (call_key, direction, queued_at, ended_at,
		    present)
		VALUES ('a', 'inbound', now() - interval '300 days', now(), true);
		SELECT * FROM cccp.flush() \g /dev/null
		COMMIT;
	END
}

@test "a long reader keeps its months, and holds up nobody" {
	a_day
	sql -c "UPDATE cccp.clock SET purged_at = NULL"
	psql -XAtqc "BEGIN; SELECT count(*) FROM cccp.call;
	    SELECT pg_advisory_lock(1), pg_sleep(600)" 3>&- >/dev/null 2>&1 &
	local psql=$!
	reader="SELECT pid FROM pg_locks WHERE locktype = 'advisory'
	    AND objid = 1"
	await '[ "$(sql -c "$reader")" ]'
	run -0 sql -c "SELECT cccp.keep_partitions('2 months')"
	[[ $output == *"cccp.call is being read"* ]]
	[ "$(sql -c "SELECT purged_at IS NULL FROM cccp.clock")" = t ]
	[ "$(sql -c "SELECT count(*) FROM cccp.call")" = 1 ]
	[ "$(sql -c "SELECT count(*) FROM pg_inherits JOIN pg_class c
	    ON c.oid = inhrelid WHERE inhparent = 'cccp.agent_state'::regclass
	    AND relname < 'agent_state_' || to_char(now() - interval '4 months',
	    'YYYY_MM')")" = 0 ]
	a_day
	sql -c "SELECT pg_terminate_backend(pid) FROM ($reader) r"
	wait "$psql" || :	# it was ended
	run -0 sql -c "SELECT cccp.keep_partitions('2 months')"
	[ "$output" -ge 1 ]
	[ "$(sql -c "SELECT purged_at IS NULL FROM cccp.clock")" = f ]
	[ "$(sql -c "SELECT count(*) FROM cccp.call")" = 0 ]
	[ "$(sql -c "SELECT count(*) FROM cccp.state_gaps()")" = 0 ]
}

# The one who reads everything makes it.
@test "a dump can be restored, and is the same" {
	a_day
	sql -c "CREATE DATABASE copy"
	PGUSER=cccp_reader "$PG_BIN/pg_dump" >"$BATS_TEST_TMPDIR/dump"
	PGDATABASE=copy sql -o /dev/null <"$BATS_TEST_TMPDIR/dump"
	"$PG_BIN/pg_dump" | sed '/^\\\(un\)*restrict /d' |
	    diff - <(sed '/^\\\(un\)*restrict /d' "$BATS_TEST_TMPDIR/dump")
	same="SELECT source, login, name, known_state, state_since, search_key
	    FROM cccp_v1.user"
	[ "$(PGDATABASE=copy sql -c "$same")" = "$(sql -c "$same")" ]
	PGDATABASE=copy "$PG_ROOT/sql/migrate" --check
	PGDATABASE=copy a_day
	sql -c "DROP DATABASE copy"
}

@test "queries and transactions of a reader do not last for ever" {
	[ "$(PGUSER=cccp_reader sql -c "SHOW statement_timeout")" = 10min ]
	[ "$(PGUSER=cccp_reader sql -c \
	    "SHOW idle_in_transaction_session_timeout")" = 10min ]
}

# What an administrator has set, and one who may not set anything.
@test "limits that are there already are kept" {
	sql -c "ALTER ROLE cccp_reader RESET ALL" \
	    -c "ALTER ROLE cccp_reader SET statement_timeout = '1h'"
	sql -1 -f "$PG_ROOT"/sql/tables/*-reader.sql
	[ "$(PGUSER=cccp_reader sql -c "SHOW statement_timeout")" = 1h ]
	[ "$(PGUSER=cccp_reader sql -c \
	    "SHOW idle_in_transaction_session_timeout")" = 10min ]
	sql -c "ALTER ROLE cccp_reader RESET ALL"
	sql -c "CREATE ROLE dba LOGIN IN ROLE cccp_owner"
	run -0 --separate-stderr env PGUSER=dba psql -XAtq -v ON_ERROR_STOP=1 \
	    -1 -f "$PG_ROOT"/sql/tables/*-reader.sql
	[[ $stderr == *"role cccp_reader has no statement_timeout"* ]]
	[[ $stderr == *"A superuser can: ALTER ROLE cccp_reader SET "* ]]
}
