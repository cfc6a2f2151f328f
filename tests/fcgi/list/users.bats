#!/usr/bin/env bats
#
# GET /api/v1/users: cells, pages, order, conditions.

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

@test "a page says what there is, and has the users by name" {
	run users ''
	jq -e '.meta | .total == 105 and .filtered == 105 and .page == 1 and
	    .per_page == 50 and .pages == 3 and (.next | test("^\\?after=[A-Za-z0-9_-]+$")) and
	    .generation == 2 and .stale == false and .source_age >= 0 and
	    (.generated_at | test("^20..-..-..T..:..:..\\.\\d+\\+0[12]:00$"))' \
	    <<<"$output"
	is "$(jq '.users | length' <<<"$output")" 50
	is "$(jq -c '[.users[].login]' <<<"$output")" "$(sql -c "
	    SELECT json_agg(login) FROM (SELECT login FROM cccp_v1.user
	    WHERE present AND NOT hidden
	    ORDER BY name COLLATE cccp.french, id LIMIT 50) AS u" |
	    jq -c .)"
}

@test "each cell is what the view has, in its type" {
	run users 'per_page=500'
	# Durations are whole seconds here; most grow between the two.
	local still='with_entries(select(.key | test("_seconds(_max)?$") | not) |
	    if .key | test("_seconds") then .value |= (. | values | floor)
	    else . end)'
	jq -Sc ".users[] | $still" <<<"$output" |
	    sort >"$BATS_TEST_TMPDIR/api"
	sql -c "SELECT to_jsonb(u) - '{present,
	    hidden,search_key,state_from,login_from}'::text[]
	    FROM cccp_v1.user AS u WHERE present AND NOT hidden" |
	    jq -Sc "$still" | sort >"$BATS_TEST_TMPDIR/view"
	jq -e '[.users[] | to_entries[] | select(.key | test("_seconds")) |
	    .value | values] | length > 400 and all(. == floor and . >= 0)' \
	    <<<"$output"
	is "$(wc -l <"$BATS_TEST_TMPDIR/api")" 105
	diff "$BATS_TEST_TMPDIR/view" "$BATS_TEST_TMPDIR/api"
	is "$(jq -r '.users[0] | keys_unsorted[]' <<<"$output" | sort | tr '\n' ' ')" \
	    "$(sql -c "SELECT column_name FROM information_schema.columns
	    WHERE table_schema = 'cccp_v1' AND table_name = 'user'
	    AND column_name NOT IN ('present', 'hidden', 'search_key',
	    'state_from', 'login_from')" | sort | tr '\n' ' ')"
}

@test "durations are whole seconds and agree with the dates" {
	run users 'q=u003'
	jq -e '(.meta.generated_at | sub("\\.\\d+.*"; "Z")) as $now |
	    .users[0] | .state == "talking" and
	    (.state_seconds | . == floor) and
	    (.login_seconds | . == floor and . >= 180) and
	    ((($now | fromdate) - (.state_since | sub("\\.\\d+.*"; "Z") |
		fromdate) - .state_seconds) | fabs) <= 1' <<<"$output"
}

@test "walking the pages gives everybody once" {
	local page next='?page=1&per_page=20' n=0
	while [[ $next != null ]]; do
		page=$(ask "/api/v1/users$next")
		jq -r '.users[] | "\(.source)/\(.login)"' <<<"$page" \
		    >>"$BATS_TEST_TMPDIR/all"
		next=$(jq -r .meta.next <<<"$page")
		((++n))
	done
	is "$n" 6
	is "$(wc -l <"$BATS_TEST_TMPDIR/all")" 105
	is "$(sort -u "$BATS_TEST_TMPDIR/all" | wc -l)" 105
}

