#!/usr/bin/env bats
#
# The handler while it runs: many connections, a database that fails, the end.

load ../stand

setup_file() {
	stand_start
}

teardown_file() {
	stand_stop
}

teardown() {
	if [[ -n ${HANDLER-} ]]; then
		end "$HANDLER" || :
		unset HANDLER
	fi
}

state() {
	fetch "$1" | sed -n '1s/^Status: \(...\).*/\1/p'
}

answers() {
	[[ $(state "$1") == "$2" ]]
}

@test "a connection may be kept for many requests" {
	handler_start
	run node "$CLIENT" keep "$SOCKET" /api/v1/users?q=zoe 20
	is "$(sort -u <<<"$output")" 'Status: 200 OK'
	is "${#lines[@]}" 20
}

@test "kept connections do not starve the others" {
	handler_start -t 1
	node "$CLIENT" keep "$SOCKET" /healthz 1000000 3>&- \
	    >"$STAND/kept" &
	local keeper=$!
	await test -s "$STAND/kept"
	kill -STOP "$keeper"		# it keeps its connection, and is idle
	is "$(state /healthz)" 200
	kill -KILL "$keeper"
	wait "$keeper" || :
}

@test "nonsense on the socket harms nobody" {
	handler_start -t 2
	run node "$CLIENT" abuse "$SOCKET"
	is "$output" '9 abused'
	is "$(state /api/v1/users)" 200
}

# hold HOW N [PATH]: in the background, until release.
hold() {
	rm -f "$BATS_TEST_TMPDIR/go"
	mkfifo "$BATS_TEST_TMPDIR/go"
	node "$CLIENT" hold "$SOCKET" "$@" <"$BATS_TEST_TMPDIR/go" \
	    >"$BATS_TEST_TMPDIR/held" 3>&- &
	HOLDER=$!
	exec 8>"$BATS_TEST_TMPDIR/go"
}

release() {
	exec 8>&-
	wait "$HOLDER"
}

# waiting FOR N: so many connections wait for that, and are no worker's.
waiting() {
	[[ $(fetch /metrics) == *"cccp_http_waiting{for=\"$1\"} $2"$'\n'* ]]
}

# harmless FOR HOW [PATH]: while twelve are waited for, others have their
# answers.  The order of events tells: the twelve still wait then.  Only a very
# busy machine makes them wait too long for that; then it is tried again.
harmless() {
	local what=$1 how=$2 try
	for try in 1 2 3 4 5; do
		hold "$how" 12 "${@:3}"
		await waiting "$what" 12
		is "$(state /api/v1/users)" 200
		is "$(state /)" 200
		waiting "$what" 12 && break
		release
		((try < 5))
	done
	release
	await waiting "$what" 0
}

@test "who does not send a whole request holds no thread" {
	handler_start -t 1
	harmless request silent
	harmless request half
}

@test "a request body that never comes holds no thread" {
	handler_start -t 1
	harmless body body /api/v1/users
	# Nor does its sender wait for the answer.
	is "$(sort -u "$BATS_TEST_TMPDIR/held")" 'Status: 405 Method Not Allowed'
}

@test "who takes nothing of an answer holds no thread, and gets all" {
	head -c 3000000 /dev/zero | tr '\0' ' ' >"$HTDOCS/js/big.js"
	handler_start -t 1
	harmless reader reader /js/big.js
	is "$(grep -c whole "$BATS_TEST_TMPDIR/held")" 12
}

@test "who never sends the rest is left, by a deadline" {
	handler_start -t 1
	hold half 2
	await waiting request 2
	# The handler closes them; their sender has not gone.
	await waiting request 0
	kill -0 "$HOLDER"
	fetch /metrics | grep -qx 'cccp_http_dropped_total 2'
	release
}

# Stops or starts the server under the handler.
postgres() {
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w -t 60 \
	    -l "$PG_DIR/log" "$1" >/dev/null 3>&-
}

# What this test's handler has logged.
log() {
	grep -F "[$HANDLER]:" "$STAND/handler.log"
}

