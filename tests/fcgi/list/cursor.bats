#!/usr/bin/env bats
#
# Pages by cursor: after=.

load ../stand

setup_file() {
	stand_start
	psql -Xq -v ON_ERROR_STOP=1 <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in VALUES ('nice', 'cccp://nice.example', 'live',
		    NULL, now(), 0, '4.2', true, true);
		INSERT INTO queue_in (name, display_name, type, present,
		    logged_sessions, working_sessions, managed_tasks, failed_tasks,
		    waiting_seconds)
		SELECT 'q' || i, 'File ' || i % 6, CASE WHEN i % 3 > 0 THEN 'queue' END,
		    true, nullif(i % 4, 0), i % 3, i % 5, nullif(i % 2, 0), i * 0.1
		FROM generate_series(1, 25) AS i;
		SELECT * FROM cccp.flush() \g /dev/null
		COMMIT;
	EOF
	stay_fresh
	handler_start
	web_start
}

teardown_file() {
	stand_stop
}

walk() {
	node "$BATS_TEST_DIRNAME/walk.mjs" "$URL" "$@"
}

@test "every order: pages by cursor have each row once, in its place" {
	walk orders /api/v1/users
	walk orders /api/v1/queues
	walk orders /api/v1/calls
}

@test "what follows a cursor, as a file" {
	walk exports /api/v1/users
}

# refused LIST?QUERY ...: each by 400 that names after.
refused() {
	curl -sS --max-time 60 -w '\n%{http_code}\n' "${@/#/$URL/api/v1/}" |
	    jq -es --argjson n $# 'length == 2 * $n and ([.[] | select(. != 400 and
	    (type == "number" or .parameter != "after" or
	    .type != "urn:cccp-board:problem:invalid-parameter"))] |
	    . == [] or (debug | false))'
}

@test "a bad, foreign or cut cursor is refused, and named" {
	local next cursor i bad
	next=$(ask '/api/v1/users?per_page=10&sort=team' | jq -r .meta.next)
	[[ $next == '?after='*'&per_page=10&sort=team' ]]
	cursor=${next#*=} cursor=${cursor%%&*}
	ask "/api/v1/users?after=$cursor&sort=team&per_page=3" |
	    jq -e '.users | length == 3'
	# Of another order, other filters, another list; with a page.
	bad=('users?after=' 'users?after=x' "users?after=$cursor"
	    "users?after=$cursor&sort=-team" "users?after=$cursor&sort=team&q=a"
	    "queues?after=$cursor&sort=label" "calls?after=$cursor"
	    "users?after=$cursor&sort=team&page=2"
	    "users?after=$cursor&sort=team&format=csv&page=2"
	    "users?after=${cursor}AAAA&sort=team" 'users?after=%27%3B--&sort=team'
	    "users?after=$(printf 'a%.0s' {1..4097})&sort=team")
	for ((i = 1; i < ${#cursor}; i += 7)); do
		bad+=("users?after=${cursor:0:i}&sort=team")
	done
	refused "${bad[@]}"
	ask "/api/v1/users?after=x" -H 'Accept-Language: en' |
	    jq -e '.detail | contains("no cursor")'
}

@test "a walk does not stumble over a name that is no text for SQL" {
	ask '/api/v1/users?source=lyon&sort=login&per_page=1' |
	    jq -r .meta.next >"$BATS_TEST_TMPDIR/next"
	for i in 2 3 4 5; do
		ask "/api/v1/users$(<"$BATS_TEST_TMPDIR/next")" >"$BATS_TEST_TMPDIR/page"
		jq -e '.users | length == 1' "$BATS_TEST_TMPDIR/page"
		jq -r .meta.next "$BATS_TEST_TMPDIR/page" >"$BATS_TEST_TMPDIR/next"
	done
	is "$(<"$BATS_TEST_TMPDIR/next")" null
}

@test "values too long for a cursor: by number, or it is said" {
	local next
	sql <<-'EOF' >/dev/null
		UPDATE cccp.agent SET name = '~' || repeat('x', 4000) || login
		WHERE login IN ('zoe', 'zoe2', 'u001');
		UPDATE cccp.clock SET generation = generation + 1;
		SELECT pg_notify('cccp', generation::text) FROM cccp.clock;
	EOF
	await long_name_first
	is "$(users_next '?per_page=1&source=lyon,prod&q=xxx')" \
	    '?page=2&per_page=1&q=xxx&source=lyon,prod'
	# From a cursor on there is no number.
	next=$(users_next '?per_page=101&sort=-name')
	[[ $next == '?after='* ]]
	ask "/api/v1/users${next/per_page=101/per_page=1}" |
	    jq -e '.status == 400 and
	    .type == "urn:cccp-board:problem:cursor-too-long"'
}

users_next() {
	ask "/api/v1/users$1" | jq -r .meta.next
}

long_name_first() {
	ask '/api/v1/users?q=xxx&per_page=1' | jq -e '.meta.filtered == 3'
}
