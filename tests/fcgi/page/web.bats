#!/usr/bin/env bats
#
# Everything but the list of users, through lighttpd and as CGI: one user,
# sources, health, files, and paths that are refused.

load ../stand

setup_file() {
	stand_start
	handler_start
	web_start
}

teardown_file() {
	stand_stop
}

code() {
	ask "$@" -o /dev/null -w '%{http_code}'
}

@test "one user in full, with today's states and latest calls" {
	run ask /api/v1/users/prod/u003
	jq -e '.meta.generation == 2 and .meta.stale == false and
	    .user.login == "u003" and .user.queue == "Accueil" and
	    (.states | length) >= 1 and .states[-1].until == null and
	    .states[-1].state == "talking" and
	    (.states[-1] | .seconds == (.seconds | floor)) and
	    (.calls | length) == 20 and .calls[0].active and
	    (.calls[0] | .queue_label == "Accueil" and .stage == "talking") and
	    ([.calls[].queued_at] | . == (sort | reverse))' <<<"$output"
}

@test "states are those of today, from the one at midnight on" {
	local day=
	while [[ $day != $(date +%F) ]]; do	# not while the day changes
		day=$(date +%F)
		sql <<-'EOF' >/dev/null
			SELECT cccp.ensure_partitions('cccp.agent_state',
			    now() - interval '3 days', now());
			DELETE FROM cccp.agent_state USING cccp.agent
			WHERE agent.agent_id = agent_state.agent_id
			AND login = 'zoe2';
			INSERT INTO cccp.agent_state (agent_id, state, since,
			    until)
			SELECT agent_id, s.state, today + s.since,
			    today + s.until
			FROM cccp.agent, date_trunc('day', now()) AS today,
			(VALUES ('offline', interval '-2 days',
				interval '-1 day'),
			    ('paused', '-1 day', '1 us'),
			    ('available', '1 us', NULL))
			AS s (state, since, until) WHERE login = 'zoe2';
		EOF
		run ask /api/v1/users/lyon/zoe2
	done
	is "$(jq -c '[.states[].state]' <<<"$output")" \
	    '["paused","available"]'
	jq -e '.states[0].until == .states[1].since and
	    .states[1].until == null' <<<"$output"
}

@test "a user's path is UTF-8, and the login may have any sign" {
	is "$(code /api/v1/users/lyon/c%C3%B4t%C3%A9%2F%C3%AFle)" 200
	is "$(code /api/v1/users/lyon/c%C3%B4t%C3%A9/%C3%AFle)" 200
	is "$(ask '/api/v1/users/lyon/cent%25_%5C' | jq -r .user.login)" \
	    'cent%_\'
	is "$(cgi '/api/v1/users/lyon/cent%_\' | body | jq -r .user.name)" \
	    "100 % \\ _ '\"<b>&"
}

@test "a user who is not shown is not found" {
	local path
	for path in prod/nobody prod/consistent lyon/parti nowhere/zoe \
	    prod/U003 lyon/zoe/ "lyon/zo'e" lyon/%25; do
		run ask "/api/v1/users/$path" -i
		[[ ${lines[0]} == 'HTTP/1.1 404 '* ]]
		jq -e '.type == "urn:cccp-board:problem:not-found"' \
		    <<<"$(body <<<"$output")"
	done
	is "$(code /api/v1/users/lyon/zoe?page=1)" 400
}

@test "a user who has not changed is not sent again" {
	local tag
	tag=$(ask /api/v1/users/lyon/zoe -o /dev/null -D - |
	    sed -n 's/\r$//; s/^ETag: //p')
	is "$(code /api/v1/users/lyon/zoe -H "If-None-Match: $tag")" 304
	is "$(code /api/v1/users/lyon/sans -H "If-None-Match: $tag")" 200
}

@test "sources tell how they are" {
	run ask /api/v1/sources -i
	[[ $output == *'Cache-Control: private, no-cache'* ]]
	body <<<"$output" >"$BATS_TEST_TMPDIR/json"
	jq -Sc '.sources[] | del(.age_seconds, .defects)' "$BATS_TEST_TMPDIR/json" \
	    >"$BATS_TEST_TMPDIR/api"
	# The API has what these count in "defects".
	sql -c "SELECT to_jsonb(s) - '{age_seconds,unreadable_values,
	    unreadable_fields,same_key_objects,left_out_objects}'::text[]
	    FROM cccp_v1.source AS s ORDER BY source" |
	    jq -Sc . >"$BATS_TEST_TMPDIR/view"
	diff "$BATS_TEST_TMPDIR/view" "$BATS_TEST_TMPDIR/api"
	jq -e '.meta.generation == 2 and
	    (.sources | length) == 2 and .sources[0].source == "lyon" and
	    .sources[1].users == 100 and .sources[0].stale == false and
	    (.sources[0].age_seconds | type) == "number"' \
	    "$BATS_TEST_TMPDIR/json"
}

