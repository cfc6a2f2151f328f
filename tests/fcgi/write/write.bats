#!/usr/bin/env bats
#
# What requests that write have to show, and what they write: grants, saved views,
# the forgetting of a person.  By FastCGI and CGI alike.

load ../stand

setup_file() {
	stand_start
	sql -c "SELECT cccp.grant_access('user', 'ada', 'admin');
	    SELECT cccp.grant_access('user', 'zoe', 'supervisor');
	    SELECT cccp.end_access(1);
	    SELECT cccp.grant_access('user', 'rita', 'reader')" >/dev/null
	CCCP_ANONYMOUS=none handler_start -t 1
}

teardown_file() {
	stand_stop
}

HOW=(REMOTE_USER=ada HTTP_SEC_FETCH_SITE=same-origin
    CONTENT_TYPE=application/json)

# send METHOD PATH [NAME=value ...]: a request by FastCGI, or with BY=cgi by CGI;
# BODY=text is its body.  Later values replace earlier ones.
send() {
	local method=$1 path=$2 value body=
	local -A vars=()
	for value in "${HOW[@]}" "${@:3}"; do
		vars[${value%%=*}]=${value#*=}
	done
	local all=(REQUEST_METHOD="$method")
	for value in "${!vars[@]}"; do
		all+=("$value=${vars[$value]}")
	done
	if [[ ${BY-} != cgi ]]; then
		fetch "$path" "${all[@]}"
		return
	fi
	[[ ! -v vars[BODY] ]] || body=${vars[BODY]}
	[[ ! -v vars[BODY] || -v vars[CONTENT_LENGTH] ]] ||
	    all+=(CONTENT_LENGTH="$(printf %s "$body" | wc -c)")
	printf %s "$body" | env -u BODY CCCP_ANONYMOUS=none PGUSER=cccp_web \
	    PATH_INFO="${path%%\?*}" QUERY_STRING="$(sed -n 's/.*?//p' \
	    <<<"$path")" "${all[@]/#BODY=/IGNORED=}" "$FCGI" -d "$HTDOCS"
}

# answers STATUS TYPE METHOD PATH [NAME=value ...]: is it that problem?
answers() {
	run send "${@:3}"
	[[ ${lines[0]} == "Status: $1 "* ]] || {
		echo "wanted $1 $2, got: $output" >&2
		return 1
	}
	is "$(body <<<"$output" | jq -r .type)" "urn:cccp-board:problem:$2"
}

grants() {
	sql -c "SELECT count(*), sum(xmin::text::bigint) FROM cccp.access_grant"
}

# refuses: every refusal that needs no grant to be there; nothing is written.
refuses() {
	local before good='{"who_kind":"user","who":"eve","role":"reader"}' p
	before=$(grants)
	p=(POST /api/v1/grants BODY="$good")
	answers 401 unauthorized "${p[@]}" REMOTE_USER=
	answers 403 forbidden "${p[@]}" REMOTE_USER=zoe
	answers 403 cross-site "${p[@]}" HTTP_SEC_FETCH_SITE=cross-site
	answers 403 cross-site "${p[@]}" HTTP_SEC_FETCH_SITE=
	answers 403 cross-site "${p[@]}" HTTP_SEC_FETCH_SITE= \
	    HTTP_ORIGIN=http://evil.example HTTP_HOST=board.example
	answers 415 media-type "${p[@]}" CONTENT_TYPE=text/plain
	answers 415 media-type "${p[@]}" CONTENT_TYPE=
	answers 411 length-required "${p[@]}" CONTENT_LENGTH= \
	    HTTP_TRANSFER_ENCODING=chunked
	answers 400 wrong-length "${p[@]}" CONTENT_LENGTH=99
	answers 400 wrong-length "${p[@]}" CONTENT_LENGTH=5x
	answers 413 body-too-long "${p[@]}" CONTENT_LENGTH=65537
	answers 400 unknown-parameter POST '/api/v1/grants?x=1' BODY="$good"
	answers 400 invalid-body "${p[@]}" BODY='{"who":'
	answers 400 invalid-body "${p[@]}" BODY=
	answers 400 unknown-field "${p[@]}" BODY='{"whom":"eve"}'
	[[ $output == *'"field":"whom"'* && $output == *'"who_kind",'* ]]
	answers 400 repeated-field "${p[@]}" BODY='{"who":"a","who":"b"}'
	answers 400 invalid-field "${p[@]}" BODY='{"who_kind":"user"}'
	[[ $output == *'"field":"role"'* ]]
	answers 400 refused "${p[@]}" BODY='{"who_kind":"user","role":"reader"}'
	[[ $output == *'« who » est donné'*'"field":"who"'* ]]
	answers 400 refused "${p[@]}" HTTP_ACCEPT_LANGUAGE=en \
	    BODY='{"who_kind":"user","who":"a","role":"admin","team":"T"}'
	[[ $output == *'admin and auditor are without'*'"field":"role"'* ]]
	answers 400 refused "${p[@]}" BODY='{"who_kind":"everyone",
	    "role":"reader","since":"2026-02-01","until":"2026-01-01"}'
	answers 428 version-required DELETE /api/v1/grants/1
	answers 412 changed DELETE /api/v1/grants/1 'HTTP_IF_MATCH="x"'
	answers 412 changed DELETE /api/v1/grants/1 'HTTP_IF_MATCH=*'
	answers 404 not-found DELETE /api/v1/grants/99 'HTTP_IF_MATCH="x"'
	answers 404 not-found DELETE /api/v1/grants/x 'HTTP_IF_MATCH="x"'
	answers 400 unknown-field DELETE /api/v1/grants/1 'HTTP_IF_MATCH="x"' \
	    BODY='{"x":1}'
	answers 405 method-not-allowed PUT /api/v1/grants
	[[ $output == *$'Allow: GET, HEAD, POST\r'* ]]
	answers 405 method-not-allowed POST /api/v1/grants/1
	[[ $output == *$'Allow: GET, HEAD, PUT, DELETE\r'* ]]
	answers 403 forbidden GET /api/v1/grants/1 REMOTE_USER=zoe
	answers 403 forbidden GET /api/v1/grants REMOTE_USER=zoe
	answers 404 not-found GET /api/v1/grants/99
	answers 405 method-not-allowed POST /api/v1/users BODY=x
	[[ $output == *$'Allow: GET, HEAD\r'* ]]
	is "$(grants)" "$before"
}

