#!/usr/bin/env bats
#
# What PostgreSQL can do to a poller: cancel, terminate, restart, have no room
# for connections, be read-only, have a full disk, fail over to a standby.
# Each time the database equals the simulator afterwards.

bats_require_minimum_version 1.5.0
load ../../await

setup() {
	BUILD=${BUILD:-build/release}
	. tests/pg.sh
	tmp=$BATS_TEST_TMPDIR
	unset CCCP_SOURCES
}

teardown() {
	local pid
	for pid in ${POLLER-} ${HANDLER-} ${SIM-} ${MUTE-} ${READER-}; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	stop_standby
	pg_stop
	[[ ! ${MOUNT-} ]] || umount "$MOUNT"
	:
}

# The simulator and the poller; its log is $tmp/log.
start_poller() {
	"$BUILD/cccp-sim" --port 0 --port-file "$tmp/port" --agents 100 \
	    --queues 6 --events "${EVENTS:-50}" --list-socket "$tmp/sim" 3>&- &
	SIM=$!
	export SIM_SOCKET=$tmp/sim
	await 'test -s "$tmp/port"'
	PGUSER=cccp_poller "$BUILD/cccp-poller" -f -v -i 10 "$@" \
	    "demo=cccp://u:p@127.0.0.1:$(<"$tmp/port")" 2>"$tmp/log" 3>&- &
	POLLER=$!
	await 'grep -q "demo: live" "$tmp/log"'
	tests/e2e/equal
}

sql() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }

poller_pid="SELECT pid FROM pg_stat_activity
    WHERE application_name = 'cccp-poller' AND pid <> pg_backend_pid()"

# Since the n-th line of the log.
logged() { tail -n "+$(($1 + 1))" "$tmp/log" | grep -q "$2"; }
lines() { wc -l <"$tmp/log"; }

@test "cancelled and terminated again and again" {
	local i n
	pg_start
	EVENTS=300 start_poller
	for i in $(seq 30); do
		sql -c "SELECT pg_cancel_backend(pid) FROM ($poller_pid) p" >/dev/null
	done
	for i in $(seq 5); do
		n=$(lines)
		sql -c "SELECT pg_terminate_backend(pid) FROM ($poller_pid) p" >/dev/null
		await "logged $n 'connected again'"
	done
	tests/e2e/equal
	run ! grep 'demo: down' "$tmp/log"
}

