#!/usr/bin/env bats
#
# Questions that take long: they end with a problem of their own, and leave
# threads for the others.

bats_require_minimum_version 1.5.0

load ../stand

setup_file() {
	stand_start
	stay_fresh
	# To look for "lent", alone or with more behind it, takes a minute; while
	# cccp.slow has a row, to look for anything does.
	sql <<-'EOF'
		CREATE TABLE cccp.slow ();
		GRANT SELECT ON cccp.slow TO cccp_web;
		CREATE OR REPLACE FUNCTION cccp.pattern(word text) RETURNS text
		LANGUAGE plpgsql STABLE AS $$
		BEGIN
			IF word LIKE 'lent%' OR EXISTS (
			    SELECT FROM cccp.slow) THEN
				PERFORM pg_sleep(60);
			END IF;
			RETURN '%' || word || '%';
		END $$;
	EOF
	handler_start
	web_start
	export HISTORY="/api/v1/calls?from=$(date -d '30 days ago' +%F)"
}

teardown_file() {
	stand_stop
}

# The type of the problem that a request is answered by; or "rows".
kind() {
	ask "$1" | jq -r '.type // "rows"' | sed 's/^urn:cccp-board:problem://'
}

sleeping() {
	sql -c "SELECT count(*) FROM pg_stat_activity
	    WHERE usename = 'cccp_web' AND wait_event = 'PgSleep'"
}

@test "what takes too long is said to be too much" {
	ask "$HISTORY&q=lent" -D "$STAND/head" -H 'Accept-Language: fr' |
	    jq -e '.status == 503 and
	    .type == "urn:cccp-board:problem:too-much" and
	    (.detail | contains("restreignez"))'
	grep -qi '^retry-after: 30' "$STAND/head"
	run -0 ask "$HISTORY&q=lent&format=csv"
	jq -e '.type == "urn:cccp-board:problem:too-much"' <<<"$output"
	is "$(kind "/api/v1/users?q=lent")" too-much
	run cgi /api/v1/calls 'q=lent'
	[[ ${lines[0]} == 'Status: 503 '* && $output == *:too-much* ]]
	(($(ask /metrics | sed -n \
	    's/^cccp_database_errors_total{kind="slow"} //p') == 3))
}

takes_too_long() {
	[[ $(kind "$1") == too-much ]]
}

@test "an old answer does not hide that it is too much" {
	is "$(kind "$HISTORY&q=accueil")" rows
	sql -c "INSERT INTO cccp.slow DEFAULT VALUES"
	change
	await takes_too_long "$HISTORY&q=accueil"
	sql -c "DELETE FROM cccp.slow"
	is "$(kind "$HISTORY&q=accueil")" rows
}

@test "to wait for a lock is no fault of the question" {
	psql -XAtqc "BEGIN; LOCK TABLE cccp.agent; SELECT pg_sleep(600)" \
	    3>&- >/dev/null 2>&1 &
	local psql=$! locker="SELECT pid FROM pg_locks
	    WHERE relation = 'cccp.agent'::regclass
	    AND mode = 'AccessExclusiveLock' AND granted"
	await '[ "$(sql -c "$locker")" ]'
	is "$(kind '/api/v1/users?q=zoe')" database-unavailable
	sql -c "SELECT pg_terminate_backend(pid) FROM ($locker) l" >/dev/null
	wait "$psql" || :	# it was ended
	is "$(kind '/api/v1/users?q=zoe')" rows
}

# Asks two long questions, which is half of the threads, and runs a command
# while they are being answered; again when the machine was too slow for that.
while_long() {
	local try pids
	for try in {1..10}; do
		pids=()
		ask "$1" >/dev/null 3>&- &
		pids+=($!)
		ask "$2" >/dev/null 3>&- &
		pids+=($!)
		if patience=4 await "[ \"\$(sleeping)\" = $3 ]" 2>/dev/null &&
		    "$4" && [[ $(sleeping) == "$3" ]]; then
			wait "${pids[@]}"
			return
		fi
		wait "${pids[@]}"
	done
	return 1
}

# Six more long questions, and four short ones.
others() {
	[[ $(curl -sS --max-time 60 "$URL$HISTORY&q=lente"{3..8} \
	    "$URL/api/v1/users?q=u00$RANDOM" "$URL/api/v1/calls" \
	    "$URL/api/v1/calls?from=$(date -d '2 days ago' +%F)" \
	    "$URL/healthz" | jq -r '.type // "answered"' | uniq -c |
	    awk '{ print $1, $2 }') == "6 urn:cccp-board:problem:too-much
4 answered" ]]
}

@test "long questions leave half of the threads to short ones" {
	while_long "$HISTORY&q=lente1" "$HISTORY&q=lente2" 2 others
	# Who waits for the answer of another occupies a thread as well.
	while_long "$HISTORY&q=lent" "$HISTORY&q=lent" 1 others
	# They have left their places.
	is "$(kind "$HISTORY&q=accueil")" rows
}

# Those of CGI processes and of other handlers too.
@test "long questions of all processes have eight places" {
	local psql holder="SELECT pid FROM pg_locks WHERE locktype = 'advisory'
	    AND classid = 6735004 AND objid = 9"
	is "$(kind "$HISTORY&q=accueil1")" rows
	psql -XAtqc "SELECT pg_advisory_lock(6735004, n), pg_sleep(CASE WHEN n = 9
	    THEN 600 ELSE 0 END) FROM generate_series(1, 9) n" \
	    3>&- >/dev/null 2>&1 &
	psql=$!
	await '[ "$(sql -c "$holder")" ]'
	is "$(kind "$HISTORY&q=accueil2")" too-much
	run cgi /api/v1/calls "${HISTORY#*\?}&q=accueil3"
	[[ ${lines[0]} == 'Status: 503 '* && $output == *:too-much* ]]
	is "$(kind "/api/v1/calls?q=accueil4")" rows
	is "$(kind '/api/v1/users?q=accueil5')" rows
	sql -c "SELECT pg_terminate_backend(pid) FROM ($holder) l" >/dev/null
	wait "$psql" || :	# it was ended
	is "$(kind "$HISTORY&q=accueil2")" rows
	run cgi /api/v1/calls "${HISTORY#*\?}&q=accueil3"
	[[ ${lines[0]} == 'Status: 200 '* ]]
}
