#!/usr/bin/env bats
# Partitions are dropped, and tables shrink, while long readers and dumps run.

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

# Has the clock and every table that has many rows grow, as while a long reader is there.
# Its rows are its own transaction's, which cannot be removed either.
bloat() {
	sql <<-'END'
		INSERT INTO cccp.source (name, status)
		SELECT 's' || n, 'down' FROM generate_series(1, 300) n;
		INSERT INTO cccp.source_defect
		SELECT source_id, 'left_out', 'users', 'login', NULL, 1
		FROM cccp.source;
		INSERT INTO cccp.agent (source_id, login, kind, state,
		    state_since, generation)
		SELECT source_id, name, 'agent', 'offline', now(), 1
		FROM cccp.source, generate_series(1, 1);
		INSERT INTO cccp.agent_now
		SELECT agent_id, source_id, state, state_since FROM cccp.agent
		ON CONFLICT DO NOTHING;
		INSERT INTO cccp.queue (source_id, name, generation)
		SELECT source_id, 'q', 1 FROM cccp.source;
		INSERT INTO cccp.sync SELECT n, source_id, now(), 0, 1
		FROM (SELECT min(source_id) AS source_id FROM cccp.source) s,
		    generate_series(1001, 1300) n;
		INSERT INTO cccp.state_rule (priority, state)
		SELECT 1000, 'unknown' FROM generate_series(1, 300);
		INSERT INTO cccp.purge_report (class, relation)
		SELECT 'audit', 'x' FROM generate_series(1, 300);
		INSERT INTO cccp.migration (file, hash)
		SELECT 'x' || n, '' FROM generate_series(1, 300) n;
		DO $$
		DECLARE
			t record;
			rows int;
		BEGIN
			FOR t IN SELECT c.oid::regclass AS name, min(attname)
			    FILTER (WHERE attidentity = '' AND attgenerated = '')
				AS field
			    FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
			    WHERE relnamespace = 'cccp'::regnamespace
			    AND relkind = 'r' AND NOT relispartition AND attnum > 0
			    AND NOT attisdropped GROUP BY c.oid
			LOOP
				LOOP
					EXECUTE format('UPDATE %s SET %I = %2$I',
					    t.name, t.field);
					GET DIAGNOSTICS rows = ROW_COUNT;
					EXIT WHEN pg_table_size(t.name) > 800000
					    OR rows < 100
					    AND t.name <> 'cccp.clock'::regclass;
				END LOOP;
			END LOOP;
		END $$;
	END
}

# The tables, and how many kB each has.
sizes() {
	sql -F ' ' -c "SELECT relname, pg_table_size(oid) / 1000 FROM pg_class
	    WHERE relnamespace = 'cccp'::regnamespace AND relkind = 'r'
	    AND NOT relispartition ${1-} ORDER BY 1"
}

@test "tables that a long reader made grow are small again, and nobody waits" {
	a_day
	bloat
	[ "$(sizes | awk '$2 >= 800' | wc -l)" -ge 9 ]
	rows=$(sql -c "SELECT a FROM cccp.agent a ORDER BY 1" -c \
	    "SELECT s FROM cccp.sync s ORDER BY 1" | md5sum)
	"$PG_BIN/pg_dump" -s | sed '/^\\\(un\)*restrict /d' \
	    >"$BATS_TEST_TMPDIR/before"

	# While somebody reads agents, the others are done, and those who come
	# later do not wait for the end of that.
	psql -XAtqc "BEGIN; SELECT count(*) FROM cccp.agent;
	    SELECT pg_advisory_lock(2), pg_sleep(600)" 3>&- >/dev/null 2>&1 &
	local psql=$! keeper
	reader="SELECT pid FROM pg_locks WHERE locktype = 'advisory'
	    AND objid = 2"
	await '[ "$(sql -c "$reader")" ]'
	PGUSER=cccp_poller sql -c "SELECT cccp.keep_partitions()" 3>&- \
	    >"$BATS_TEST_TMPDIR/kept" 2>&1 &
	keeper=$!
	[ "$(sql -c "SELECT count(*) > 300 FROM cccp.agent")" = t ]
	wait "$keeper"
	[ "$(<"$BATS_TEST_TMPDIR/kept")" = 0 ]
	[ "$(sql -c "$reader")" ]	# it is still there
	sizes
	[ "$(sizes "AND relname = 'agent'" | awk '$2 < 800')" = "" ]

	sql -c "SELECT pg_terminate_backend(pid) FROM ($reader) r"
	wait "$psql" || :	# it was ended
	for _ in 1 2; do
		[ "$(PGUSER=cccp_poller sql -c \
		    "SELECT cccp.keep_partitions()")" = 0 ]
	done
	sizes
	[ "$(sizes | awk '$2 > 400')" = "" ]
	[ "$rows" = "$(sql -c "SELECT a FROM cccp.agent a ORDER BY 1" -c \
	    "SELECT s FROM cccp.sync s ORDER BY 1" | md5sum)" ]
	"$PG_BIN/pg_dump" -s | sed '/^\\\(un\)*restrict /d' |
	    diff "$BATS_TEST_TMPDIR/before" -
	sql -c "DELETE FROM cccp.migration WHERE file LIKE 'x%'"
}

# The one who reads everything makes it; who looked at whom is not for that one.
@test "a dump can be restored, and is the same" {
	a_day
	sql -c "CREATE DATABASE copy"
	run ! env PGUSER=cccp_reader "$PG_BIN/pg_dump" -s
	PGUSER=cccp_reader "$PG_BIN/pg_dump" -N cccp_audit \
	    >"$BATS_TEST_TMPDIR/dump"
	PGDATABASE=copy sql -o /dev/null <"$BATS_TEST_TMPDIR/dump"
	"$PG_BIN/pg_dump" -N cccp_audit | sed '/^\\\(un\)*restrict /d' |
	    diff - <(sed '/^\\\(un\)*restrict /d' "$BATS_TEST_TMPDIR/dump")
	same="SELECT source, login, name, known_state, state_since, search_key
	    FROM cccp_v1.user ORDER BY source, login"
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
