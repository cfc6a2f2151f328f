#!/usr/bin/env bats
#
# make run: it says where the board is and who may see it, only this machine
# can, and it ends with all that it has started.

bats_require_minimum_version 1.5.0
load ../await

setup() {
	# As root, a folder where nobody but root may write, and $DIR beside it.
	export TMPDIR=$BATS_TEST_TMPDIR/own
	mkdir -m 755 "$TMPDIR"
	DIR=$BATS_TEST_TMPDIR/board
	logs=("$BATS_TEST_TMPDIR/said")
	unset CCCP_SOURCES SOURCES
	export PORT=0
}

teardown() {
	tests/stack/stack clean "$DIR" || :
}

# Addresses that a port is listened to on, as /proc has them.
addresses() {
	awk -v port="$(printf %04X "$1")" '$4 == "0A" {
		split($2, at, ":")
		if (at[2] == port)
			print at[1]
	}' /proc/net/tcp /proc/net/tcp6
}

@test "it is open to this machine only, and says so" {
	local url port pid pids
	tests/stack/stack run "$DIR" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	pid=$!
	await 'grep -q "the board is at" "$BATS_TEST_TMPDIR/said"'
	cat "$BATS_TEST_TMPDIR/said"
	url=$(grep -o 'http://127.0.0.1:[0-9]*/' "$BATS_TEST_TMPDIR/said" | head -n 1)
	grep -q 'open to this machine only, without a' "$BATS_TEST_TMPDIR/said"
	grep -q 'its agents are made up' "$BATS_TEST_TMPDIR/said"
	port=${url%/} port=${port##*:}
	[ "$(addresses "$port")" = 0100007F ]
	curl -fsS "$url" | grep -q '<title>'
	await "curl -fsS '${url}api/v1/users' | jq -e '.meta.total > 100'"
	# Answers that the web server keeps in files before it sends them.
	curl -fsS "${url}api/v1/users?per_page=500" |
	    jq -e '.users | length > 400'
	pids=$(awk '{ print $1 }' "$DIR"/pid/*)
	[ "$(wc -w <<<"$pids")" -eq 5 ]
	kill "$pid"
	# Longer than it takes to kill each part that does not stop.
	patience=350 await "! kill -0 $pid" || {
		ps -ef --forest
		return 1
	}
	wait "$pid"
	for pid in $pids; do
		run ! kill -0 "$pid"
	done
	[ -z "$(addresses "$port")" ]
}
