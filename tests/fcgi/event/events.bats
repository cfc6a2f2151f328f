#!/usr/bin/env bats
#
# Event streams: each listener is told of each change, occupies no thread or
# connection that others need, and is closed in order.

bats_require_minimum_version 1.5.0
load ../stand

setup_file() {
	stand_start
}

teardown_file() {
	stand_stop
}

setup() {
	OTHERS=()
}

teardown() {
	local pid
	for pid in "${OTHERS[@]}"; do
		kill "$pid" 2>/dev/null || :
	done
	if [[ -n ${WEB-} ]]; then
		end "$WEB" || :
		unset WEB
	fi
	if [[ -n ${HANDLER-} ]]; then
		end "$HANDLER" || :
		unset HANDLER
	fi
}

generation() {
	sql -c 'SELECT generation FROM cccp.clock'
}

# listen FILE PATTERN [LAST]: in the background, once it has been greeted;
# its process is LISTENER.
listen() {
	node "$CLIENT" events "$SOCKET" "$2" ${3+"$3"} 3>&- >"$1" &
	LISTENER=$!
	OTHERS+=("$LISTENER")
}

# hold N: so many streams of one program, which takes nothing until release; what
# it has then seen is in "held".
hold() {
	mkfifo "$BATS_TEST_TMPDIR/go"
	node "$CLIENT" hold "$SOCKET" reader "$1" /api/v1/events \
	    <"$BATS_TEST_TMPDIR/go" >"$BATS_TEST_TMPDIR/held" 3>&- &
	HOLDER=$!
	OTHERS+=("$HOLDER")
	exec 8>"$BATS_TEST_TMPDIR/go"
}

release() {
	exec 8>&-
	wait "$HOLDER"
}

# The data of the events of a name.
data() {
	awk -v event="$1" '/^event: / { is = $2 == event }
	    /^data: / && is { print substr($0, 7) }'
}

# Connections to the database.
connections() {
	sql -c "SELECT count(*) FROM pg_stat_activity
	    WHERE application_name LIKE 'cccp.fcgi%'"
}

postgres() {
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w -t 60 \
	    -l "$PG_DIR/log" "$1" >/dev/null 3>&-
}

@test "the first event greets, with the generation and the sources" {
	handler_start
	run node "$CLIENT" events "$SOCKET" 'data: .*\n\n'
	is "$status" 0
	[[ ${lines[0]} == 'Status: 200 OK'* ]]
	[[ $output == *'Content-Type: text/event-stream'* ]]
	[[ $output == *'X-Accel-Buffering: no'* ]]
	[[ $output == *'Cache-Control: no-store'* ]]
	[[ $output != *Content-Length* && $output != *'event: reload'* ]]
	[[ $output == *"id: $(generation)"* ]]
	jq -e --argjson generation "$(generation)" \
	    '.generation == $generation and .stale == false and
	    .source_age >= 0 and [.sources[].source] == ["lyon", "prod"] and
	    (.sources[0] | .status == "live" and .age_seconds >= 0 and
	    .stale == false)' <<<"$(data hello <<<"$output")"
}

@test "a change is told, with who changed" {
	handler_start
	local was
	was=$(generation)
	listen "$BATS_TEST_TMPDIR/heard" 'event: change\n.*\ndata: .*\n\n'
	await parked 1
	change
	wait "$LISTENER"
	jq -e --argjson was "$was" '.since == $was and
	    .generation == $was + 1 and .stale == false and
	    .users == [{"source": "lyon", "login": "zoe"}] and
	    (.sources | length) == 2' \
	    <<<"$(data change <"$BATS_TEST_TMPDIR/heard")"
	grep -qx "id: $((was + 1))" "$BATS_TEST_TMPDIR/heard"
}

