#!/usr/bin/env bats
# tests/stack/limit: each test has an end, and so has all that it started.

bats_require_minimum_version 1.5.0
load ../await

setup() {
	LIMIT=$BATS_TEST_DIRNAME/limit
	child=$BATS_TEST_TMPDIR/child
}

@test "the status is the program's" {
	run -0 "$LIMIT" 60 true
	run -7 "$LIMIT" 60 sh -c 'exit 7'
	run -137 "$LIMIT" 60 sh -c 'kill -KILL $$'
	run ! "$LIMIT" 60 /nonexistent
}

# A program whose child would run on.
program=(bash -c 'sleep 1000 & echo $! >"$1"; wait' bash)

@test "when the time is over all of it ends" {
	run -143 "$LIMIT" 2 "${program[@]}" "$child"
	[[ $output = *'bash: SIGALRM, ended by SIGTERM'* ]]
	await "! kill -0 $(<"$child")"
}

@test "when it is told to end all of it ends" {
	local pid status=0
	"$LIMIT" 1000 "${program[@]}" "$child" 3>&- &
	pid=$!
	await test -s "$child"
	kill -TERM "$pid"
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	await "! kill -0 $(<"$child")"
}
