#!/usr/bin/env bats
#
# Answers that are kept: nothing is asked twice for one generation, and what
# was known is still told while the database is away.

load ../stand

setup_file() {
	PG_SETTINGS="shared_preload_libraries = 'pg_stat_statements'
	    pg_stat_statements.track = top" stand_start
	sql -c 'CREATE EXTENSION pg_stat_statements'
	handler_start
	web_start
}

teardown_file() {
	stand_stop
}

# Statements of the users' resource that were run since the last reset.
asked() {
	sql -c "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
	    WHERE query LIKE '%WITH ORDINALITY%'"
}

# Those of them that count.
counted() {
	sql -c "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
	    WHERE query LIKE '%grouping(%'"
}

reset() {
	sql -c 'SELECT pg_stat_statements_reset()' >/dev/null
}

users() {
	ask "/api/v1/users?$1" "${@:2}"
}

# One header of an answer that curl -i or -D gave.
header() {
	sed -n "s/\r\$//; s/^$1: //p"
}

# What the cache did, by Server-Timing.
how() {
	users "$@" -o /dev/null -D - | header Server-Timing |
	    sed 's/^cache;desc=\([a-z]*\),.*/\1/'
}

named() {
	[[ $(users 'source=lyon&sort=login' | jq -r \
	    '.users[] | select(.login == "zoe").name') == "$1" ]]
}

@test "the same question is asked of the database once" {
	users 'q=a' -o /dev/null
	reset
	local i first
	first=$(users 'q=a' | jq -S 'del(.meta.source_age)')
	for i in {1..20}; do
		is "$(how 'q=%61')" hit
	done
	is "$(asked)" 0
	is "$(users 'q=a' | jq -S 'del(.meta.source_age)')" "$first"
	is "$(how 'q=a&page=2')" miss
	is "$(asked)" 1
	run users 'q=a' -i
	[[ $(header Server-Timing <<<"$output") == *' db;dur=0.00, '* ]]
	[[ $(header Link <<<"$output") == *'rel="first"'* ]]
	is "$(header Content-Type <<<"$output")" application/json
	is "$(header Content-Length <<<"$output")" \
	    "$(body <<<"$output" | wc -c)"
	is "$(header X-Total-Count <<<"$output")" \
	    "$(body <<<"$output" | jq .meta.filtered)"
}

@test "totals and facets are counted once for a filter" {
	local query next all
	rename 'Comptée Une'
	await named 'Comptée Une'
	all=$(users 'q=o&per_page=500' | jq -S '[.meta.total, .meta.filtered,
	    .facets]')
	reset
	next=$(users 'q=o&per_page=5' | jq -r .meta.next)
	for query in 'q=o&page=2' 'q=o&sort=-login' 'q=o&fields=login' \
	    "${next#\?}"; do
		is "$(users "$query" | jq -S '[.meta.total, .meta.filtered,
		    .facets]')" "$all"
	done
	is "$(asked) $(counted)" '5 0'
	# Another filter, and another generation, are counted anew.
	is "$(users 'q=o&logged=true' | jq .meta.total)" 105
	is "$(counted)" 1
	rename 'Comptée Deux'
	await named 'Comptée Deux'
	reset
	users 'q=o' -o /dev/null
	users 'q=o&page=2' -o /dev/null
	is "$(counted)" 1
}