# The version of a grant, the same in the list, in itself and in its header.
etag() {
	local tag
	tag=$(send GET "/api/v1/grants/$1" | sed -n 's/^ETag: "\(.*\)"\r$/\1/p')
	is "$(send GET "/api/v1/grants/$1" | body | jq -r .grant.etag)" "$tag"
	is "$(send GET /api/v1/grants | body | jq -r --argjson id "$1" \
	    '.grants[] | select(.id == $id) | .etag')" "$tag"
	[[ $(send GET "/api/v1/grants/$1" "HTTP_IF_NONE_MATCH=\"$tag\"") == \
	    'Status: 304 '* ]]
	echo "$tag"
}

# writes: adds a grant, changes it and ends it.
writes() {
	local id old
	run send POST /api/v1/grants BODY='{"who_kind":"group","who":"Équipe «A»",
	    "role":"reader","team":"Nord","numbers":true,"export":null,
	    "until":"2099-01-01T00:00:00+01:00","note":"à l’essai"}'
	[[ ${lines[0]} == 'Status: 201 Created'* ]]
	id=$(body <<<"$output" | jq .id)
	is "$(sql -c "SELECT who_kind, who, role, team, numbers, export,
	    upper(valid) AT TIME ZONE 'UTC', lower_inf(valid), note, created_by
	    FROM cccp.access_grant WHERE grant_id = $id")" \
	    'group|Équipe «A»|reader|Nord|t||2098-12-31 23:00:00|t|à l’essai|ada'
	old=$(etag "$id")
	run send PUT "/api/v1/grants/$id" "HTTP_IF_MATCH=\"$old\"" \
	    BODY='{"who_kind":"everyone","role":"wall"}'
	[[ ${lines[0]} == 'Status: 204 No Content'* ]]
	[[ $output != *Content-Length* ]]
	is "$(sql -c "SELECT who_kind, who, role, team, numbers, valid, note
	    FROM cccp.access_grant WHERE grant_id = $id")" \
	    'everyone||wall|||(,)|'
	# Whoever has read it before does not write over that.
	answers 412 changed PUT "/api/v1/grants/$id" "HTTP_IF_MATCH=\"$old\"" \
	    BODY='{"who_kind":"user","who":"eve","role":"admin"}'
	answers 412 changed DELETE "/api/v1/grants/$id" "HTTP_IF_MATCH=\"$old\""
	run send DELETE "/api/v1/grants/$id" "HTTP_IF_MATCH=\"$(etag "$id")\""
	[[ ${lines[0]} == 'Status: 204 No Content'* ]]
	is "$(sql -c "SELECT upper(valid) <= now(), role FROM cccp.access_grant
	    WHERE grant_id = $id")" 't|wall'
}

@test "what is wrong is refused, with its name, by FastCGI" {
	refuses
	kill -0 "$HANDLER"
}

@test "what is wrong is refused, with its name, by CGI" {
	BY=cgi refuses
}

@test "grants are added, changed and ended, by FastCGI" {
	writes
}

@test "grants are added, changed and ended, by CGI" {
	BY=cgi writes
}

@test "a page by its own origin may write, without Sec-Fetch-Site" {
	local from=(HTTP_SEC_FETCH_SITE= HTTP_HOST=board.example:8080)
	run send POST /api/v1/grants "${from[@]}" \
	    HTTP_ORIGIN=http://board.example:8080 \
	    BODY='{"who_kind":"user","who":"own","role":"reader"}'
	[[ ${lines[0]} == 'Status: 201 '* ]]
	answers 403 cross-site POST /api/v1/grants "${from[@]}" \
	    HTTP_ORIGIN=http://board.example BODY='{}'
}

