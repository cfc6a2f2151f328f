#!/usr/bin/env bats
#
# A poller that runs out of file descriptors says so, keeps what it knows, and
# goes on as soon as there are some.

load ../../await

setup() {
	BUILD=${BUILD:-build/release}
	. tests/pg.sh
	tmp=$BATS_TEST_TMPDIR
	logs=("$tmp/log")
	unset CCCP_SOURCES
}

teardown() {
	local pid
	for pid in ${POLLER-} ${SIM-}; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	pg_stop
	:
}

# The simulator and a poller of these sources of it; its log is $tmp/log.
start_poller() {
	pg_start
	"$BUILD/cccp-sim" --port 0 --port-file "$tmp/port" --agents 50 \
	    --queues 4 --events 20 --list-socket "$tmp/sim" 3>&- &
	SIM=$!
	export SIM_SOCKET=$tmp/sim
	await 'test -s "$tmp/port"'
	PGUSER=cccp_poller "$BUILD/cccp-poller" -f -i 10 \
	    "${@/%/=cccp://u:p@127.0.0.1:$(<"$tmp/port")}" \
	    2>"$tmp/log" 3>&- &
	POLLER=$!
	await 'grep -q "demo: live" "$tmp/log"'
	tests/e2e/equal
}

@test "out of file descriptors, and back" {
	local open
	start_poller demo

	# No room beyond what is open; then all that is open is closed.
	open=$(ls "/proc/$POLLER/fd" | sort -n | tail -1)
	prlimit --pid "$POLLER" --nofile="3:4096"
	: >"$tmp/log"
	"$BUILD/cccp-sim" --control "$SIM_SOCKET" drop >/dev/null
	await 'grep -q "demo: down: .*[Tt]oo many open files" "$tmp/log"'
	kill -0 "$POLLER"
	[ "$(psql -XAtqc "SELECT count(*) FROM cccp.agent JOIN cccp.source
	    USING (source_id) WHERE source.name = 'demo' AND present")" -ge 50 ]

	prlimit --pid "$POLLER" --nofile="$((open + 256)):4096"
	await 'grep -q "demo: live" "$tmp/log"'
	tests/e2e/equal
	[ "$(psql -XAtqc "SELECT count(*) FROM cccp.state_gaps()")" -eq 0 ]
}

# Waiting itself takes as many as there are to be waited for.
@test "fewer descriptors than connections" {
	start_poller demo one two three
	await '[ "$(grep -c ": live" "$tmp/log")" -eq 4 ]'
	prlimit --pid "$POLLER" --nofile="2:4096"
	await 'grep -q "cannot wait: Invalid argument" "$tmp/log"'
	"$BUILD/cccp-sim" --control "$SIM_SOCKET" thaw >/dev/null
	tests/e2e/equal
	kill -0 "$POLLER"
	if grep ': down' "$tmp/log"; then return 1; fi
	prlimit --pid "$POLLER" --nofile="256:4096"
	await 'grep -q "waiting again" "$tmp/log"'
	tests/e2e/equal
	kill "$POLLER"
	wait "$POLLER"
	POLLER=
}