@test "Link and X-Total-Count lead through the pages" {
	run ask '/api/v1/users?q=a&per_page=20&page=2' -D - -o /dev/null
	[[ $output =~ Link:\ \<\?page=1\&per_page=20\&q=a\>\;\ rel=\"first\",\ \<\?page=1\&per_page=20\&q=a\>\;\ rel=\"prev\",\ \<\?page=3\&per_page=20\&q=a\>\;\ rel=\"next\",\ \<\?page=.\&per_page=20\&q=a\>\;\ rel=\"last\" ]]
	is "$(sed -n 's/\r$//; s/^X-Total-Count: //p' <<<"$output")" \
	    "$(users 'q=a' | jq .meta.filtered)"
	grep -q '^Cache-Control: private, no-cache' <<<"$output"
	grep -q '^X-Content-Type-Options: nosniff' <<<"$output"
	grep -Eq '^X-Source-Age: [0-9]+\.[0-9]' <<<"$output"
	grep -Eq '^Server-Timing: cache;desc=[a-z]+, db;dur=[0-9.]+, total;dur=[0-9.]+' \
	    <<<"$output"
	grep -q '^Content-Type: application/json' <<<"$output"
}

@test "links to pages are left out where web servers would not take them" {
	local query
	query="per_page=1&profile=-x$(printf 'y%.0s' {1..400})"
	run ask "/api/v1/users?$query" -i
	[[ ${lines[0]} == 'HTTP/1.1 200 '* && $output == *$'\nLink: '* ]]
	query="per_page=1&profile=-x$(printf 'y%.0s' {1..4000})"
	run ask "/api/v1/users?$query" -i
	[[ ${lines[0]} == 'HTTP/1.1 200 '* && $output != *$'\nLink: '* ]]
	[[ $(body <<<"$output" | jq -r .meta.next) == "?after="*"&$query" ]]
}

@test "beyond the last page there is nobody, and the way back" {
	run ask '/api/v1/users?page=99&per_page=500' -i
	[[ $output == *'<?page=1&per_page=500>; rel="prev"'* ]]
	[[ $output != *'rel="next"'* ]]
	jq -e '.users == [] and .meta.page == 99 and .meta.pages == 1 and
	    .meta.filtered == 105' <<<"$(body <<<"$output")"
	run users 'page=1000000&per_page=500'
	jq -e '.users == []' <<<"$output"
}

# order SORT SQL ...: the API's order is that of the database.
order() {
	local asked=() wanted=() n=$(($# / 2))
	while (($#)); do
		asked+=("$URL/api/v1/users?per_page=500&sort=$1")
		wanted+=(-c "SELECT json_agg(id) FROM (SELECT id FROM
		    cccp_v1.user WHERE present AND NOT hidden ORDER BY $2) AS u")
		shift 2
	done
	curl -sS "${asked[@]}" | jq -c '[.users[].id]' >"$BATS_TEST_TMPDIR/api"
	is "$(wc -l <"$BATS_TEST_TMPDIR/api")" "$n"
	diff "$BATS_TEST_TMPDIR/api" <(sql "${wanted[@]}" | jq -c .)
}

@test "any order, French for text, nobody's value last" {
	order name 'name COLLATE cccp.french, id' \
	    -name 'name COLLATE cccp.french DESC, id DESC' \
	    team,-name 'team NULLS LAST, name COLLATE cccp.french DESC, id DESC' \
	    -team 'team DESC NULLS LAST, id DESC' \
	    -talk_seconds_mean,login 'talk_seconds_mean DESC NULLS LAST,
		login COLLATE cccp.french, id' \
	    logged,mode_since 'logged NULLS LAST, mode_since NULLS LAST, id' \
	    -id 'id DESC' \
	    -state_seconds 'state_since, id' \
	    login_seconds 'CASE WHEN logged THEN login_at END DESC NULLS LAST,
		id DESC'
	is "$(users 'per_page=500&sort=state' | jq -c '[.users[].state] |
	    reduce .[] as $s ([]; if .[-1] == $s then . else . + [$s] end)')" \
	    '["available","talking","paused","offline","unknown"]'
	# Accents count only where all else is equal: é next to e.
	is "$(users 'per_page=500&sort=name&q=abadie' |
	    jq -c '[.users[].name | split(" ")[0]]')" \
	    '["Agathe","Basile","Chloé","Damien","Élodie","Fanny","Gaël","Hélène","Inès","Jérôme"]'
}

@test "every sort key works, both ways" {
	local key urls=()
	for key in $(users 'sort=x' | jq -r '.allowed[]'); do
		urls+=(-o /dev/null "$URL/api/v1/users?sort=$key&per_page=1")
		[[ $key = id ]] || urls+=(-o /dev/null
		    "$URL/api/v1/users?sort=-$key,-id&per_page=1")
	done
	is "$(curl -sS -w '%{http_code}\n' "${urls[@]}" | sort | uniq -c |
	    tr -s ' ')" " $((${#urls[@]} / 3)) 200"
}

@test "any answer will do, but there has to be one" {
	is "$(status_of 'q=a' -H 'If-None-Match: *')" 304
	is "$(status_of 'generation=1' -H 'If-None-Match: *')" 409
	is "$(status_of 'q=a&sort=x' -H 'If-None-Match: *')" 400
	ask /api/v1/users/prod/nobody -H 'If-None-Match: *' |
	    jq -e '.status == 404'
	is "$(ask /api/v1/users/prod/u003 -H 'If-None-Match: *' -o /dev/null \
	    -w '%{http_code}')" 304
}

@test "HEAD is GET without the body" {
	ask '/api/v1/users' -D - -o /dev/null | tr -d '\r' |
	    grep -Ev '^(Date|Server-Timing|X-Source-Age)' >"$BATS_TEST_TMPDIR/get"
	ask '/api/v1/users' -I | tr -d '\r' |
	    grep -Ev '^(Date|Server-Timing|X-Source-Age)' >"$BATS_TEST_TMPDIR/head"
	# state_seconds has more digits as time goes by.
	sed -i '/^Content-Length/d' "$BATS_TEST_TMPDIR"/{get,head}
	diff "$BATS_TEST_TMPDIR/get" "$BATS_TEST_TMPDIR/head"
	grep -q '^ETag: ' "$BATS_TEST_TMPDIR/head"
}

etag() {
	ask "/api/v1/users?$1" -o /dev/null -D - | sed -n 's/\r$//; s/^ETag: //p'
}

@test "what has not changed is not sent again" {
	local tag other
	tag=$(etag 'q=a')
	[[ $tag == W/\"* ]]
	run ask '/api/v1/users?q=a' -i -H "If-None-Match: $tag"
	[[ ${lines[0]} == 'HTTP/1.1 304 '* ]]
	[[ $output == *"ETag: $tag"* ]]
	[[ $output == *'X-Source-Age: '* ]]
	[[ $output == *'Cache-Control: private, no-cache'* ]]
	is "$(body <<<"$output")" ''
	is "$(status_of 'q=a' -H "If-None-Match: \"x\", $tag")" 304
	# The same question, written otherwise; and others.
	is "$(etag 'q=%61')" "$tag"
	is "$(etag 'per_page=50&page=1&q=a')" "$(etag 'q=a&page=1&per_page=50')"
	for other in '' 'q=b' 'q=a&page=2' 'q=a&sort=-name'; do
		[[ $(etag "$other") != "$tag" ]]
	done
	is "$(status_of 'q=b' -H "If-None-Match: $tag")" 200
}

generation_is() {
	users '' | jq -e ".meta.generation == $1"
}

stale_is() {
	users 'source=lyon' | jq -e ".meta.stale == $1"
}

@test "a change gives a new generation and a new answer" {
	local tag
	tag=$(etag '')
	rename 'Zoé Ünlü'
	# The handler is told of it, which takes a moment.
	await generation_is 3
	run ask '/api/v1/users?q=unlu' -i -H "If-None-Match: $tag"
	[[ ${lines[0]} == 'HTTP/1.1 200 '* ]]
	jq -e '.meta.generation == 3 and .users[0].state == "available"' \
	    <<<"$(body <<<"$output")"
	[[ $(etag '') != "$tag" ]]
}

@test "a source gone silent makes its users unknown, and a new answer" {
	local tag
	tag=$(etag 'source=lyon')
	sql -c "UPDATE cccp.source SET alive_at = now() - interval '1 day'
	    WHERE name = 'lyon'"
	await stale_is true
	run ask '/api/v1/users?source=lyon' -i -H "If-None-Match: $tag"
	sql -c "UPDATE cccp.source SET alive_at = now() WHERE name = 'lyon'"
	[[ ${lines[0]} == 'HTTP/1.1 200 '* ]]
	jq -e '.meta.stale and .meta.source_age >= 60 and
	    (.users | all(.state == "unknown" and .stale)) and
	    (.users | any(.known_state == "available")) and
	    .facets.state == {"unknown": 5}' <<<"$(body <<<"$output")"
	await stale_is false
	is "$(etag 'source=lyon')" "$tag"
}
