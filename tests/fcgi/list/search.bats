#!/usr/bin/env bats
#
# GET /api/v1/users: filters, facets, search, and what is refused.

load ../stand

setup_file() {
	stand_start
	handler_start
	web_start
}

teardown_file() {
	stand_stop
}

users() {
	ask "/api/v1/users?$1"
}

# The status, and the body in $BODY.
status_of() {
	BODY=$(ask "/api/v1/users?$1" -w '\n%{http_code}' "${@:2}")
	local status=${BODY##*$'\n'}
	BODY=${BODY%$'\n'*}
	echo "$status"
}

@test "nobody found is an empty page, not an error" {
	run users 'q=xyzzy'
	jq -e '.users == [] and .meta.filtered == 0 and .meta.pages == 1 and
	    .meta.total == 105 and .meta.next == null and
	    .facets == {state: {}, kind: {}, profile: {}, team: {}, queue: {},
	    source: {}}' <<<"$output"
}

# Of each facet, all values: filtering by one gives as many as it says.
check_facets() {
	local with=$1 urls
	users "$with&per_page=1" | jq -c '.facets | to_entries[] | .key as $f |
	    .value | to_entries[] | [$f, (.key | gsub("(?<c>[\\\\,])"; "\\\(.c)") |
	    sub("^-"; "\\-")), .value]' >"$BATS_TEST_TMPDIR/facets"
	mapfile -t urls < <(jq -r --arg url "$URL/api/v1/users?$with&per_page=1" \
	    '"\($url)&\(.[0])=\(.[1] | @uri)"' "$BATS_TEST_TMPDIR/facets")
	((${#urls[@]} > 10))
	diff <(jq '.[2]' "$BATS_TEST_TMPDIR/facets") \
	    <(curl -sS "${urls[@]}" | jq .meta.filtered)
}

@test "each facet adds up, and counts what its filter gives" {
	run users ''
	jq -e '.meta.filtered as $n | [.facets[] | add] | all(. == $n)' \
	    <<<"$output"
	jq -e '.facets.team == {"": 30, "Nord": 25, "Sud": 25, "Est, Ouest": 25}
	    and .facets.queue == {"": 104, "prod/accueil": 1} and
	    .facets.kind == {"agent": 95, "supervisor": 10}' <<<"$output"
	check_facets ''
}

@test "a facet leaves its own filter out and keeps the others" {
	run users 'state=available,talking&team=Nord'
	is "$(jq -c .facets.state <<<"$output" | jq -Sc .)" \
	    "$(users 'team=Nord' | jq -Sc .facets.state)"
	is "$(jq -c .facets.team <<<"$output" | jq -Sc .)" \
	    "$(users 'state=available,talking' | jq -Sc .facets.team)"
	is "$(jq -c .facets.kind <<<"$output" | jq -Sc .)" "$(sql -c "
	    SELECT json_object_agg(kind, n) FROM (SELECT kind, count(*) AS n
	    FROM cccp_v1.user WHERE present AND NOT hidden AND team = 'Nord'
	    AND state IN ('available', 'talking') GROUP BY kind) AS k" |
	    jq -Sc .)"
	check_facets 'logged=true&q=a'
}

@test "filters take several values, exclude, and take those without" {
	is "$(users 'state=available,talking' | jq -c '[.users[].state] |
	    unique')" '["available","talking"]'
	is "$(users 'state=-available,-talking&per_page=500' |
	    jq -c '[.users[].state] | unique')" '["offline","paused","unknown"]'
	is "$(users 'profile=-Profil_Accueil&per_page=500' |
	    jq '.meta.filtered')" 45
	is "$(users 'profile=&per_page=500' | jq -c '[.users[].login]')" \
	    '["sans"]'
	is "$(users 'profile=P,Q' | jq '.meta.filtered')" 2
	is "$(users 'profile=P%5C,Q' | jq -c '[.users[].login]')" \
	    '["cent%_\\"]'
	is "$(users 'profile=%5C-moins' | jq -c '[.users[].login]')" \
	    '["côté/ïle"]'
	is "$(users 'source=lyon&kind=agent' | jq .meta.filtered)" 5
	is "$(users 'source=nowhere' | jq .meta.filtered)" 0
	is "$(users 'queue=prod/accueil' | jq -c '[.users[].login]')" '["u003"]'
	is "$(users 'queue=accueil' | jq -c '[.users[].login]')" '["u003"]'
	is "$(users 'logged=true' | jq .meta.filtered)" 83
	is "$(users 'logged=false' | jq .meta.filtered)" 22
}

found() {
	curl -sS -G "$URL/api/v1/users?sort=login&per_page=500" \
	    --data-urlencode "q=$1" | jq -c '[.users[].login]'
}

@test "search folds case and accents, and every word must match" {
	is "$(found zoe)" '["zoe","zoe2"]'
	is "$(found 'ZOÉ')" '["zoe","zoe2"]'
	is "$(found 'unlu zoe')" '["zoe"]'
	is "$(found 'oeuvrard')" '["zoe2"]'
	is "$(found 'zoe nobody')" '[]'
	is "$(found '199009901')" '["zoe"]'
	is "$(found 'helene breval')" '["u017"]'
	is "$(found $'h\u00e9l\u00e8ne\u00a0br\u00e9')" '["u017"]'
	is "$(found '   ' | jq length)" 105
	is "$(found '' | jq length)" 105
}

@test "signs in a search are just text" {
	is "$(found '%')" '["cent%_\\"]'
	is "$(found '_\')" '["cent%_\\"]'
	is "$(found '100 % \ _')" '["cent%_\\"]'
	is "$(found "'\"<b>&")" '["cent%_\\"]'
	is "$(found '😀')" '["côté/ïle"]'
	is "$(found '%%')" '[]'
	is "$(found '\%')" '[]'
	is "$(found "'; DROP TABLE cccp.agent; --")" '[]'
	# A full-width percent sign folds to a plain one: still no wildcard.
	is "$(found $'\uff05')" '["cent%_\\"]'
	is "$(found '$1')" '[]'
	is "$(sql -c 'SELECT count(*) FROM cccp.agent')" 106
}

@test "what is no text, or too much of it, is refused" {
	is "$(status_of 'q=%00')" 400	# lighttpd's own refusal
	is "$(cgi /api/v1/users q=a%00b | body | jq -r .parameter)" q
	is "$(status_of 'q=a%ffb')" 400
	is "$(cgi /api/v1/users 'q=a%' | body | jq -r .parameter)" q
	is "$(status_of "q=$(printf 'a%.0s' {1..256})")" 200
	is "$(status_of "q=$(printf 'a%.0s' {1..257})")" 400
	is "$(status_of 'q=a+b+c+d+e+f+g+06+39+98')" 200
	is "$(status_of 'q=a+b+c+d+e+f+g+h+06')" 400
	is "$(status_of "q=$(printf 'a%.0s' {1..9000})")" 414
	# 64 kB is more than lighttpd takes, but not more than we are asked.
	is "$(status_of "q=$(printf 'a%.0s' {1..65536})")" 431
	run cgi /api/v1/users "q=$(printf 'a%.0s' {1..65536})"
	[[ $output == 'Status: 414 '* ]]
	jq -e '.type == "urn:cccp-board:problem:uri-too-long"' \
	    <<<"$(body <<<"$output")"
}

@test "a bad parameter is named, with what is allowed" {
	local query name asked=() names=()
	while read -r query name; do
		asked+=("$URL/api/v1/users?$query")
		names+=("$name")
	done <<-'EOF'
		page=0 page
		page=x page
		page=1&page=1 page
		page=1000001 page
		per_page=501 per_page
		per_page= per_page
		per_page=-1 per_page
		per_page=1;DROP per_page
		state=asleep state
		state= state
		state=available,,paused state
		kind=robot kind
		logged=yes logged
		sort=password sort
		sort=name,-name sort
		sort=name;-- sort
		sort=(SELECT+1) sort
		sort=queues sort
		sort=name,login,kind,team,mode sort
		Page=1 Page
		limit=5 limit
		after=x after
		format=xml format
		format=csv,json format
		csv=excel csv
	EOF
	curl -sS -w '\n{"code": %{http_code}, "type": "%{content_type}"}\n' \
	    "${asked[@]}" | jq -es '[range(0; length; 2) as $i |
	    [.[$i:$i + 2][], $ARGS.positional[$i / 2]]] |
	    length == ($ARGS.positional | length) and
	    (map(select(. as [$body, $head, $name] | $head.code == 400 and
		$head.type == "application/problem+json" and
		($body | .status == 400 and .parameter == $name and
		(.detail | contains($name)) and
		(.request_id | test("^[0-9a-f]{16}$"))) | not)) |
	    . == [] or (debug | false))' --args "${names[@]}"
	run users 'limit=5'
	jq -e '.type == "urn:cccp-board:problem:unknown-parameter" and
	    .allowed == ["page", "after", "per_page", "sort", "fields", "generation", "format",
	    "csv", "q",
	    "state", "kind", "profile", "team", "queue", "source", "logged",
	    "state_seconds_gt", "state_seconds_lt", "login_seconds_gt",
	    "login_seconds_lt"]' <<<"$output"
	run users 'kind=robot'
	jq -e '.type == "urn:cccp-board:problem:invalid-parameter" and
	    .value == "robot" and .allowed == ["agent", "supervisor"]' \
	    <<<"$output"
	run users 'page=0'
	jq -e '.minimum == 1 and .maximum == 1000000' <<<"$output"
}

@test "problems speak the reader's language" {
	run ask '/api/v1/users?kind=robot' -H 'Accept-Language: en' -i
	[[ $output == *'Content-Language: en'* ]]
	[[ $output == *'does not take'* ]]
	run ask '/api/v1/users?kind=robot' -H 'Accept-Language: fr-CA,en;q=0.5' -i
	[[ $output == *'Content-Language: fr'* ]]
	[[ $output == *"n’admet pas"* ]]
}

@test "no answer has SQL or paths in it, whatever is asked" {
	local query
	for query in "q='" 'sort=%27' 'state=%27%3B' "team='" 'x=%27' \
	    'q=%F0%9F%98%80%5C' 'per_page=1e9' '%' '%25=1' '=&=' '&&&' \
	    'q=a%0d%0aX-Evil:%201' 'team=%0d%0aX-Evil:%201'; do
		run ask "/api/v1/users?$query" -i
		[[ ${lines[0]} =~ ^HTTP/1.1\ (200|400)\  ]]
		run grep -iE 'SELECT|cccp_v1|pg_|/work|^X-Evil' <<<"$output"
		is "$output" ''
	done
}
