#!/usr/bin/env bats
# tests/pg.sh: a cluster for a command or a script, and nothing left of it.

bats_require_minimum_version 1.5.0
load ../await

setup() {
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	PG=$ROOT/tests/pg.sh
	# Whatever is made lies in here, where it can be seen.
	export TMPDIR
	TMPDIR=$(mktemp -d /tmp/cccp-pgt.XXXXXX)
	chmod 755 "$TMPDIR"
	((EUID != 0)) || chmod 777 "$TMPDIR"
}

teardown() {
	rm -rf "$TMPDIR"
}

nothing_left() {
	[ -z "$(ls "$TMPDIR")" ]
	run ! pgrep -f "$TMPDIR/cccp-pg"
}

@test "a command finds the schema, by a socket only, as a superuser" {
	run -0 "$PG" psql -XAt -c "SHOW listen_addresses" \
	    -c "SELECT cccp.schema_version() <> '', current_setting('is_superuser')"
	[ "$output" = $'\nt|on' ]
	nothing_left
}

@test "the command's status is passed on" {
	run -7 "$PG" sh -c 'exit 7'
	run -127 "$PG" /nonexistent
	nothing_left
}

@test "the command reads standard input and gets its arguments" {
	run -0 "$PG" sh -c 'cat; printf "<%s>" "$@"' sh 'a b' '' <<<hello
	[ "$output" = $'hello\n<a b><>' ]
}

@test "without a command there is a usage" {
	run -2 "$PG"
	[[ $output == *usage* ]]
}

@test "TERM reaches the command, and all is removed" {
	"$PG" bash -c 'trap "touch $1.term; exit 3" TERM
	    touch "$1"; while :; do sleep 0.1; done' bash "$BATS_TEST_TMPDIR/up" &
	pid=$!
	await test -e "$BATS_TEST_TMPDIR/up"
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 3 ]
	[ -e "$BATS_TEST_TMPDIR/up.term" ]
	nothing_left
}

@test "a script that fails leaves nothing" {
	run -5 bash -c '. "$1"; pg_start || exit 1; psql -Xqc "SELECT 1"; exit 5' \
	    bash "$PG"
	nothing_left
}

@test "TERM to a script leaves nothing" {
	bash -c '. "$1"; pg_start || exit 1; touch "$2"
	    while :; do sleep 0.1; done' bash "$PG" "$BATS_TEST_TMPDIR/up" &
	pid=$!
	await test -e "$BATS_TEST_TMPDIR/up"
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	nothing_left
}

@test "a script's own trap is left alone" {
	run -0 bash -c 'trap "echo mine; pg_stop" EXIT; . "$1"; pg_start' bash "$PG"
	[ "$output" = mine ]
	nothing_left
}

@test "a server that does not start says why, and leaves nothing" {
	PG_SETTINGS='shared_buffers = nonsense' run -1 "$PG" true
	[[ $output == *shared_buffers* ]]
	nothing_left
}

@test "settings and an empty database on request" {
	PG_SCHEMA=no PG_SETTINGS='max_connections = 17' run -0 "$PG" psql -XAt \
	    -c "SHOW max_connections" -c "SELECT to_regnamespace('cccp') IS NULL"
	[ "$output" = $'17\nt' ]
}

@test "two at once do not meet" {
	"$PG" psql -XAtc "SHOW data_directory" >"$BATS_TEST_TMPDIR/one" &
	pid=$!
	"$PG" psql -XAtc "SHOW data_directory" >"$BATS_TEST_TMPDIR/two"
	wait "$pid"
	[ "$(sort -u "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two" | wc -l)" = 2 ]
	nothing_left
}

# A copy of what it takes, in a folder with these rights.
clone() {
	CLONE=$TMPDIR/clone
	mkdir -p "$CLONE/tests"
	cp -R "$ROOT/sql" "$CLONE"
	cp "$PG" "$CLONE/tests"
	chmod "$1" "$CLONE"
}

@test "in a clone that only root may enter" {
	((EUID == 0)) || skip "for root"
	clone 700
	cd "$CLONE"
	run -0 tests/pg.sh psql -XAtc "SELECT cccp.schema_version() <> ''"
	[ "$output" = t ]
	[ "$(ls "$TMPDIR")" = clone ]
}

@test "as an ordinary user" {
	((EUID == 0)) || skip "all the others are"
	clone 755
	cd "$CLONE"	# not where we are, which may be shut to that user
	run -0 setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups \
	    "$CLONE/tests/pg.sh" psql -XAtc "SELECT cccp.schema_version() <> ''"
	[ "$output" = t ]
	[ "$(ls "$TMPDIR")" = clone ]
}
