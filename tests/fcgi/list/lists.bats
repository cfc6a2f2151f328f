#!/usr/bin/env bats
#
# Queues and calls, and what all lists share: chosen fields, generations, times.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_start
	stay_fresh
	handler_start
	web_start
	psql -Xq -v ON_ERROR_STOP=1 <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in VALUES ('nice', 'cccp://nice.example', 'live',
		    NULL, now(), 0, '4.2', true, true);
		INSERT INTO queue_in (name, display_name, type, present,
		    logged_sessions, working_sessions, latent_sessions,
		    managed_tasks, failed_tasks, max_waiting, waiting_tasks,
		    waiting_seconds, contact_seconds, oldest_waiting_at)
		VALUES ('x__Été', 'Été', 'queue', true, 5, 2, 3, 30, 10, 4, 2, 400,
		    6000, now() - interval '61 s'),
		    ('VQ_x', 'Virtuelle', 'queue', true, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		    NULL);
		INSERT INTO call_in (call_key, direction, queue, caller, queued_at,
		    ended_at, present)
		SELECT 'c' || i, 'inbound', 'x__Été', '+3363998' ||
		    to_char(i, 'FM0000'), now() - i * interval '1 day',
		    CASE WHEN i <> 3 THEN now() - i * interval '1 day'
		    + interval '1 s' END, true
		FROM generate_series(1, 5) AS i;
		SELECT * FROM cccp.flush() \g /dev/null
		COMMIT;
	EOF
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_stop
}

setup() { . "$BATS_TEST_DIRNAME/../stand.bash"; }

# The body of an answer; its head is in $STAND/head.
get() {
	ask "$1" -D "$STAND/head"
}

@test "queues: counters, and what follows from them" {
	get '/api/v1/queues?source=nice' | jq -e '.meta.total == 3 and
	    .meta.filtered == 1 and .facets.source == {"nice": 1, "prod": 2} and
	    (.queues | length) == 1 and (.queues[0] |
	    .name == "x__Été" and .label == "Été" and .agents == 8 and
	    .free_sessions == 3 and .offered_tasks == 40 and
	    .turned_away == 4 and .abandoned_tasks == 6 and
	    .answer_rate == 0.75 and .waiting_seconds_mean == 10 and
	    .contact_seconds_mean == 200 and .longest_wait_seconds >= 61 and
	    .hidden == false)'
}

@test "queues: the technical ones only when asked for" {
	get '/api/v1/queues?hidden=true&sort=-name&source=nice' |
	    jq -e '[.queues[].name] == ["x__Été", "VQ_x"] and
	    .meta.total == 4'
	get '/api/v1/queues?hidden=perhaps' | jq -e '.status == 400 and
	    .parameter == "hidden"'
}

@test "queues: technical ones are not silent while callers wait" {
	local hidden
	get '/api/v1/queues' | jq -e '.hidden == {"queues": 0,
	    "waiting_tasks": 0}'
	sql -c "UPDATE cccp.queue SET waiting_tasks = 3 WHERE name = 'VQ_x'" \
	    -c "UPDATE cccp.clock SET generation = generation + 1" \
	    -c "NOTIFY cccp, '0'"
	hidden_is() {
		get "/api/v1/queues?$1" | jq -e ".hidden == {\"queues\": $2,
		    \"waiting_tasks\": $3}"
	}
	await hidden_is '' 1 3
	get '/api/v1/queues' | jq -e '.totals.waiting_tasks == 2'
	hidden_is 'source=nice' 1 3
	hidden_is 'q=virtuelle' 1 3
	hidden_is 'source=prod' 0 0
	hidden_is 'q=ete' 0 0
	hidden_is 'hidden=true' 0 0
	get '/api/v1/queues?hidden=true' | jq -e '.totals.waiting_tasks == 5'
	sql -c "UPDATE cccp.queue SET waiting_tasks = 0 WHERE name = 'VQ_x'" \
	    -c "UPDATE cccp.clock SET generation = generation + 1" \
	    -c "NOTIFY cccp, '0'"
}

@test "queues: found without case and accents" {
	get '/api/v1/queues?q=ETE' | jq -e '[.queues[].label] == ["Été"]'
}