ready() { [ "$(code /readyz)" = "$1" ]; }

@test "health is one's own, readiness that of what is behind" {
	is "$(ask /healthz | jq -r .status)" ok
	run ask /readyz
	jq -e '.status == "ok" and .checks ==
	    {"database": "ok", "schema": "ok", "sources": "ok"}' <<<"$output"
	sql -c "UPDATE cccp.source SET alive_at = now() - interval '1 day'
	    WHERE name = 'lyon'"
	# Nobody has said so: it is seen as soon as the news are read again.
	await ready 503
	run ask /readyz
	sql -c "UPDATE cccp.source SET alive_at = now() WHERE name = 'lyon'"
	jq -e '.status == "failed" and .checks.sources == "failed" and
	    .checks.schema == "ok"' <<<"$output"
	await ready 200
}

@test "the page and its files, with all that keeps a browser safe" {
	run ask / -i
	[[ ${lines[0]} == 'HTTP/1.1 200 '* ]]
	grep -q '^Content-Type: text/html; charset=utf-8' <<<"$output"
	grep -q '^X-Content-Type-Options: nosniff' <<<"$output"
	grep -q '^Referrer-Policy: no-referrer' <<<"$output"
	grep -q '^Cache-Control: no-cache' <<<"$output"
	local policy
	policy=$(sed -n 's/\r$//; s/^Content-Security-Policy: //p' <<<"$output")
	[[ $policy == "default-src 'none'; script-src 'self'; style-src 'self'; "* ]]
	[[ $policy == *"frame-ancestors 'none'"* ]]
	[[ $policy == *"base-uri 'none'"* ]]
	[[ $policy != *unsafe* ]]
	run ask '/?state=available&whatever=1' -o /dev/null -w '%{http_code}'
	is "$output" 200
	run ask /js/main.js -i
	grep -q '^Content-Type: text/javascript; charset=utf-8' <<<"$output"
	is "$(body <<<"$output")" 'export const a = 1;'
}

header() {
	sed -n "s/\r\$//; s/^$1: //p"
}

