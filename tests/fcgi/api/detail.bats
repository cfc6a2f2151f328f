#!/usr/bin/env bats
#
# One user and one queue, with what was in a period; and who is asking.

load ../stand

setup_file() {
	stand_start
	# Yesterday, in three intervals; and samples of an hour with a hole.
	sql >/dev/null <<-'EOF'
		SELECT cccp.ensure_partitions('cccp.agent_state',
		    now() - interval '20 days', now());
		SELECT cccp.ensure_partitions('cccp.queue_sample',
		    now() - interval '2 days', now());
		INSERT INTO cccp.agent_state (agent_id, state, mode_label, since,
		    until)
		SELECT agent_id, s, l, date_trunc('day', now()) - f::interval,
		    date_trunc('day', now()) - t::interval
		FROM cccp.agent, (VALUES
		    ('available', 'Disponible', '16 hours', '15 hours'),
		    ('paused', 'Pause café', '15 hours', '14 hours'),
		    ('available', 'Disponible', '14 hours', '6 hours'))
		    AS v (s, l, f, t)
		WHERE login = 'u003';
		DELETE FROM cccp.queue_sample;
		INSERT INTO cccp.queue_sample (queue_id, minute, waiting_tasks,
		    managed_tasks)
		SELECT queue_id, date_trunc('minute', now()) - i * interval '1 min',
		    i, 2 * i
		FROM cccp.queue, generate_series(0, 90) AS i
		WHERE name = 'accueil' AND i NOT IN (5, 6);
	EOF
	handler_start
	web_start
}

teardown_file() {
	stand_stop
}

day() {
	date -d "$1" +%F
}

@test "a user's day, by default today" {
	ask /api/v1/users/prod/u003 >"$BATS_TEST_TMPDIR/a"
	jq -e --arg day "$(day today)" '(.meta.from | startswith($day + "T00:00:00"))
	    and .meta.to == null and .user.login == "u003" and
	    (.states | length > 0 and .[-1].until == null) and
	    (.calls | length) == 20' "$BATS_TEST_TMPDIR/a"
}

@test "a user's day, any day" {
	ask "/api/v1/users/prod/u003?from=$(day yesterday)&to=$(day today)" \
	    >"$BATS_TEST_TMPDIR/a"
	jq -e '[.states[] | .state, .mode_label] == ["available", "Disponible",
	    "paused", "Pause café", "available", "Disponible"] and
	    [.states[].seconds] == [3600, 3600, 28800]' "$BATS_TEST_TMPDIR/a"
	# From within an interval: that one, too; until one begins: not that one.
	ask "/api/v1/users/prod/u003?from=$(day yesterday)T08:30&to=$(day yesterday)T10:00" |
	    jq -e '[.states[].state] == ["available", "paused"] and .calls == []'
	ask "/api/v1/users/prod/u003?to=$(day tomorrow)" |
	    jq -e '.calls | length == 20'
}

@test "a period is a period, and bounded" {
	local query
	for query in "from=$(day today)&to=$(day yesterday)" \
	    "from=$(day yesterday)&to=$(day yesterday)" \
	    "from=$(day '8 days ago')" "to=2020-01-01" \
	    "from=2026-01-01&to=2026-01-08T00:00:01"; do
		ask "/api/v1/users/prod/u003?$query" | jq -e '.status == 400 and
		    .type == "urn:cccp-board:problem:invalid-period"' || {
			echo "$query" >&2
			return 1
		}
	done
	ask '/api/v1/users/prod/u003?from=2026-03-25&to=2026-04-01' |
	    jq -e '.states == []'	# a week with the change of the clocks
	ask '/api/v1/users/prod/u003?from=now' |
	    jq -e '.parameter == "from"'
	ask '/api/v1/users/prod/u003?page=1' | jq -e '.allowed == ["from", "to"]'
}

@test "kept like lists, one answer for a period" {
	local tag how
	how() {
		ask "/api/v1/users/prod/u004$1" -o /dev/null -D - |
		    sed -n 's/^Server-Timing: cache;desc=\([a-z]*\).*/\1/p'
	}
	is "$(how '')" miss
	is "$(how '')" hit
	is "$(how "?from=$(day today)")" miss
	is "$(how "?from=$(day today)")" hit
	tag=$(ask /api/v1/users/prod/u004 -o /dev/null -D - |
	    sed -n 's/\r$//; s/^ETag: //p')
	is "$(ask /api/v1/users/prod/u004 -o /dev/null -w '%{http_code}' \
	    -H "If-None-Match: $tag")" 304
	is "$(ask "/api/v1/users/prod/u004?from=$(day today)" -o /dev/null \
	    -w '%{http_code}' -H "If-None-Match: $tag")" 200
}

@test "a queue and its last hour" {
	ask /api/v1/queues/prod/accueil >"$BATS_TEST_TMPDIR/a"
	jq -e '.queue.label == "Accueil" and (.queue | has("samples") | not) and
	    (.samples | length | . >= 57 and . <= 58) and
	    .samples[-1].waiting_tasks == 0 and .samples[-1].managed_tasks == 0 and
	    .samples[-6].waiting_tasks == 7' "$BATS_TEST_TMPDIR/a"
	ask "/api/v1/queues/prod/accueil?from=$(day yesterday)" |
	    jq -e '.samples | length == 89'
	ask /api/v1/queues/prod/nulle-part | jq -e '.status == 404'
	is "$(ask /api/v1/queues/prod/accueil -o /dev/null -w '%{http_code}' \
	    -I)" 200
}

@test "the last hour of all queues, for who asks" {
	ask '/api/v1/queues?fields=name,samples&sort=name' >"$BATS_TEST_TMPDIR/a"
	jq -e '.queues[0].name == "accueil" and .queues[1].name == "sav" and
	    ([.queues[].samples | length] == [60, 60]) and
	    (.queues[1].samples | all(. == null)) and
	    (.queues[0].samples | index(4) as $i | .[$i - 2:$i + 5] ==
	    [null, null, 4, 3, 2, 1, 0])' "$BATS_TEST_TMPDIR/a"
	ask '/api/v1/queues' | jq -e '.queues | all(has("samples") | not)'
	ask '/api/v1/queues?fields=samples&sort=-name&format=csv' |
	    tail -n 1 | grep -q '4, 3, 2, 1, 0'
	ask '/api/v1/queues?sort=samples' | jq -e '.status == 400'
}

@test "who is asking" {
	ask /api/v1/me | jq -e '.me | .user == null and .anonymous and
	    .role == "admin" and .scope.whole and .permits.admin'
	is "$(cgi /api/v1/me '' REMOTE_USER='zoé "x"' CCCP_ANONYMOUS= | body |
	    jq -r .me.user)" 'zoé "x"'
	CCCP_ANONYMOUS=none cgi /api/v1/me | grep -q '^Status: 401'
}