@test "queues: totals of all, whatever is on the page" {
	psql -Xq -v ON_ERROR_STOP=1 <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in VALUES ('gros', 'cccp://gros.example', 'live',
		    NULL, now(), 0, '4.2', true, true);
		INSERT INTO queue_in (name, present, waiting_tasks, managed_tasks,
		    failed_tasks, max_waiting)
		SELECT 'q' || to_char(i, 'FM000'), true, i % 3, 2, 1, 1
		FROM generate_series(1, 699) AS i
		UNION ALL SELECT 'zz', true, 50, NULL, NULL, NULL
		UNION ALL SELECT 'VQ_1', true, 1000, NULL, NULL, NULL;
		SELECT * FROM cccp.flush() \g /dev/null
		COMMIT;
	EOF
	get '/api/v1/queues?source=gros&per_page=2&sort=-waiting_tasks' |
	    jq -e '.queues[0].name == "zz" and .totals == {"waiting_tasks": 749,
	    "running_tasks": null, "offered_tasks": 2097, "managed_tasks": 1398,
	    "failed_tasks": 699, "turned_away": 699, "abandoned_tasks": 0}'
	get '/api/v1/queues?source=gros&page=350&per_page=2' |
	    jq -e '.totals.waiting_tasks == 749'
	get '/api/v1/queues?source=gros&hidden=true' |
	    jq -e '.totals.waiting_tasks == 1749'
	get '/api/v1/queues?source=gros&q=q00' |
	    jq -e '.totals.waiting_tasks == 9 and .meta.filtered == 9'
	get '/api/v1/queues?source=nowhere' |
	    jq -e '.totals.waiting_tasks == null'
}

@test "calls: today's, and what goes on however old" {
	get '/api/v1/calls?source=nice' | jq -e '
	    [.calls[].call_key] == ["c3"] and .calls[0].active'
	get '/api/v1/calls?active=true' | jq -e '
	    [.calls[] | .active] | length == 2 and all'
}

@test "calls: of a time" {
	local from to
	from=$(date -d '4 days ago 12 hours ago' +%FT%T%:z)
	to=$(date -d '2 days ago 1 hour' +%FT%T%:z)
	# Escaped or not, a plus is a plus.
	get "/api/v1/calls?source=nice&from=$from&to=${to/+/%2B}" | jq -e '
	    [.calls[].call_key] == ["c2", "c3", "c4"] and .meta.total == 3'
	get "/api/v1/calls?from=$(date -d '20 days ago' +%F)&active=false&source=nice&sort=queued_at" |
	    jq -e '[.calls[].call_key] == ["c5", "c4", "c2", "c1"]'
	for from in 2026-02-29 2026-13-01 01/02/2026 2026-01-01T25:00 now \
	    2026-01-01T10:00:00%2B99:00 "2026-01-01'"; do
		get "/api/v1/calls?from=$from" | jq -e '.status == 400 and
		    .parameter == "from"'
	done
}

# Moments are compared to the microsecond, whatever notation they come in.
@test "calls: times in all notations of RFC 3339" {
	local at t below from
	at=$(get '/api/v1/calls?source=nice&active=true&fields=queued_at' |
	    jq -r '.calls[0].queued_at')
	t=$(psql -XAtc "SET timezone = 'UTC'; SELECT to_char('$at'::timestamptz,
	    'YYYY-MM-DD\"T\"HH24:MI:SS.US')" | tail -n 1)
	below=$t
	((${t: -1} == 0)) || below=${t::-1}$((${t: -1} - 1))999999999
	for from in "${t}Z" "$(tr T t <<<"$t")z" "${t/T/ }-00:00" "${t}000z" \
	    "${below}Z"; do
		get "/api/v1/calls?source=nice&from=${from/ /%20}" | jq -e '
		    .calls[-1].call_key == "c3"' || {
			echo "$from" >&2
			return 1
		}
	done
	get "/api/v1/calls?source=nice&from=${t}001Z" | jq -e '
	    [.calls[].call_key] == ["c1", "c2"]'
	get "/api/v1/calls?source=nice&from=$(date -d '9 days ago' +%F)&to=${t}001z" |
	    jq -e '.calls[0].call_key == "c3"'
	get "/api/v1/calls?from=0000-01-01T00:00:00z&to=0000-02-29T23:59:60z" |
	    jq -e '.calls == []'
}