# So many streams have been greeted: each waits in the thread's epoll, and each
# worker and two threads wait for something of their own.
parked() {
	(($(cat "/proc/$HANDLER"/fdinfo/* 2>/dev/null |
	    grep -c '^tfd:') == 3 * WORKERS + 2 + $1))
}
WORKERS=4

@test "of many who changed only the generation is told" {
	handler_start
	listen "$BATS_TEST_TMPDIR/heard" 'event: change\n.*\ndata: .*\n\n'
	await parked 1
	sql >/dev/null <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in (name, url, status, alive_at,
		    clock_skew_s, complete, resumed)
		VALUES ('lyon', 'cccp://lyon.example:20103', 'live', now(), 0,
		    false, false);
		INSERT INTO agent_in (login, name, present, seen_at)
		SELECT 'many' || i, 'Beaucoup ' || i, true, now()
		FROM generate_series(1, 101) AS i;
		SELECT * FROM cccp.flush();
		COMMIT;
	EOF
	wait "$LISTENER"
	jq -e 'has("users") | not' \
	    <<<"$(data change <"$BATS_TEST_TMPDIR/heard")"
}

@test "the heart beats, with ages" {
	handler_start
	run node "$CLIENT" events "$SOCKET" 'event: heartbeat\n.*\ndata: .*\n\n'
	jq -e '.sources[0].age_seconds >= 0 and .source_age >= 0' \
	    <<<"$(data heartbeat <<<"$output")"
	(($(jq .source_age <<<"$(data heartbeat <<<"$output")" | sed 's/\..*//') >=
	    $(jq .source_age <<<"$(data hello <<<"$output")" | sed 's/\..*//')))
}

# Else a stream that breaks after a number that is ahead would miss the change.
@test "a greeting names a generation that was told, while changes come" {
	local t=$BATS_TEST_TMPDIR round
	handler_start
	listen "$t/all" 'never'
	await parked 1
	for round in {1..10}; do
		change
		change &
		OTHERS+=($!)
		node "$CLIENT" events "$SOCKET" 'event: hello\n.*\ndata: .*\n\n' \
		    >>"$t/greetings"
		wait $!
	done
	await grep -q "^id: $(generation)\$" "$t/all"
	sed -n 's/^id: //p' "$t/greetings" | sort -u >"$t/greeted"
	run ! grep -vxFf <(sed -n 's/^id: //p' "$t/all") "$t/greeted"
}

@test "a source that goes stale is told at once" {
	handler_start
	listen "$BATS_TEST_TMPDIR/heard" '"source":"lyon"[^}]*"stale":true'
	await parked 1
	sql -c "UPDATE cccp.source SET alive_at = now() - interval '1 day'
	    WHERE name = 'lyon'"
	wait "$LISTENER"
	sql -c "UPDATE cccp.source SET alive_at = now() WHERE name = 'lyon'"
	grep -q '"source":"lyon"[^}]*"stale":true' "$BATS_TEST_TMPDIR/heard"
}

@test "who was away is told what was missed, or to ask for all again" {
	handler_start
	local was now
	was=$(generation)
	listen "$BATS_TEST_TMPDIR/heard" 'event: change(.*\n)*.*event: change'
	await parked 1
	change
	await grep -q "^id: $((was + 1))" "$BATS_TEST_TMPDIR/heard"
	change
	wait "$LISTENER"
	now=$(generation)
	# All seen.
	run node "$CLIENT" events "$SOCKET" 'data: .*\n\n' "$now"
	[[ $output != *'event: reload'* && $output != *'event: change'* ]]
	# One missed.
	run node "$CLIENT" events "$SOCKET" \
	    "event: change\nid: $now\ndata: .*\n\n" $((now - 1))
	is "$(grep -c '^event: change' <<<"$output")" 1
	[[ $output != *'event: reload'* ]]
	# More than is known; what was never told; nonsense.
	local last
	for last in 0 $((now + 1)) -5 abc 99999999999999999999; do
		run node "$CLIENT" events "$SOCKET" 'reload(.*\n)*\n' "$last"
		is "$(grep -c '^event: hello' <<<"$output")" 1
		is "$(data reload <<<"$output")" "{\"generation\":$now}"
	done
}

@test "who leaves gives the place to another" {
	handler_start -n 1
	listen "$BATS_TEST_TMPDIR/heard" never
	await parked 1
	run fetch /api/v1/events
	[[ ${lines[0]} == 'Status: 503 '* && $output == *'Retry-After: '* ]]
	kill "$LISTENER"
	local how
	for how in close abort close; do
		await has_place
		run node "$CLIENT" leave "$SOCKET" "$how"
		is "$output" left
	done
	await has_place
}

# listen_as FILE NAME=value ...: a stream of somebody, once it has been greeted.
listen_as() {
	node "$CLIENT" events "$SOCKET" never '' "${@:2}" 3>&- >"$1" &
	LISTENER=$!
	OTHERS+=("$LISTENER")
	await grep -q '^event: hello' "$1"
}

@test "one user has a bound of streams, and harms no other" {
	local t=$BATS_TEST_TMPDIR i pids=() status
	CCCP_STREAMS_PER_USER=2 handler_start -n 6
	for i in 1 2; do
		listen_as "$t/zoe$i" REMOTE_USER=zoe REMOTE_ADDR=10.0.0."$i"
		pids+=("$LISTENER")
		# Without a name, by address.
		listen_as "$t/none$i" REMOTE_ADDR=zoe
	done
	run node "$CLIENT" events "$SOCKET" 'request_id.*' '' REMOTE_USER=zoe
	[[ ${lines[0]} == 'Status: 429 '* && $output == *'Retry-After: '* ]]
	[[ $output == *urn:cccp-board:problem:too-many-streams* ]]
	run node "$CLIENT" events "$SOCKET" 'request_id.*' '' REMOTE_ADDR=zoe
	[[ ${lines[0]} == 'Status: 429 '* ]]
	listen_as "$t/ali" REMOTE_USER=ali
	# Who leaves makes room for the same user.
	kill "${pids[0]}"
	await joins REMOTE_USER=zoe
	listen_as "$t/zoe3" REMOTE_USER=zoe
	# And the bound of all is still there.
	listen_as "$t/eve" REMOTE_USER=eve
	run node "$CLIENT" events "$SOCKET" 'request_id.*' '' REMOTE_USER=bob
	[[ ${lines[0]} == 'Status: 503 '* ]]
	fetch /metrics | grep -qE '^cccp_streams_refused_total [2-9]'
}

joins() {
	[[ $(node "$CLIENT" events "$SOCKET" 'Status: .*' '' "$@") == \
	    'Status: 200 '* ]]
}

@test "without a setting a user has 20 streams; a bad one is refused" {
	handler_start
	hold 20
	await parked 20
	run fetch /api/v1/events
	[[ ${lines[0]} == 'Status: 429 '* ]]
	local bad
	for bad in x -1 1000001 '2 3'; do
		CCCP_STREAMS_PER_USER=$bad run "$FCGI" -s "$SOCKET" -d "$HTDOCS"
		is "$status" 2
		[[ $output == *"CCCP_STREAMS_PER_USER=$bad: must be a number"* ]]
	done
}

has_place() {
	[[ $(node "$CLIENT" events "$SOCKET" 'Status: .*') == 'Status: 200 '* ]]
}

@test "streams hold no worker, and end in order" {
	WORKERS=1
	handler_start -t 1
	hold 5
	await parked 5
	run fetch /api/v1/users
	[[ ${lines[0]} == 'Status: 200 '* ]]
	is "$(connections)" 2
	kill "$HANDLER"
	wait "$HANDLER"			# and ends with 0
	unset HANDLER
	release
	is "$(grep -c whole "$BATS_TEST_TMPDIR/held")" 5
}

@test "when the database comes back, so do the changes" {
	handler_start
	listen "$BATS_TEST_TMPDIR/heard" 'event: change\n.*\ndata: .*\n\n'
	await parked 1
	postgres stop
	postgres start
	change
	wait "$LISTENER"
	is "$(grep -c '^event: hello' "$BATS_TEST_TMPDIR/heard")" 1
	jq -e '.users == [{"source": "lyon", "login": "zoe"}]' \
	    <<<"$(data change <"$BATS_TEST_TMPDIR/heard")"
	# The same when its connection alone is cut, and once more.
	local i
	for i in 1 2; do
		listen "$BATS_TEST_TMPDIR/$i" 'event: change\n.*\ndata: .*\n\n'
		await parked 1
		sql -c "SELECT pg_terminate_backend(pid, 5000)
		    FROM pg_stat_activity
		    WHERE application_name = 'cccp.fcgi live'" >/dev/null
		change
		wait "$LISTENER"
	done
}

@test "HEAD has the headers; CGI has no events" {
	handler_start
	web_start
	run curl -sS --max-time 60 -I "$URL/api/v1/events"
	[[ ${lines[0]} == 'HTTP/1.1 200 '* ]]
	[[ $output == *'Content-Type: text/event-stream'* ]]
	run cgi /api/v1/events
	[[ ${lines[0]} == 'Status: 501 Not Implemented'* ]]
	jq -e '.type == "urn:cccp-board:problem:events-need-fastcgi"' \
	    <<<"$(body <<<"$output")"
	CCCP_ANONYMOUS='' run cgi /api/v1/events
	[[ ${lines[0]} == 'Status: 401 '* ]]
}

@test "through lighttpd they come as they happen" {
	handler_start
	web_start
	curl -sSN --max-time 60 "$URL/api/v1/events" 3>&- \
	    >"$BATS_TEST_TMPDIR/heard" &
	OTHERS+=($!)
	await grep -q '^event: hello' "$BATS_TEST_TMPDIR/heard"
	change
	await grep -q '^event: change' "$BATS_TEST_TMPDIR/heard"
}

# A thousand boards, five that do not read, and fifty who ask for pages all the
# time: the crowd changes something, and waits for all to hear.  There is never
# more than one connection to the database for each thread, and the listener's.
@test "a thousand are told every change, while fifty ask for pages" {
	CCCP_STREAMS_PER_USER=0 handler_start
	local t=$BATS_TEST_TMPDIR load
	node "$CLIENT" load "$SOCKET" '/api/v1/users?sort=-state_seconds' 50 \
	    "$t/loaded" 3>&- >"$t/load" &
	load=$!
	OTHERS+=("$load")
	await test -e "$t/loaded"
	while connections >>"$t/connections"; do
		sleep 0.2
	done 2>/dev/null 3>&- &
	OTHERS+=($!)
	"$BUILD/crowd" "$SOCKET" 1005 5 20 "$CHANGE" "$HANDLER" \
	    >"$t/crowd"
	jq -e '.streams == 1005 and .gaps == 0 and .reloads == 0 and
	    .closed == 0 and .changes >= 20000' "$t/crowd" || {
		cat "$t/crowd" >&2
		return 1
	}
	# A place in a line, and no more; a sanitizer has much of its own.
	[[ $VARIANT == asan || $VARIANT == tsan ]] ||
	    jq -e '.bytes < 4096' "$t/crowd"
	(($(sort -n "$t/connections" | tail -n 1) <= 5))
	kill -0 "$load"			# none was refused or cut off
	end "$HANDLER"
	unset HANDLER
	wait "$load"
	jq -e '.cut == 0 and .answered >= 100' "$t/load"
}

@test "who does not read is dropped, and harms nobody" {
	handler_start
	"$BUILD/crowd" "$SOCKET" 20 3 150 "$CHANGE" \
	    >"$BATS_TEST_TMPDIR/crowd"
	jq -e '.streams == 20 and .gaps == 0 and .closed == 0 and
	    .dropped == 3' "$BATS_TEST_TMPDIR/crowd" || {
		cat "$BATS_TEST_TMPDIR/crowd" >&2
		return 1
	}
}