@test "files are compressed for those who ask, and not sent twice" {
	local plain gzip
	plain=$(ask / -o /dev/null -D -)
	gzip=$(ask / -H 'Accept-Encoding: gzip' -o "$BATS_TEST_TMPDIR/gz" -D -)
	is "$(header Content-Encoding <<<"$plain")" ''
	is "$(header Content-Encoding <<<"$gzip")" gzip
	is "$(header Vary <<<"$plain")$(header Vary <<<"$gzip")" \
	    Accept-EncodingAccept-Encoding
	gunzip -c <"$BATS_TEST_TMPDIR/gz" | cmp - "$HTDOCS/index.html"
	is "$(header Content-Length <<<"$gzip")" \
	    "$(stat -c %s "$BATS_TEST_TMPDIR/gz")"
	plain=$(header ETag <<<"$plain") gzip=$(header ETag <<<"$gzip")
	[[ $plain == \"* && $gzip == \"* && $plain != "$gzip" ]]
	is "$(code / -H "If-None-Match: $plain")" 304
	is "$(code / -H "If-None-Match: $gzip" -H 'Accept-Encoding: gzip')" 304
	is "$(code / -H "If-None-Match: $gzip")" 200
	run ask / -I -H "If-None-Match: $plain"
	[[ ${lines[0]} == 'HTTP/1.1 304 '* ]]
	run ask / -I
	is "$(header Content-Length <<<"$output")" \
	    "$(stat -c %s "$HTDOCS/index.html")"
	echo changed >>"$HTDOCS/js/main.js"
	is "$(ask /js/main.js | tail -n 1)" changed
}

@test "no path leads out of the files' directory" {
	local path
	for path in /../secret.txt /js/../../secret.txt /..%2fsecret.txt \
	    /%2e%2e/secret.txt /%2e%2e%2fsecret.txt /%252e%252e/secret.txt \
	    /js/%2e%2e/%2e%2e/secret.txt /..%5csecret.txt /link.txt /js \
	    /js/ /.htaccess //secret.txt \
	    "$STAND/secret.txt" /index.html/ /index.html%00.js \
	    /%c0%ae%c0%ae/secret.txt /index%0a.html; do
		run ask "$path" -i
		[[ ${lines[0]} =~ ^HTTP/1.1\ (400|404)\  ]] || {
			echo "$path: ${lines[0]}" >&2
			return 1
		}
		[[ $output != *secret$'\n'* ]]
	done
	# lighttpd refuses or rewrites some of these; as CGI none is changed.
	for path in /../secret.txt /js/../../secret.txt /%2e%2e/secret.txt \
	    /link.txt /.//index.html '/js/..\..\secret.txt' $'/a\nb' \
	    $'/\xff'; do
		run cgi "$path"
		[[ ${lines[0]} == 'Status: 404 '* ]]
	done
	[[ $(cgi /%00 '' REQUEST_URI=/%00) == 'Status: 404 '* ]]
}

@test "what is nowhere is not found, what is not read is not allowed" {
	local method
	for method in POST PUT DELETE PATCH OPTIONS; do
		run ask /api/v1/users -i -X "$method" -d ''
		[[ ${lines[0]} == 'HTTP/1.1 405 '* ]]
		[[ $output == *'Allow: GET, HEAD'* ]]
	done
	is "$(code /api/v1/users -X POST -d 'q=1')" 405
	is "$(code /api/v1/nothing)" 404
	is "$(code /api/v1/users/)" 404
	is "$(code /api/v1/users/prod)" 404
	is "$(code /api/v1/users/prod/)" 404
	is "$(code /api/v2/users)" 404
	is "$(code /API/v1/users)" 404
	is "$(code /healthz/)" 404
	is "$(code /healthz?x=1)" 400
	is "$(code "/$(printf 'a%.0s' {1..1100})")" 414
	is "$(code / -H "If-None-Match: \"$(printf 'a%.0s' {1..5000})\"")" 431
}

@test "the door is closed unless somebody is named or it was opened" {
	local path
	for path in /api/v1/users /api/v1/users/prod/u003 /api/v1/sources; do
		CCCP_ANONYMOUS=none run cgi "$path"
		[[ ${lines[0]} == 'Status: 401 '* ]]
		[[ $output == *'WWW-Authenticate: '* ]]
		jq -e '.type == "urn:cccp-board:problem:unauthorized" and
		    (keys - ["type", "title", "status", "detail",
		    "request_id"]) == []' <<<"$(body <<<"$output")"
		CCCP_ANONYMOUS='' run cgi "$path"
		[[ ${lines[0]} == 'Status: 401 '* ]]
		CCCP_ANONYMOUS=none run cgi "$path" '' REMOTE_USER=claire
		[[ ${lines[0]} == 'Status: 200 '* ]]
		# What a client can send names nobody.
		CCCP_ANONYMOUS=none run cgi "$path" '' REMOTE_USER= \
		    HTTP_REMOTE_USER=eve HTTP_CCCP_ANONYMOUS=admin
		[[ ${lines[0]} == 'Status: 401 '* ]]
	done
	for path in / /js/main.js /healthz /readyz; do
		CCCP_ANONYMOUS=none run cgi "$path"
		[[ ${lines[0]} == 'Status: 200 '* ]]
	done
	# Before anything is said about parameters.
	CCCP_ANONYMOUS=none run cgi /api/v1/users 'nonsense=1'
	[[ ${lines[0]} == 'Status: 401 '* ]]
	CCCP_ANONYMOUS=auditor run cgi /healthz
	[[ $status -eq 2 && $output == *'CCCP_ANONYMOUS=auditor'* ]]
}

@test "a header names no user to a closed handler" {
	local main=$HANDLER socket=$SOCKET web=$WEB url=$URL
	SOCKET=$STAND/closed.sock
	export CCCP_ANONYMOUS=none
	handler_start
	web_start
	is "$(code /api/v1/users -H 'REMOTE_USER: eve' -H 'Remote-User: eve' \
	    -H 'CCCP_ANONYMOUS: admin' -H 'Authorization: Basic ZXZlOg==')" 401
	is "$(code /)" 200
	end "$WEB" || :
	end "$HANDLER"
	HANDLER=$main SOCKET=$socket WEB=$web URL=$url
}

@test "it may be mounted anywhere" {
	run cgi /api/v1/users 'per_page=1' SCRIPT_NAME=/board
	[[ ${lines[0]} == 'Status: 200 '* ]]
	[[ $output =~ '<?after='[A-Za-z0-9_-]+'&per_page=1>; rel="next"' ]]
	# Without its last slash the page's links would not work.
	run cgi '' 'q=a' SCRIPT_NAME=/cgi-bin/cccp.fcgi
	[[ ${lines[0]} == 'Status: 308 '* ]]
	[[ $output == *'Location: /cgi-bin/cccp.fcgi/?q=a'* ]]
	run cgi '' '' SCRIPT_NAME=//evil.example/x.cgi
	[[ $output == *'Location: /evil.example/x.cgi/'* ]]
	# nginx without fastcgi_split_path_info.
	run cgi '' '' SCRIPT_NAME=/api/v1/sources
	[[ ${lines[0]} == 'Status: 200 '* ]]
}
