#!/usr/bin/env bats
#
# Handlers that read a hot standby, where nobody can LISTEN: data, events,
# health and age are those of the primary, as far as they are replayed.

load ../stand

setup_file() {
	stand_start
	export STANDBY=$PG_DIR/standby
	pg_as mkdir "$STANDBY"
	pg_as "$PG_BIN/pg_basebackup" -h "$PG_DIR" -U postgres -R -c fast \
	    -X stream -D "$STANDBY/data" 3>&-
	pg_as "$PG_BIN/pg_ctl" -D "$STANDBY/data" -l "$STANDBY/log" -w -t 120 \
	    -o "-c unix_socket_directories='$STANDBY' -c cluster_name=standby" \
	    start >/dev/null 3>&-
}

teardown_file() {
	[[ ! -e ${STANDBY:?}/data ]] || pg_as "$PG_BIN/pg_ctl" \
	    -D "$STANDBY/data" -m immediate stop >/dev/null 2>&1
	stand_stop
}

setup() {
	OTHERS=()
	PGHOST=$STANDBY handler_start
}

teardown() {
	local pid
	for pid in "${OTHERS[@]}" "$HANDLER"; do
		end "$pid" || :
	done
	unset HANDLER
}

json() {
	fetch "$1" | body
}

# The page's data are of the primary's generation, or a later one.
current() {
	(($(json "/api/v1/users?q=zoe&source=lyon" |
	    jq .meta.generation) >= $1))
}

generation() {
	sql -c 'SELECT generation FROM cccp.clock'
}

@test "it is a standby, and the doctor says so" {
	is "$(PGHOST=$STANDBY sql -c 'SELECT pg_is_in_recovery()')" t
	run env LC_ALL=C PGHOST="$STANDBY" PGUSER=cccp_web "$DOCTOR" \
	    -d "$HTDOCS"
	is "$status" 0
	[[ $output == *'database: hot standby, changes are looked for 4 times'* ]]
}

@test "pages and exports have the primary's data, at every generation" {
	local i want
	for i in 1 2 3 4 5; do
		change
		want=$(generation)
		await current "$want"
	done
	is "$(json '/api/v1/users?q=zoe&source=lyon' | jq -r .users[0].name)" \
	    "$(sql -c "SELECT name FROM cccp.agent WHERE login = 'zoe'
	    AND name LIKE 'Zoé %'")"
	is "$(json '/api/v1/users?format=csv' | wc -l)" \
	    $(($(json /api/v1/users | jq .meta.total) + 1))
	json /api/v1/users/lyon/zoe | jq -e '.user.login == "zoe"'
	# Nothing of what it says is an error to the database.
	run grep -E 'ERROR' "$STANDBY/log"
	is "$(grep -v 'cannot execute LISTEN during recovery' <<<"$output")" ''
}

@test "ready, and measured" {
	jq -e '.status == "ok" and ([.checks[]] | unique) == ["ok"]' \
	    <<<"$(json /readyz)"
	run json /metrics
	grep -qx 'cccp_database_up 1' <<<"$output"
	grep -q '^cccp_source_age_seconds{source="lyon"} ' <<<"$output"
}

@test "events come all the same, with who changed" {
	node "$CLIENT" events "$SOCKET" 'event: change[^]*event: change' 3>&- \
	    >"$STAND/heard" &
	OTHERS+=($!)
	local want
	await grep -q '^event: hello' "$STAND/heard"
	change
	want=$(generation)
	await grep -q "^id: $want" "$STAND/heard"
	grep '^data: .*"since"' "$STAND/heard" | head -n 1 | sed 's/^data: //' |
	    jq -e '.users == [{"source": "lyon", "login": "zoe"}] and
		.stale == false'
	change
	want=$(generation)
	await grep -q "^id: $want" "$STAND/heard"
}

@test "when nothing comes from the primary any more, the data grow old" {
	sql -c "UPDATE cccp.source SET stale_after = '3 s'" >/dev/null
	change
	await current "$(generation)"
	node "$CLIENT" events "$SOCKET" '"stale":true' 3>&- >"$STAND/heard" &
	OTHERS+=($!)
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate stop >/dev/null 3>&-
	await grep -q '"stale":true' "$STAND/heard"
	json /api/v1/users | jq -e '.meta.stale and .meta.source_age > 3 and
	    (.users | length) == 50'
	jq -e '.checks == {"database": "ok", "schema": "ok",
	    "sources": "failed"}' <<<"$(json /readyz)"
	# Promoted, it is the primary, and the same handler goes on.
	pg_as "$PG_BIN/pg_ctl" -D "$STANDBY/data" -w -t 120 promote >/dev/null
	export PGHOST=$STANDBY
	sql -c "UPDATE cccp.source SET stale_after = '1 hour',
	    alive_at = now()" >/dev/null
	change
	await current "$(generation)"
	json /api/v1/users | jq -e '.meta.stale == false'
}
