#!/usr/bin/env bats
#
# Users in the order of their time in state: pages made from the first few of
# each state are the same as those made by sorting all users.

load ../stand

setup_file() {
	stand_start
	sql >/dev/null <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		CREATE FUNCTION pg_temp.source(name text, ahead int, silent int)
		RETURNS void LANGUAGE sql AS $$
			INSERT INTO source_in (name, url, status, alive_at,
			    clock_skew_s, complete, resumed)
			VALUES (name, 'cccp://' || name || '.example', 'live', now()
			    + make_interval(secs => ahead - silent), ahead, true,
			    true);
			-- Many began at one moment, as at the server's midnight.
			INSERT INTO agent_in (login, name, logged, mode, task,
			    busy_count, task_managed_at, mode_since, logout_at, login_at,
			    present, seen_at)
			SELECT name || i, 'N' || i % 7, i % 4 > 0, CASE i % 4
			    WHEN 1 THEN 'inbound' WHEN 2 THEN 'pause' ELSE 'inbound' END,
			    CASE i % 4 WHEN 3 THEN 'managing' END,
			    CASE i % 4 WHEN 3 THEN 1 ELSE 0 END, at, at, at, at, true, now()
			FROM generate_series(1, 60) AS i, LATERAL (SELECT now()
			    + make_interval(secs => ahead - 100 - CASE WHEN i % 3 = 0
			    THEN 77 ELSE i * 0.7 END) AS at) AS x;
			-- Nobody knows since when: they never logged in, or have no date.
			INSERT INTO agent_in (login, name, logged, mode, busy_count,
			    present, seen_at)
			SELECT name || i, 'N' || i % 7, i % 3 = 0, 'inbound', 0, true,
			    now()
			FROM generate_series(61, 75) AS i;
			SELECT cccp.flush();
			DELETE FROM agent_in;
			DELETE FROM source_in;
		$$;
		SELECT pg_temp.source('un', 0, 0), pg_temp.source('deux', 90, 0),
		    pg_temp.source('muet', -30, 50), pg_temp.source('jamais', 5, NULL);
		RESET ROLE;
		UPDATE cccp.source SET stale_after = CASE WHEN name = 'muet'
		    THEN interval '15 s' ELSE '1 day' END;
	EOF
	handler_start
	web_start
}

teardown_file() {
	stand_stop
}

# Asked with a filter that all pass, everybody is looked at and sorted.
all='kind=agent,supervisor'

@test "by each state, and by several, both ways, page after page" {
	local sort state queries=()
	for sort in state_seconds -state_seconds; do
		for state in '' state=talking state=unknown \
		    state=paused,available state=-talking \
		    state=-unknown,-offline state=ringing; do
			queries+=("fields=login&sort=$sort${state:+&$state}")
		done
	done
	run node "$BATS_TEST_DIRNAME/walk.mjs" "$URL" filtered /api/v1/users \
	    "$all" 31 "${queries[@]}"
	is "$status" 0
	((${output% rows} > 1000))
	is "$(ask '/api/v1/users?sort=state_seconds&per_page=500' |
	    jq '[.users[].login] | unique | length')" 405
}

@test "and by number" {
	local page query
	for page in 1 2 9; do
		query="fields=login&per_page=20&page=$page&sort=state_seconds"
		ask "/api/v1/users?$query" | jq -c .users \
		    >"$BATS_TEST_TMPDIR/one"
		ask "/api/v1/users?$query&$all" | jq -c .users \
		    >"$BATS_TEST_TMPDIR/all"
		cmp "$BATS_TEST_TMPDIR"/{all,one}
	done
}

@test "seconds fall as the order says, whatever a server's clock says" {
	ask '/api/v1/users?sort=-state_seconds&per_page=500' |
	    jq -e '[.users[].state_seconds] | map(values) as $known |
	    length == 405 and ($known | length > 200 and length < 300 and
	    . == (sort | reverse)) and .[:($known | length)] == $known'
	ask '/api/v1/users?sort=login_seconds&per_page=500&logged=true' |
	    jq -e '[.users[].login_seconds | select(. != null)] |
	    length > 100 and . == sort'
}

# For how long the longest has been in its state; an answer may be kept.
longest() {
	sql -c "SELECT floor(max(state_seconds)) FROM cccp_v1.user WHERE source = 'un'"
}

@test "who reads page after page misses nobody, though seconds go by" {
	local before next
	before=$(longest)
	ask '/api/v1/users?sort=-state_seconds&per_page=30&source=un' \
	    >"$BATS_TEST_TMPDIR/first"
	next=$(jq -r .meta.next "$BATS_TEST_TMPDIR/first")
	await '(($(longest) > before + 3))'
	ask "/api/v1/users$next" >"$BATS_TEST_TMPDIR/second"
	is "$(cat "$BATS_TEST_TMPDIR"/{first,second} | jq -r '.users[].login' |
	    sort -u | wc -l)" 60
}