@test "code made anew under it is used; for another schema it stops" {
	local i n status=0
	pg_start
	EVENTS=300 start_poller
	for i in 1 2 3; do
		sql -1 -c 'SET LOCAL ROLE cccp_owner' \
		    $(printf -- '-f %s ' sql/code/*.sql) >/dev/null
		tests/e2e/equal
	done
	run ! grep 'demo: down' "$tmp/log"
	n=$(lines)
	sql -c "UPDATE cccp.migration SET hash = 'other'
	    WHERE file = 'code/10-base.sql'"
	await '! kill -0 "$POLLER"'
	wait "$POLLER" || status=$?
	POLLER=
	[ "$status" = 1 ]
	logged "$n" 'run cccp-migrate (make schema PGDATABASE='
}

@test "restarted, and without room for connections" {
	local n
	pg_start
	start_poller
	n=$(lines)
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w restart >/dev/null 3>&-
	await "logged $n 'connected again'"
	tests/e2e/equal
	n=$(lines)
	sql -c 'ALTER ROLE cccp_poller CONNECTION LIMIT 0' \
	    -c "SELECT pg_terminate_backend(pid) FROM ($poller_pid) p" >/dev/null
	await "logged $n 'database: connect: .*too many connections'"
	sql -c 'ALTER ROLE cccp_poller CONNECTION LIMIT -1'
	await "logged $n 'connected again'"
	tests/e2e/equal
	run ! grep 'demo: down' "$tmp/log"
}

@test "read-only for a while" {
	local n
	pg_start
	start_poller
	n=$(lines)
	sql -c "ALTER DATABASE $PGDATABASE SET default_transaction_read_only = on" \
	    -c "SELECT pg_terminate_backend(pid) FROM ($poller_pid) p" >/dev/null
	await "logged $n 'database: connect: .*read-only'"
	sql -c "SET default_transaction_read_only = off" \
	    -c "ALTER DATABASE $PGDATABASE RESET default_transaction_read_only"
	await "logged $n 'connected again'"
	tests/e2e/equal
}

@test "a full disk" {
	local n
	((EUID == 0)) || skip "mounting a small tmpfs takes root"
	MOUNT=$tmp/disk
	mkdir "$MOUNT"
	mount -t tmpfs -o size=300m,mode=777 tmpfs "$MOUNT" 2>/dev/null || {
		MOUNT=
		skip "tmpfs cannot be mounted here"
	}
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$tmp"
	TMPDIR=$MOUNT pg_start
	start_poller
	n=$(lines)
	dd if=/dev/zero of="$MOUNT/fill" bs=1M 2>/dev/null || :
	# Tables grow, or the log of changes does: one of them has no room.
	"$BUILD/cccp-sim" --control "$SIM_SOCKET" thaw >/dev/null
	await "logged $n 'database: '"
	rm "$MOUNT/fill"
	pg_as "$PG_BIN/pg_isready" -q || {
		await 'rm -f "$PG_DIR/data/postmaster.pid";
		    pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -l "$PG_DIR/log" \
		    -w start >/dev/null 2>&1 3>&-'
	}
	await "logged $n 'connected again'"
	tests/e2e/equal
}

start_standby() {
	STANDBY=$PG_DIR/standby
	pg_as mkdir "$STANDBY"
	pg_as "$PG_BIN/pg_basebackup" -h "$PG_DIR" -U postgres -R -c fast \
	    -X stream -D "$STANDBY/data"
	pg_as "$PG_BIN/pg_ctl" -D "$STANDBY/data" -l "$STANDBY/log" -w -o \
	    "-c listen_addresses='' -c unix_socket_directories='$STANDBY' -c port=5432 -c cluster_name=standby" \
	    start >/dev/null 3>&-
}

stop_standby() {
	[[ ${STANDBY-} ]] || return 0
	pg_as "$PG_BIN/pg_ctl" -D "$STANDBY/data" -m immediate stop >/dev/null 2>&1
	STANDBY=
}

# A handler that may reach either of the two, and one request to it.
start_handler() {
	PGHOST=$hosts PGPORT=5432 PGUSER=cccp_web CCCP_ANONYMOUS=admin \
	    "$BUILD/cccp.fcgi" -s "$tmp/handler" -d htdocs 3>&- &
	HANDLER=$!
	await 'test -S "$tmp/handler"'
}

handler() {
	tests/fcgi/fetch "$tmp/handler" /api/v1/users?per_page=1
}

@test "a standby is promoted: poller and handlers go on, nothing is lost" {
	local n before after
	pg_start
	start_standby
	hosts=$PG_DIR,$STANDBY
	sql -c "ALTER SYSTEM SET synchronous_standby_names = '*'" \
	    -c 'SELECT pg_reload_conf()' >/dev/null
	start_poller -d "host=$hosts port=5432,5432"
	start_handler
	handler | grep -q '"total":100'
	n=$(lines)
	before=$(sql -c 'SELECT generation FROM cccp.clock')
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate stop >/dev/null
	pg_as "$PG_BIN/pg_ctl" -D "$STANDBY/data" -w promote >/dev/null
	export PGHOST=$STANDBY
	sql -c "ALTER SYSTEM SET synchronous_standby_names = ''" \
	    -c 'SELECT pg_reload_conf()' >/dev/null
	await "logged $n 'connected again'"
	tests/e2e/equal
	after=$(sql -c 'SELECT generation FROM cccp.clock')
	((after > before))
	# Each generation of before is there: what was committed is not lost.
	[ "$(sql -c "SELECT count(*) FROM cccp.sync WHERE generation <= $before")" \
	    -eq "$before" ]
	# The handler that was there all along answers from the new primary.
	await 'handler | grep -q "\"total\":100.*\"stale\":false"'
	kill -0 "$HANDLER"
	generation=$(handler | grep -o '"generation":[0-9]*' | head -n 1)
	((${generation#*:} > before))
}

# Takes connections, and never says a word; its port is in $tmp/mute.
start_mute() {
	node -e 'const s = require("net").createServer(() => {});
	    s.listen(0, "127.0.0.1", () => console.log(s.address().port))' \
	    >"$tmp/mute" 3>&- &
	MUTE=$!
	await 'test -s "$tmp/mute"'
}

@test "a host that never says a word is passed over, and so is one unknown" {
	local n
	pg_start
	start_mute
	hosts=127.0.0.1,host.invalid,$PG_DIR
	start_poller -d "host=$hosts port=$(<"$tmp/mute"),5432,5432"
	n=$(lines)
	sql -c "SELECT pg_terminate_backend(pid) FROM ($poller_pid) p" >/dev/null
	await "logged $n 'connected again'"
	tests/e2e/equal
	if grep 'demo: down' "$tmp/log"; then return 1; fi
	PGHOST=$hosts PGPORT=$(<"$tmp/mute"),5432,5432 PGUSER=cccp_web \
	    CCCP_ANONYMOUS=admin "$BUILD/cccp.fcgi" -s "$tmp/handler" \
	    -d htdocs 3>&- &
	HANDLER=$!
	await 'test -S "$tmp/handler"'
	await 'handler | grep -q "\"total\":100.*\"stale\":false"'
	# Not only those who ask, but also the one who listens is connected.
	await '[ "$(sql -c "SELECT count(*) > 0 FROM pg_stat_activity WHERE
	    application_name = '"'cccp.fcgi live'"'")" = t ]'
}

@test "told to reopen in the middle of flushes, again and again" {
	local i n
	pg_start
	EVENTS=500 start_poller
	for i in $(seq 15); do
		n=$(lines)
		# Not all at the same moment of a flush.
		await "logged $n 'demo: flush'"
		kill -HUP "$POLLER"
		await "logged $n reopening"
		((i % 3)) || await "logged $n 'demo: live'"
	done
	await "logged $n 'demo: live'"
	tests/e2e/equal
	[ "$(sql -c "SELECT count(*) FROM (SELECT call_key FROM cccp.call
	    WHERE direction = 'inbound' GROUP BY source_id, 1
	    HAVING count(*) > 1) twice")" -eq 0 ]
	[ "$(sql -c 'SELECT count(*) FROM cccp.agent_state WHERE gap')" -eq 0 ]
}

@test "told to stop while it connects, and while it is flushing" {
	local code
	pg_start
	start_mute
	EVENTS=500 start_poller
	kill "$POLLER"
	code=0 && wait "$POLLER" || code=$?
	((code == 0))
	[ "$(sql -c 'SELECT status, error FROM cccp.source')" = \
	    'down|the poller was stopped' ]
	PGUSER=cccp_poller "$BUILD/cccp-poller" -f \
	    -d "host=127.0.0.1 port=$(<"$tmp/mute") connect_timeout=60" \
	    "demo=cccp://u:p@127.0.0.1:$(<"$tmp/port")" 2>"$tmp/log" 3>&- &
	POLLER=$!
	await 'grep -q "demo: live" "$tmp/log"'
	kill -HUP "$POLLER"
	await 'grep -q reopening "$tmp/log"'
	kill "$POLLER"
	code=0 && wait "$POLLER" || code=$?
	POLLER=
	((code == 0))
}

@test "only a standby is there: nothing is written, and that is said" {
	local n
	pg_start
	start_standby
	start_poller -d "host=$PG_DIR,$STANDBY port=5432,5432"
	n=$(lines)
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast stop >/dev/null
	await "logged $n 'database: connect: .*\(read-only\|standby\|recovery\)'"
	kill -0 "$POLLER"
	pg_as "$PG_BIN/pg_ctl" -D "$STANDBY/data" -w promote >/dev/null
	export PGHOST=$STANDBY
	await "logged $n 'connected again'"
	tests/e2e/equal
	run ! grep 'demo: down' "$tmp/log"
}

@test "history older than the retention is dropped, and months are kept ready" {
	pg_start
	sql <<-'EOF'
		SELECT cccp.ensure_partitions('cccp.call', now() - interval '5 months',
		    now());
		INSERT INTO cccp.source (name, status) VALUES ('old', 'down');
		INSERT INTO cccp.call (source_id, call_key, queued_at, ended_at,
		    direction, generation)
		SELECT source_id, age::text, now() - age * interval '1 month',
		    now() - age * interval '1 month', 'inbound', 0
		FROM cccp.source, generate_series(1, 5) age;
		EOF
	start_poller -r 3m
	await 'logged 0 "dropped . months of history"'
	[ "$(sql -c "SELECT count(*) FROM cccp.call JOIN cccp.source
	    USING (source_id) WHERE name = 'old'")" -eq 3 ]
	[ "$(sql -c "SELECT count(*) FROM pg_inherits
	    WHERE inhparent = 'cccp.agent_state'::regclass")" -ge 3 ]
	[ "$(sql -c "SELECT purged_at > now() - interval '1 hour'
	    FROM cccp.clock")" = t ]
	[ "$(sql -c "SELECT bool_and(purged_at > now() - interval '1 hour'
	    AND error IS NULL) FROM cccp.retention")" = t ]
}

@test "numbers of old calls are masked, and the access log is cut" {
	pg_start
	sql <<-'EOF'
		SELECT cccp.ensure_partitions('cccp.call', now() - interval '5 months',
		    now());
		SELECT cccp_private.make_partition('cccp_audit.access_log',
		    '2024-01-01 00:00+00');
		INSERT INTO cccp.source (name, status) VALUES ('old', 'down');
		INSERT INTO cccp.call (source_id, call_key, queued_at, ended_at,
		    direction, generation, caller)
		SELECT source_id, n::text, now() - interval '4 months', now(),
		    'inbound', 0, '+33199009812'
		FROM cccp.source, generate_series(1, 20001) n;
		EOF
	start_poller
	await 'logged 0 "masked the numbers of 20000 calls"'
	await 'logged 0 "dropped 1 months of audit"'
	await 'logged 0 "masked the numbers of 1 calls"'
	[ "$(sql -c "SELECT DISTINCT caller FROM cccp.call
	    WHERE source_id = (SELECT source_id FROM cccp.source
		WHERE name = 'old')")" = '+33 1 ·· ·· ·· 12' ]
}

@test "history that cannot be dropped is an error in the log" {
	local month
	pg_start
	sql -c "SELECT cccp.ensure_partitions('cccp.call',
	    now() - interval '5 months', now());
	    UPDATE cccp.clock SET purged_at = NULL"
	month=cccp.call_$(sql -c "SELECT to_char(now() AT TIME ZONE 'UTC'
	    - interval '5 months', 'YYYY_MM')")
	sql -c "CREATE VIEW public.mine AS SELECT call_key FROM $month"
	start_poller -r 3m
	await 'logged 0 "database: retention: history: cannot drop table"'
	await 'logged 0 "generation"'
	[ "$(sql -c "SELECT purged_at IS NULL FROM cccp.clock")" = t ]
	end_poller
	sql -c "DROP VIEW public.mine"
	psql -XAtqc "BEGIN; SELECT count(*) FROM cccp.call;
	    SELECT pg_advisory_lock(1), pg_sleep(600)" >/dev/null 2>&1 3>&- &
	READER=$!
	await '[ "$(sql -c "$reads")" ]'
	start_poller -r 3m
	await 'logged 0 "database: retention: history: .* somebody reads them"'
	[ "$(sql -c "SELECT purged_at IS NULL FROM cccp.clock")" = t ]
}

reads="SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 1
    AND classid = 0"

end_poller() {
	kill "$POLLER" "$SIM"
	wait "$POLLER" "$SIM" || :
	rm "$tmp/port"
}

@test "a source that is seldom asked is written at once" {
	pg_start
	echo '{"users": [{"id": 1, "login": "claire"}], "error": null}' \
	    >"$tmp/one.json"
	PGUSER=cccp_poller "$BUILD/cccp-poller" -f \
	    "rare=file://$tmp/one.json?interval=3600" 2>"$tmp/log" 3>&- &
	POLLER=$!
	await '[[ $(sql -c "SELECT login FROM cccp_v1.user") == claire ]]'
}