@test "an error's id leads to its line in the log" {
	handler_start
	local path id
	for path in '/api/v1/users?page=0' '/api/v1/users?x=1' /none \
	    /api/v1/users/prod/none '/api/v1/users?generation=0' \
	    "/$(printf 'a%.0s' {1..1100})"; do
		id=$(fetch "$path" | sed -n 's/^X-Request-Id: \(.*\)\r/\1/p')
		[[ $id =~ ^[0-9a-f]{16}$ ]]
		grep -qE "request $id: 4[0-9][0-9] [a-z-]+, /" <<<"$(log)"
	done
	grep -q "400 invalid-parameter, /api/v1/users$" <<<"$(log)"
	grep -q "404 not-found, /none$" <<<"$(log)"
	end "$HANDLER"
	CCCP_ANONYMOUS=none handler_start
	id=$(fetch /api/v1/users | body | jq -r .request_id)
	grep -q "request $id: 401 unauthorized, /api/v1/users$" <<<"$(log)"
}

@test "without its database it says so, and comes back by itself" {
	handler_start -c 0
	is "$(state /api/v1/users)" 200
	postgres stop
	local path
	for path in /api/v1/users /api/v1/users/prod/u001 /api/v1/sources; do
		run fetch "$path"
		[[ ${lines[0]} == 'Status: 503 '* ]]
		[[ $output == *'Retry-After: '* ]]
		jq -e '.type == "urn:cccp-board:problem:database-unavailable"' \
		    <<<"$(body <<<"$output")"
		run grep -E 'PG|\.s\.|connection|FATAL' <<<"$output"
		is "$output" ''
	done
	run fetch /readyz
	[[ ${lines[0]} == 'Status: 503 '* ]]
	jq -e '.checks.database == "failed" and .checks.schema == "unknown"' \
	    <<<"$(body <<<"$output")"
	is "$(state /healthz)" 200
	is "$(state /)" 200
	# However many ask: one line, and not one for each request.  (One more
	# is for the connection that listens.)
	is "$(grep -c 'connect: ' <<<"$(log)")" 1
	is "$(grep -c 'request ' <<<"$(log)")" 0
	postgres start
	await answers /api/v1/users 200
}

@test "a connection that died while idle is replaced unseen" {
	handler_start -t 1 -c 0
	is "$(state /api/v1/users)" 200
	is "$(sql -c "SELECT count(pg_terminate_backend(pid, 5000))
	    FROM pg_stat_activity WHERE application_name = 'cccp.fcgi'")" 1
	is "$(state /api/v1/users)" 200
	postgres restart
	await answers /api/v1/users 200
	# So are plans that a change of the schema has made invalid.
	sql -c 'ALTER VIEW cccp_web.source RENAME TO source_old;
	    CREATE VIEW cccp_web.source AS
	    SELECT *, 1 AS more FROM cccp_web.source_old;
	    GRANT SELECT ON cccp_web.source TO cccp_web'
	is "$(state /api/v1/users)" 200
	sql -c 'DROP VIEW cccp_web.source;
	    ALTER VIEW cccp_web.source_old RENAME TO source'
	is "$(state /api/v1/users)" 200
	run grep -c 'SQLSTATE' "$STAND/handler.log"
	is "$output" 0
}

