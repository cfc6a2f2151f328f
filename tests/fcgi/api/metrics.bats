#!/usr/bin/env bats
#
# What Prometheus is told: well formed, and it moves as things happen.

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

# The scrape, read and found well formed, as a JSON object.
scrape() {
	fetch /metrics REMOTE_ADDR=127.0.0.1 | body |
	    /usr/bin/python3 "$ROOT/tests/fcgi/api/metrics.py"
}

# value SERIES: out of what scrape gave, in $output; "null": it is not there.
value() {
	jq --arg s "$1" '.[$s]' <<<"$output"
}

# count SERIES N: it is that now.
count() {
	[[ $(scrape | jq --arg s "$1" '.[$s]') == "$2" ]]
}

requests() {
	echo "cccp_http_requests_total{route=\"$1\",status=\"$2\"}"
}

@test "it is text of Prometheus' format, for who may read the API" {
	handler_start
	run fetch /metrics
	[[ ${lines[0]} == 'Status: 200 OK'* ]]
	grep -q '^Content-Type: text/plain; version=0.0.4; charset=utf-8' \
	    <<<"$output"
	grep -q '^Cache-Control: no-store' <<<"$output"
	run scrape
	is "$status" 0
	is "$(value cccp_database_up)" 1
	is "$(value cccp_generation)" \
	    "$(sql -c 'SELECT generation FROM cccp.clock')"
	is "$(state=$(fetch /metrics?x=1); jq -r .type \
	    <<<"$(body <<<"$state")")" \
	    urn:cccp-board:problem:unknown-parameter
	end "$HANDLER"
	CCCP_ANONYMOUS=none handler_start
	run fetch /metrics
	[[ ${lines[0]} == 'Status: 401 '* ]]
	[[ $output != *cccp_* ]]
}

@test "every route is counted, by class of status, and timed" {
	handler_start
	local path i
	run scrape
	for path in /api/v1/users /healthz '/{asset}' none; do
		is "$(value "$(requests "$path" 2xx)")" 0
	done
	for i in 1 2 3; do
		fetch /api/v1/users >/dev/null
	done
	fetch /api/v1/users?page=x >/dev/null
	fetch /api/v1/users/prod/u001 >/dev/null
	fetch /api/v1/users/prod/nobody >/dev/null
	fetch /healthz >/dev/null
	fetch /js/main.js >/dev/null
	fetch /no/such/file >/dev/null
	run scrape
	is "$(value "$(requests /api/v1/users 2xx)")" 3
	is "$(value "$(requests /api/v1/users 4xx)")" 1
	is "$(value "$(requests '/api/v1/users/{source}/{login}' 2xx)")" 1
	is "$(value "$(requests '/api/v1/users/{source}/{login}' 4xx)")" 1
	is "$(value "$(requests /healthz 2xx)")" 1
	is "$(value "$(requests '/{asset}' 2xx)")" 1
	is "$(value "$(requests '/{asset}' 4xx)")" 1
	is "$(value "$(requests /metrics 2xx)")" 1
	local d=cccp_http_request_duration_seconds
	is "$(value "${d}_count{route=\"/api/v1/users\"}")" 4
	jq -e --arg s "${d}_sum{route=\"/api/v1/users\"}" '.[$s] > 0' \
	    <<<"$output"
	# No name of a person, whoever was asked for.
	[[ $(fetch /metrics) != *u001* && $(fetch /metrics) != *nobody* ]]
}

@test "answers that are kept are told, hits and misses" {
	handler_start -t 1
	fetch /api/v1/users >/dev/null
	run scrape
	is "$(value cccp_cache_hits_total)" 0
	is "$(value cccp_cache_misses_total)" 1
	is "$(value cccp_cache_answers)" 1
	jq -e '.cccp_cache_bytes > 100' <<<"$output"
	is "$(value cccp_database_connections)" 1
	fetch /api/v1/users >/dev/null
	fetch /api/v1/users >/dev/null
	run scrape
	is "$(value cccp_cache_hits_total)" 2
	is "$(value cccp_cache_misses_total)" 1
	end "$HANDLER"
	handler_start -c 0 -n 0
	run scrape
	is "$status" 0
	is "$(value cccp_cache_hits_total)" null
	is "$(value cccp_streams_open)" null
}

@test "streams are told, while they last and after" {
	handler_start
	run scrape
	is "$(value cccp_streams_open)" 0
	node "$CLIENT" events "$SOCKET" never 3>&- >"$STAND/stream" &
	local reader=$!
	await grep -q hello "$STAND/stream"
	run scrape
	is "$(value cccp_streams_open)" 1
	is "$(value cccp_streams_parked_total)" 1
	is "$(value "$(requests /api/v1/events 2xx)")" 1
	kill "$reader"
	wait "$reader" || :
	await count cccp_streams_open 0
	run scrape
	is "$(value cccp_streams_parked_total)" 1
	is "$(value cccp_streams_dropped_total)" 0
}