@test "who accepts gzip gets the same, and less" {
	local plain packed
	plain=$(users 'q=e&sort=login' | jq -S 'del(.meta.source_age)')
	rename 'Zoé Serrée'
	await named 'Zoé Serrée'
	for packed in miss hit; do
		run users 'q=e&sort=-login' --compressed -D "$BATS_TEST_TMPDIR/head"
		is "$(header Content-Encoding <"$BATS_TEST_TMPDIR/head")" gzip
		[[ $(header Vary <"$BATS_TEST_TMPDIR/head") == *Accept-Encoding* ]]
		[[ $(header Server-Timing <"$BATS_TEST_TMPDIR/head") == \
		    "cache;desc=$packed,"* ]]
		(($(header Content-Length <"$BATS_TEST_TMPDIR/head") <
		    ${#output} / 2))
		# Who does not accept it gets what was kept as it is.
		is "$(jq -S 'del(.meta.source_age)' <<<"$output")" \
		    "$(users 'q=e&sort=-login' | jq -S 'del(.meta.source_age)')"
		jq -e '.meta.source_age >= 0' <<<"$output"
	done
	is "$(jq -r .meta.filtered <<<"$plain")" \
	    "$(jq -r .meta.filtered <<<"$output")"
}

@test "what tells of age is told anew" {
	users 'q=basile' -o /dev/null
	local age
	age=$(users 'q=basile' | jq .meta.source_age)
	await older 'q=basile' "$age"
	is "$(how 'q=basile')" hit
}

older() {
	users "$1" | jq -e ".meta.source_age > $2 and .meta.stale == false"
}

@test "a reader who has it already costs no statement" {
	local tag i
	tag=$(users 'q=b' -o /dev/null -D - | header ETag)
	reset
	for i in {1..10}; do
		is "$(users 'q=b' -H "If-None-Match: $tag" -o /dev/null \
		    -w '%{http_code}')" 304
	done
	is "$(sql -c "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
	    WHERE query LIKE '%cccp%user%'")" 0
}

@test "a change is seen, and asked for once" {
	users 'source=lyon&sort=login' -o /dev/null
	rename 'Zoé Première'
	await named 'Zoé Première'
	users 'q=c' -o /dev/null
	reset
	is "$(how 'source=lyon&sort=login')" hit
	is "$(asked)" 0
	rename 'Zoé Seconde'
	await named 'Zoé Seconde'
	is "$(asked)" 1
}

@test "twenty who ask the same at once are one statement" {
	local i pids=()
	reset
	# The statement waits until all are there: who reads needs the table.
	coproc lock { psql -XAtq; }
	echo "BEGIN; LOCK TABLE cccp.agent; SELECT 'locked';" >&"${lock[1]}"
	read -r -t 60 <&"${lock[0]}"
	twenty 1-4 &
	pids+=($!)
	await waits 1
	twenty 5-20 &
	pids+=($!)
	echo 'COMMIT; \q' >&"${lock[1]}"
	for i in "${pids[@]}"; do
		wait "$i"
	done
	is "$(cat "$BATS_TEST_TMPDIR"/* | grep -c '^200 ')" 20
	is "$(asked)" 1
	is "$(cat "$BATS_TEST_TMPDIR"/* | grep -c 'cache;desc=miss')" 1
	# The watch needs the table as well: it may hold that nobody answers.
	is "$(cat "$BATS_TEST_TMPDIR"/* | grep -cE 'cache;desc=(hit|stale)')" 19
}

# Some of them, by one process: a statement that waits is ended after 5 s.
twenty() {
	curl -sS -Z --parallel-immediate --parallel-max 20 -o /dev/null \
	    -w '%{http_code} %header{server-timing}\n' \
	    "$URL/api/v1/users?q=d&sort=-login#[$1]" >"$BATS_TEST_TMPDIR/$1"
}

waits() {
	(($(sql -c "SELECT count(*) FROM pg_stat_activity WHERE
	    application_name = 'cccp.fcgi' AND wait_event_type = 'Lock'") == $1))
}

postgres() {
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate -w -t 60 \
	    -l "$PG_DIR/log" "$1" >/dev/null 3>&-
}

@test "without the database, what was known is told as old" {
	local tag rows page
	tag=$(users 'q=e' -o /dev/null -D - | header ETag)
	rows=$(users 'q=e' | jq -cS '[.facets, .users, .meta.generated_at]')
	ask /api/v1/sources -o /dev/null
	postgres stop
	await settled
	for page in {1..3}; do
		run users 'q=e' -i -H "If-None-Match: $tag"
		[[ ${lines[0]} == 'HTTP/1.1 200 '* ]]
		body <<<"$output" >"$BATS_TEST_TMPDIR/body"
		jq -e '.meta.stale and (.meta.source_age >= 0)' \
		    "$BATS_TEST_TMPDIR/body"
		is "$(jq -cS '[.facets, .users, .meta.generated_at]' \
		    "$BATS_TEST_TMPDIR/body")" "$rows"
		[[ $(header Age <<<"$output") =~ ^[0-9]+$ ]]
		[[ $(header Server-Timing <<<"$output") == 'cache;desc=stale,'* ]]
		[[ $(header ETag <<<"$output") != "$tag" ]]
	done
	# Which is an answer of its own, not to be sent twice either.
	tag=$(users 'q=e' -o /dev/null -D - | header ETag)
	is "$(users 'q=e' -H "If-None-Match: $tag" -o /dev/null \
	    -w '%{http_code}')" 304
	jq -e '.meta.stale and (.sources | length) == 2' \
	    <<<"$(ask /api/v1/sources)"
	# What nobody has asked for cannot be told.
	run users 'q=nobody-asked' -i
	[[ ${lines[0]} == 'HTTP/1.1 503 '* ]]
	[[ $(header Retry-After <<<"$output") =~ ^[0-9]+$ ]]
	postgres start
	await fresh 'q=e'
	await fresh 'q=nobody-asked'
	is "$(how 'q=e')" hit
	is "$(how 'q=nobody-asked')" hit
}

# The watch has noticed: no worker tries by itself any more.
settled() {
	[[ $(users 'q=e' -o /dev/null -D - | header Server-Timing) == \
	    'cache;desc=stale, db;dur=0.00,'* ]]
}

fresh() {
	users "$1" | jq -e '.meta.stale == false'
}

# An answer without what grows while it is looked at.
still() {
	jq -S 'del(.meta.source_age, .meta.generated_at) |
	    .users[] |= with_entries(select(.key | test("_seconds(_max)?$") | not))'
}

@test "no cache, no waiting: the same answers" {
	local with without
	with=$(users 'q=f&sort=login' | still)
	CCCP_ANONYMOUS=admin PGUSER=cccp_web "$FCGI" -f -c 0 \
	    -s "$STAND/none.sock" -d "$HTDOCS" 3>&- 2>>"$STAND/handler.log" &
	local other=$!
	await listens "$STAND/none.sock"
	without=$(SOCKET=$STAND/none.sock \
	    fetch '/api/v1/users?q=f&sort=login' | body | still)
	kill "$other"
	wait "$other"
	is "$with" "$without"
}