@test "calls: of at most 92 days" {
	local query
	for query in "from=$(date -d '91 days ago' +%F)" \
	    'from=2025-12-31&to=2026-04-02' 'from=2026-08-01&to=2026-11-01' \
	    'to=2020-01-01' "from=$(date -d '1 day' +%FT%T)"; do
		get "/api/v1/calls?$query" | jq -e .calls >/dev/null || {
			echo "$query" >&2
			return 1
		}
	done
	for query in "from=$(date -d '94 days ago' +%F)" 'from=2020-01-01' \
	    'from=2025-12-31&to=2026-04-03' 'from=2026-02-02&to=2026-02-01' \
	    'from=2020-01-01&format=csv' 'from=2020-01-01&q=0199'; do
		get "/api/v1/calls?$query" | jq -e '.status == 400 and
		    .type == "urn:cccp-board:problem:invalid-period" and
		    (.detail | contains("92"))' >/dev/null || {
			echo "$query" >&2
			return 1
		}
	done
}

@test "calls: by agent, queue, number" {
	get '/api/v1/calls?agent=u003&per_page=1' | jq -e '.meta.filtered > 0 and
	    (.calls | length) == 1 and .calls[0].agent == "u003" and
	    .calls[0].queue_label == "Accueil"'
	get '/api/v1/calls?q=39980003&source=nice' | jq -e '
	    [.calls[].call_key] == ["c3"]'
	# The queue has a label, which the call did not bring, and a name.
	for q in ETE x__; do
		get "/api/v1/calls?q=$q" | jq -e '
		    [.calls[].call_key] == ["c3"] and
		    .calls[0].queue_label == "Été"'
	done
	get '/api/v1/calls?agent=-u003,-&direction=inbound' | jq -e '
	    .meta.filtered == 0 and .meta.pages == 1'
}

@test "calls: by stage, in the order of a call's life" {
	get "/api/v1/calls?source=nice&from=$(date -d '9 days ago' +%F)&sort=stage,call_key&fields=call_key,stage" |
	    jq -e '.calls[0] == {"call_key": "c3", "stage": "waiting"} and
	    ([.calls[1:][].stage] | length == 4 and all(. == "unmanaged")) and
	    .facets.stage == {"waiting": 1, "unmanaged": 4}'
	get "/api/v1/calls?source=nice&from=$(date -d '9 days ago' +%F)&stage=-waiting" | jq -e '
	    .meta.filtered == 4 and .meta.total > 4'
	get '/api/v1/calls?stage=queued' | jq -e '.status == 400 and
	    .parameter == "stage" and (.allowed | index("vanished") != null)'
}

@test "only the fields asked for, in their order" {
	get '/api/v1/users?fields=state,login&per_page=1&sort=login' | jq -e '
	    .users[0] | keys_unsorted == ["state", "login"]'
	get '/api/v1/users?fields=login,-state' | jq -e '.status == 400 and
	    .parameter == "fields"'
	get '/api/v1/users?fields=login,login' | jq -e '.status == 400'
	get '/api/v1/users?fields=password' | jq -e '.status == 400 and
	    .value == "password" and (.allowed | index("login") != null)'
}

@test "a generation that has passed is refused" {
	local now
	now=$(get '/api/v1/users?per_page=1' | jq .meta.generation)
	get "/api/v1/users?generation=$now" | jq -e ".meta.generation == $now"
	get "/api/v1/users?generation=$((now - 1))" | jq -e '.status == 409 and
	    .type == "urn:cccp-board:problem:generation-gone"'
}

# How many of them.
filtered() {
	get "/api/v1/users?logged=true&source=prod&$1" | jq .meta.filtered
}

@test "by time in a state, and such an answer has no ETag" {
	local all
	all=$(filtered '')
	get '/api/v1/users?logged=true&source=prod&state_seconds_gt=3' >/dev/null
	grep -qi '^server-timing:' "$STAND/head"
	run ! grep -i '^etag:' "$STAND/head"
	# Again where somebody has grown older between the two.
	await '[ $(($(filtered login_seconds_gt=600) +
	    $(filtered login_seconds_lt=601))) -eq "$all" ]'
}
