#!/usr/bin/env bats
#
# GET /api/v1/users: pages, filters, facets, search, order, conditions.

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

@test "each cell is what the view has, in its type and order" {
	run users 'per_page=500'
	jq -Sc '.users[] | del(.state_seconds, .login_seconds)' <<<"$output" |
	    sort >"$BATS_TEST_TMPDIR/api"
	sql -c "SELECT to_jsonb(u) - '{state_seconds,login_seconds,present,
	    hidden,search_key,state_from,login_from}'::text[]
	    FROM cccp_v1.user AS u WHERE present AND NOT hidden" |
	    jq -Sc . | sort >"$BATS_TEST_TMPDIR/view"
	is "$(wc -l <"$BATS_TEST_TMPDIR/api")" 105
	diff "$BATS_TEST_TMPDIR/view" "$BATS_TEST_TMPDIR/api"
	is "$(jq -r '.users[0] | keys_unsorted[]' <<<"$output" | tr '\n' ' ')" \
	    "$(sql -c "SELECT column_name FROM information_schema.columns
	    WHERE table_schema = 'cccp_v1' AND table_name = 'user'
	    AND column_name NOT IN ('present', 'hidden', 'search_key',
	    'state_from', 'login_from')
	    ORDER BY ordinal_position" | tr '\n' ' ')"
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

@test "nobody found is an empty page, not an error" {
	run users 'q=xyzzy'
	jq -e '.users == [] and .meta.filtered == 0 and .meta.pages == 1 and
	    .meta.total == 105 and .meta.next == null and
	    .facets == {state: {}, kind: {}, profile: {}, team: {}, queue: {},
	    source: {}}' <<<"$output"
}

# Of each facet, all values: filtering by one gives as many as it says.
check_facets() {
	local with=$1 page facet value count n=0
	page=$(users "$with&per_page=1")
	while IFS=$'\x01' read -r facet value count; do
		n=$((n + 1))
		is "$(curl -sS -G "$URL/api/v1/users?$with&per_page=1" \
		    --data-urlencode "$facet=$value" | jq .meta.filtered)" \
		    "$count"
	done < <(jq -r '.facets | to_entries[] | .key as $f | .value |
	    to_entries[] | [$f, (.key | gsub("(?<c>[\\\\,])"; "\\\(.c)") |
	    sub("^-"; "\\-")), .value] | join("\u0001")' <<<"$page")
	((n > 10))
}

@test "each facet adds up, and counts what its filter gives" {
	run users ''
	jq -e '.meta.filtered as $n | [.facets[] | add] | all(. == $n)' \
	    <<<"$output"
	jq -e '.facets.team == {"": 30, "Nord": 25, "Sud": 25, "Est, Ouest": 25}
	    and .facets.queue == {"": 104, "Accueil": 1} and
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
	is "$(users 'queue=Accueil' | jq -c '[.users[].login]')" '["u003"]'
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
	is "$(status_of 'q=1+2+3+4+5+6+7+8')" 200
	is "$(status_of 'q=1+2+3+4+5+6+7+8+9')" 400
	is "$(status_of "q=$(printf 'a%.0s' {1..9000})")" 414
	# 64 kB is more than lighttpd takes, but not more than we are asked.
	is "$(status_of "q=$(printf 'a%.0s' {1..65536})")" 431
	run cgi /api/v1/users "q=$(printf 'a%.0s' {1..65536})"
	[[ $output == 'Status: 414 '* ]]
	jq -e '.type == "urn:cccp-board:problem:uri-too-long"' \
	    <<<"$(body <<<"$output")"
}

@test "a bad parameter is named, with what is allowed" {
	local query name
	while read -r query name; do
		run ask "/api/v1/users?$query" -i
		[[ ${lines[0]} == 'HTTP/1.1 400 '* ]] || {
			echo "$query: ${lines[0]}" >&2
			return 1
		}
		grep -q '^Content-Type: application/problem+json' <<<"$output"
		jq -e --arg name "$name" '.status == 400 and
		    .parameter == $name and (.detail | contains($name)) and
		    (.request_id | test("^[0-9a-f]{16}$"))' \
		    <<<"$(body <<<"$output")"
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

# order SORT SQL: the API's order is that of the database.
order() {
	is "$(users "per_page=500&sort=$1" | jq -c '[.users[].id]')" \
	    "$(sql -c "SELECT json_agg(id) FROM (SELECT id
	    FROM cccp_v1.user WHERE present AND NOT hidden ORDER BY $2)
	    AS u" | jq -c .)"
}

@test "any order, French for text, nobody's value last" {
	order name 'name COLLATE cccp.french, id'
	order -name 'name COLLATE cccp.french DESC, id DESC'
	order team,-name 'team NULLS LAST, name COLLATE cccp.french DESC,
	    id DESC'
	order -team 'team DESC NULLS LAST, id DESC'
	order -contact_seconds,login 'contact_seconds DESC NULLS LAST,
	    login COLLATE cccp.french, id'
	order logged,mode_since 'logged NULLS LAST, mode_since NULLS LAST,
	    id'
	order -id 'id DESC'
	order -state_seconds 'state_since, id'
	order login_seconds 'CASE WHEN logged THEN login_at END DESC NULLS LAST,
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
	local key
	for key in $(users 'sort=x' | jq -r '.allowed[]'); do
		is "$(status_of "sort=$key&per_page=1")" 200
		[[ $key = id ]] ||
		    is "$(status_of "sort=-$key,-id&per_page=1")" 200
	done
	is "$(users 'sort=x' | jq '.allowed | length')" 54
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
	sql <<-'EOF' >/dev/null
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in (name, url, status, alive_at, clock_skew_s,
		    complete, resumed)
		VALUES ('lyon', 'cccp://lyon.example:20103', 'live', now(), 0,
		    false, false);
		INSERT INTO agent_in (login, name, profile, logged, mode,
		    phone_uri, busy_count, present, seen_at)
		VALUES ('zoe', 'Zoé Ünlü', 'P', true, 'inbound',
		    'tel:+33199009901', 0, true, now());
		SELECT * FROM cccp.flush();
		COMMIT;
	EOF
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