@test "each source is told: status, age, generation" {
	handler_start
	run scrape
	local source
	for source in prod lyon; do
		is "$(value "cccp_source_status{source=\"$source\",status=\"$(
		    sql -c "SELECT status FROM cccp_v1.source
		    WHERE source = '$source'")\"}")" 1
		is "$(jq --arg s "cccp_source_status{source=\"$source\"" '[
		    to_entries[] | select(.key | startswith($s)) | .value] |
		    "\(length) \(add)"' <<<"$output")" '"4 1"'
		is "$(value "cccp_source_generation{source=\"$source\"}")" \
		    "$(sql -c "SELECT generation FROM cccp_v1.source
		    WHERE source = '$source'")"
		jq -e --arg s "cccp_source_age_seconds{source=\"$source\"}" \
		    '.[$s] >= 0' <<<"$output"
	done
	# As a CGI program it knows nothing but these.
	run cgi /metrics
	[[ ${lines[0]} == 'Status: 200 OK'* ]]
	run /usr/bin/python3 "$ROOT/tests/fcgi/api/metrics.py" \
	    <<<"$(body <<<"$output")"
	is "$status" 0
	is "$(value cccp_database_up)" 1
	is "$(value 'cccp_source_status{source="prod",status="down"}')" 0
}

@test "a source that is silent is stale, and nothing calls it live" {
	sql -c "UPDATE cccp.source SET alive_at = now() - interval '1 day'
	    WHERE name = 'lyon'"
	handler_start
	await count 'cccp_source_status{source="lyon",status="stale"}' 1
	run scrape
	is "$(value 'cccp_source_status{source="lyon",status="live"}')" 0
	is "$(value 'cccp_source_stale{source="lyon"}')" 1
	fetch /api/v1/sources | body | jq -e '.sources |
	    map([.source, .status, .stale]) == [["lyon", "stale", true],
		["prod", "live", false]]'
	node "$CLIENT" events "$SOCKET" never 3>&- >"$STAND/stale" &
	local reader=$!
	await grep -q '"source":"lyon","status":"stale"' "$STAND/stale"
	kill "$reader"
	wait "$reader" || :
	sql -c "UPDATE cccp.source SET alive_at = now() WHERE name = 'lyon'"
}

@test "it tells when old history was last dropped" {
	local name=cccp_history_purge_age_seconds
	sql -c 'UPDATE cccp.clock SET purged_at = NULL'
	handler_start
	run scrape
	is "$(value "$name")" null
	PGUSER=cccp_poller sql -c 'SELECT cccp.keep_partitions()'
	await purge_age_is '. >= 0 and . < 60'
	sql -c "UPDATE cccp.clock SET purged_at = now() - interval '3 days'"
	await purge_age_is '. >= 259200 and . < 259260'
	sql -c 'UPDATE cccp.clock SET purged_at = NULL'
	await purge_age_is '. == null'
}

@test "it tells when each class of old data was last removed, and what failed" {
	sql -c "UPDATE cccp.retention SET purged_at = NULL, error = NULL"
	handler_start
	run scrape
	is "$(value 'cccp_retention_age_seconds{class="audit"}')" null
	is "$(value 'cccp_retention_failed{class="audit"}')" 0
	sql -c "UPDATE cccp.retention SET purged_at = now() - interval '3 days',
	    error = CASE class WHEN 'numbers' THEN 'x' END"
	await retention_is '."cccp_retention_age_seconds{class=\"audit\"}"
	    | . >= 259200 and . < 259260'
	await retention_is '."cccp_retention_failed{class=\"numbers\"}" == 1'
	await retention_is '."cccp_retention_failed{class=\"history\"}" == 0'
	sql -c "UPDATE cccp.retention SET error = NULL"
}

retention_is() {
	scrape | jq -e "$1"
}

# purge_age_is CONDITION: of jq.
purge_age_is() {
	scrape | jq -e ".cccp_history_purge_age_seconds | $1"
}

postgres() {
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w -t 60 \
	    -l "$PG_DIR/log" "$1" >/dev/null 3>&-
}

@test "it is told as well when the database is away" {
	handler_start -t 1 -c 0
	fetch /api/v1/users >/dev/null
	run scrape
	is "$(value 'cccp_database_errors_total{kind="away"}')" 0
	postgres stop
	await count cccp_database_up 0
	fetch /api/v1/users >/dev/null
	run scrape
	is "$status" 0
	is "$(value cccp_database_up)" 0
	is "$(value 'cccp_source_stale{source="prod"}')" 1
	is "$(value 'cccp_source_status{source="prod",status="stale"}')" 1
	is "$(value 'cccp_source_status{source="prod",status="live"}')" 0
	is "$(value "$(requests /api/v1/users 5xx)")" 1
	jq -e '.["cccp_database_errors_total{kind=\"away\"}"] >= 1 and
	    .["cccp_database_errors_total{kind=\"fault\"}"] == 0' \
	    <<<"$output"
	is "$(value cccp_database_connections)" 0
	end "$HANDLER"
	handler_start -t 1
	run scrape		# it never knew a thing
	is "$status" 0
	is "$(value cccp_database_up)" 0
	is "$(value cccp_generation)" null
	postgres start
	await count cccp_database_up 1
}