@test "the whole of 64 kB is taken, and no byte more" {
	local note
	note=$(printf "%$((65536 - 64))s" '')
	answers 400 invalid-field POST /api/v1/grants \
	    BODY="$(printf '%-65536s' "{\"note\":\"$note\"}")"
	[[ $output == *'4000'* ]]
	answers 413 body-too-long POST /api/v1/grants \
	    BODY="$(printf '%-65537s' '{}')"
}

@test "a body that never comes holds no thread" {
	local held=$BATS_TEST_TMPDIR/held
	mkfifo "$held.in"
	node "$CLIENT" hold "$SOCKET" post 12 /api/v1/grants \
	    <"$held.in" >"$held" 3>&- &
	exec 8>"$held.in"
	await bash -c "[[ \$(grep -c post '$held') == 12 ]]"
	[[ $(fetch /healthz) == 'Status: 200 '* ]]
	run send POST /api/v1/grants BODY='{}'
	[[ ${lines[0]} == 'Status: 400 '* ]]
	exec 8>&-
	wait $!
}

# views: a supervisor saves one, shares it and deletes it.
views() {
	local id at
	HOW[0]=REMOTE_USER=zoe
	run send POST /api/v1/views BODY='{"name":"À moi","list":"users",
	    "query":"state=paused,-wrapup","sort":null,"position":2}'
	[[ ${lines[0]} == 'Status: 201 '* ]]
	id=$(body <<<"$output" | jq .id)
	at=/api/v1/views/$id
	jq -e '.view.name == "À moi" and .view.mine and .view.position == 2 and
	    .view.shared == "none" and .view.version == "1"' \
	    <<<"$(send GET "$at" | body)"
	# Nobody else sees it.
	answers 404 not-found GET "$at" REMOTE_USER=ada
	answers 404 not-found DELETE "$at" REMOTE_USER=ada 'HTTP_IF_MATCH="1"'
	run send PUT "$at" 'HTTP_IF_MATCH="1"' BODY='{"shared":"all"}'
	[[ ${lines[0]} == 'Status: 204 '* ]]
	answers 412 changed PUT "$at" 'HTTP_IF_MATCH="1"' BODY='{"name":"b"}'
	answers 412 changed DELETE "$at" 'HTTP_IF_MATCH="x"'
	answers 403 forbidden DELETE "$at" REMOTE_USER=rita 'HTTP_IF_MATCH="2"'
	jq -e --argjson id "$id" 'any(.views[]; .id == $id and .query ==
	    "state=paused,-wrapup" and (.mine | not))' \
	    <<<"$(send GET /api/v1/views REMOTE_USER=rita | body)"
	answers 403 forbidden POST /api/v1/views REMOTE_USER=rita \
	    BODY='{"name":"a","list":"users","shared":"all"}'
	answers 400 refused POST /api/v1/views \
	    BODY='{"name":"a","list":"users","query":"<script>"}'
	[[ $output == *'« query » a des paramètres'* ]]
	answers 400 invalid-field POST /api/v1/views BODY='{"name":"a"}'
	run send DELETE "$at" 'HTTP_IF_MATCH="2"'
	[[ ${lines[0]} == 'Status: 204 '* ]]
	answers 404 not-found GET "$at"
}

@test "views are saved, shared and deleted, by FastCGI" {
	views
}

@test "views are saved, shared and deleted, by CGI" {
	BY=cgi views
}

@test "an admin forgets a person whom the server no longer lists" {
	local who='{"source":"prod","login":"u002"}' p=(POST /api/v1/forget)
	answers 405 method-not-allowed GET /api/v1/forget
	[[ $output == *$'Allow: POST\r'* ]]
	answers 403 forbidden "${p[@]}" REMOTE_USER=zoe BODY="$who"
	answers 403 cross-site "${p[@]}" HTTP_SEC_FETCH_SITE=none BODY="$who"
	answers 404 not-found "${p[@]}" BODY='{"source":"prod","login":"nobody"}'
	answers 409 state "${p[@]}" BODY="$who"
	sql -c "UPDATE cccp.agent SET present = false WHERE login = 'u002'"
	run send "${p[@]}" BODY="$who"
	[[ ${lines[0]} == 'Status: 200 '* ]]
	body <<<"$output" | jq -e 'any(.changed[]; .relation == "cccp.agent" and
	    .changed > 0)'
	is "$(sql -c "SELECT count(*) FROM cccp.agent WHERE login = 'u002'")" 0
}

@test "without a server that takes writes, reading goes on" {
	local id
	sql -c 'ALTER DATABASE cccp SET default_transaction_read_only = on'
	run answers 503 read-only POST /api/v1/grants \
	    BODY='{"who_kind":"user","who":"late","role":"reader"}'
	id=$status
	run send GET /api/v1/users
	PGOPTIONS='-c default_transaction_read_only=off' sql \
	    -c 'ALTER DATABASE cccp RESET default_transaction_read_only'
	is "$id" 0
	[[ ${lines[0]} == 'Status: 200 '* ]]
	run send POST /api/v1/grants \
	    BODY='{"who_kind":"user","who":"late","role":"reader"}'
	[[ ${lines[0]} == 'Status: 201 '* ]]
}