@test "a frozen database does not hold a request for ever" {
	handler_start -t 1 -c 0
	is "$(state /api/v1/users)" 200
	local backend
	backend=$(sql -c "SELECT pid FROM pg_stat_activity
	    WHERE application_name = 'cccp.fcgi'")
	kill -STOP "$backend"
	run state /api/v1/users
	kill -CONT "$backend"
	# It gave up that connection and asked on another one.
	is "$output" 200
}

@test "another schema than its own is named, with what mends it" {
	handler_start
	sql -c "INSERT INTO cccp.migration VALUES ('tables/999-future.sql', '')"
	await answers /api/v1/users 503
	run fetch /api/v1/users
	[[ ${lines[0]} == 'Status: 503 '* ]]
	jq -e '.type == "urn:cccp-board:problem:schema-too-new" and
	    (.detail | contains("'"$(sql -c 'SELECT cccp.schema_version()')"'"))' \
	    <<<"$(body <<<"$output")"
	jq -e '.checks == {"database": "ok", "schema": "failed",
	    "sources": "unknown"}' <<<"$(fetch /readyz | body)"
	sql -c "UPDATE cccp.migration SET hash = 'x' || hash
	    WHERE file ~ '^code'; DELETE FROM cccp.migration WHERE file ~ 'future'"
	run fetch /api/v1/users
	jq -e '.type == "urn:cccp-board:problem:schema-too-old" and
	    (.detail | contains("make schema PGDATABASE=…"))' \
	    <<<"$(body <<<"$output")"
	grep -q 'make schema PGDATABASE' "$STAND/handler.log"
	sql -c "UPDATE cccp.migration SET hash = substr(hash, 2)
	    WHERE file ~ '^code'"
	await answers /api/v1/users 200
	sql -c 'CREATE DATABASE empty'
	run cgi /api/v1/users '' PGDATABASE=empty
	[[ ${lines[0]} == 'Status: 503 '* ]]
	jq -e '.type == "urn:cccp-board:problem:schema-too-old"' \
	    <<<"$(body <<<"$output")"
}

@test "rights that are missing are our fault, and no SQL is told" {
	handler_start -c 0
	sql -c 'REVOKE SELECT ON cccp_web.user FROM cccp_web'
	run fetch /api/v1/users
	sql -c 'GRANT SELECT ON cccp_web.user TO cccp_web'
	[[ ${lines[0]} == 'Status: 500 '* ]]
	jq -e '.type == "urn:cccp-board:problem:internal"' \
	    <<<"$(body <<<"$output")"
	[[ $output != *cccp_web* && $output != *permission* ]]
	grep -q 'permission denied for view user' "$STAND/handler.log"
	is "$(state /api/v1/users)" 200
}

@test "it reads, and cannot write" {
	PGUSER=cccp_web run sql -c 'DELETE FROM cccp.agent'
	[[ $output == *'permission denied'* ]]
	handler_start -t 1 -c 0
	is "$(state /api/v1/users)" 200
	is "$(sql -c "SELECT usename FROM pg_stat_activity
	    WHERE application_name = 'cccp.fcgi'")" cccp_web
}

@test "as many connections as threads, whatever comes" {
	handler_start -t 3 -c 0
	local i pids=()
	for i in {1..12}; do
		fetch "/api/v1/users?page=$i" >/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	is "$(($(sql -c "SELECT count(*) FROM pg_stat_activity
	    WHERE application_name = 'cccp.fcgi'") <= 3))" 1
}

@test "it stops without losing a request, again and again" {
	local round path signals=(TERM INT USR1)
	for round in 0 1 2 3 4 5; do
		handler_start
		path=/api/v1/users
		((round % 2)) || path=/
		rm -f "$STAND/loaded"
		node "$CLIENT" load "$SOCKET" "$path" 16 "$STAND/loaded" 3>&- \
		    >"$STAND/count" &
		local load=$!
		await test -e "$STAND/loaded"
		kill "-${signals[round % 3]}" "$HANDLER"
		wait "$HANDLER"		# and ends with 0
		wait "$load"
		jq -e '.cut == 0 and .answered >= 100' "$STAND/count" || {
			cat "$STAND/count" >&2
			return 1
		}
		unset HANDLER
	done
}

@test "memory does not grow with requests" {
	handler_start -t 2 -c 0
	local before after
	node "$CLIENT" keep "$SOCKET" /api/v1/users 100 >/dev/null
	before=$(awk '/VmRSS/ { print $2 }' "/proc/$HANDLER/status")
	node "$CLIENT" keep "$SOCKET" /api/v1/users 300 >/dev/null
	node "$CLIENT" keep "$SOCKET" /api/v1/users?page=x 300 >/dev/null
	after=$(awk '/VmRSS/ { print $2 }' "/proc/$HANDLER/status")
	# A sanitizer keeps what was freed; a leak it tells by itself.
	[[ $VARIANT == asan || $VARIANT == tsan ]] ||
	    ((after - before < 2048)) || {
		echo "$before kB, then $after kB" >&2
		return 1
	}
}
