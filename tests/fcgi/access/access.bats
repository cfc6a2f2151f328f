#!/usr/bin/env bats
# Who may see what: readers of all kinds ask for everything.  What they may not
# see is searched for in the answers, literally; what they may see is counted.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_start
	psql -Xq -v ON_ERROR_STOP=1 -f "$BATS_TEST_DIRNAME/grants.sql"
	CCCP_ANONYMOUS=none handler_start
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_stop
}

setup() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
}

READERS='ada chef rene nora louis quentin sarah mix mur murnord audrey'
LISTS='/api/v1/users /api/v1/users?per_page=500 /api/v1/users?q=a
    /api/v1/users?team=Nord,Sud /api/v1/users?sort=-state_seconds
    /api/v1/users?state=talking,available&sort=-state_seconds
    /api/v1/users?queue=accueil,sav&fields=login,name,queues,spies,running
    /api/v1/queues /api/v1/queues?fields=name,samples /api/v1/queues?q=a
    /api/v1/calls /api/v1/calls?from=2020-01-01&to=2020-01-02
    /api/v1/calls?active=true /api/v1/calls?agent=u003 /api/v1/sources'
FILES='/api/v1/users?format=csv /api/v1/users?format=ndjson
    /api/v1/users?format=csv&csv=excel-fr /api/v1/queues?format=csv
    /api/v1/calls?format=ndjson'
ONES='/api/v1/users/prod/u004 /api/v1/users/prod/u003 /api/v1/users/prod/u002
    /api/v1/users/lyon/zoe /api/v1/queues/prod/accueil
    /api/v1/queue?source=prod&name=sav /api/v1/users/prod/nobody'

# as READER PATH [NAME=value ...]: the whole answer.  chef is in a group.
as() {
	local reader=$1
	shift
	fetch "$@" REMOTE_USER="$reader" \
	    ${REMOTE_GROUPS:+REMOTE_GROUPS="$REMOTE_GROUPS"}
}

groups_of() {
	if [[ $1 == chef ]]; then echo 'x, CHEFS ,y'; fi
}

status_of() {
	sed -n '1s/^Status: \([0-9]*\).*/\1/p'
}

type_of() {
	body | jq -r .type | sed 's/.*://'
}

@test "no answer has a name, login, number, team or queue that is not visible" {
	local reader path bad=0
	for reader in $READERS; do
		sql -c "SELECT DISTINCT text FROM public.foreign_text
		    WHERE reader = '$reader'" >"$BATS_TEST_TMPDIR/foreign"
		for path in $LISTS $FILES $ONES /api/v1/me; do
			REMOTE_GROUPS=$(groups_of "$reader") \
			    as "$reader" "$path" >"$BATS_TEST_TMPDIR/answer"
			if [[ -s $BATS_TEST_TMPDIR/foreign ]] &&
			    body <"$BATS_TEST_TMPDIR/answer" | grep -v \
			    '^{"type":"urn:' | grep -noFf \
			    "$BATS_TEST_TMPDIR/foreign" >&2; then
				echo "$reader: $path" >&2
				bad=1
			fi
			[[ $(status_of <"$BATS_TEST_TMPDIR/answer") =~ \
			    ^(200|400|403|404)$ ]] || {
				echo "$reader: $path" >&2
				cat "$BATS_TEST_TMPDIR/answer" >&2
				bad=1
			}
		done
	done
	is "$bad" 0
}

@test "what is visible is complete: rows, totals, facets, files" {
	local reader n got
	for reader in ada chef rene nora louis quentin sarah mix; do
		n=$(sql -c "SELECT count(*) FROM public.sees
		    WHERE reader = '$reader'")
		export REMOTE_GROUPS
		REMOTE_GROUPS=$(groups_of "$reader")
		got=$(as "$reader" '/api/v1/users?per_page=500' | body |
		    jq -c '[.meta.total, .meta.filtered, (.users | length),
		    ([.facets.state[]] | add), ([.facets.source[]] | add)]')
		is "$reader $got" "$reader [$n,$n,$n,$n,$n]"
		if [[ $(sql -c "SELECT export FROM public.reader
		    WHERE name = '$reader'") == t ]]; then
			is "$(as "$reader" '/api/v1/users?format=ndjson' |
			    body | wc -l)" "$n"
		fi
		# By cursor, each once.
		is "$(walk "$reader")" "$n"
	done
}

# How many different users a walk by cursor meets.
walk() {
	local next='' seen=$BATS_TEST_TMPDIR/seen answer
	: >"$seen"
	while :; do
		answer=$(as "$1" "/api/v1/users?per_page=30&sort=login$next" |
		    body)
		jq -r '.users[] | .source + "/" + .login' <<<"$answer" >>"$seen"
		next=$(jq -r '.meta.next // empty' <<<"$answer" |
		    sed -n 's/.*[?&]\(after=[^&]*\).*/\&\1/p')
		[[ $next ]] || break
	done
	sort -u "$seen" | wc -l
}

@test "what each may ask for" {
	local reader path expected line
	while read -r reader path expected; do
		line=$(as "$reader" "$path" | tee "$BATS_TEST_TMPDIR/a" |
		    status_of)
		[[ $line == 200 ]] || line=$(type_of <"$BATS_TEST_TMPDIR/a")
		is "$reader $path $line" "$reader $path $expected"
	done <<'END'
rene /api/v1/users 200
rene /api/v1/users/prod/u004 forbidden
rene /api/v1/users?format=csv forbidden
rene /api/v1/calls 200
rene /api/v1/users?sort=phone masked
rene /api/v1/users?sort=-name,phone_uri masked
rene /api/v1/users?sort=outbound_target masked
rene /api/v1/users?q=0199000004 masked
rene /api/v1/users?q=01%2099%2000%2000%2004 masked
rene /api/v1/users?q=u004 200
rene /api/v1/calls?sort=caller masked
rene /api/v1/calls?sort=-callee masked
rene /api/v1/calls?q=%2B33639980001 masked
nora /api/v1/users?sort=phone 200
nora /api/v1/users?q=0199000004 200
nora /api/v1/users/prod/u004 200
nora /api/v1/user?source=prod&login=u004 200
nora /api/v1/users/prod/u002 not-found
nora /api/v1/users/prod/nobody not-found
nora /api/v1/calls 200
nora /metrics forbidden
sarah /api/v1/users/prod/u001 200
sarah /api/v1/users/prod/u004 not-found
sarah /api/v1/users?format=csv forbidden
quentin /api/v1/queues/prod/accueil 200
quentin /api/v1/queue?source=prod&name=sav not-found
mur /api/v1/users 200
mur /api/v1/users?state=talking 200
mur /api/v1/users?q=zoe forbidden
mur /api/v1/users?after=AAAA invalid-parameter
mur /api/v1/users?sort=name forbidden
mur /api/v1/users?fields=login forbidden
mur /api/v1/users/prod/u004 forbidden
mur /api/v1/users?format=csv forbidden
mur /api/v1/calls forbidden
mur /api/v1/queues 200
mur /api/v1/queues/prod/accueil 200
mur /api/v1/sources 200
audrey /api/v1/users forbidden
audrey /api/v1/queues forbidden
audrey /api/v1/calls forbidden
audrey /api/v1/sources forbidden
audrey /api/v1/events forbidden
audrey /api/v1/me 200
ada /metrics 200
vieux /api/v1/users no-grant
vieux /api/v1/me no-grant
personne /api/v1/queues no-grant
END
	is "$(fetch /api/v1/users | type_of)" unauthorized
	# An auditor of the past has no other right, either.
	run as personne /api/v1/users REMOTE_GROUPS='Équipe A,b'
	[[ $output == *personne*'Équipe A, b'* ]]
	run as rene '/api/v1/users?format=csv' HTTP_ACCEPT_LANGUAGE=en
	[[ $output == *reader*'the export'* ]]
}

@test "a wall has counts, and no person" {
	as mur '/api/v1/users' | body | jq -e '.users == [] and
	    .meta.total == 105 and .meta.next == null and
	    ([.facets.state[]] | add) == 105'
	as murnord '/api/v1/users' | body | jq -e '.users == [] and
	    .meta.total == 25'
	# Another grant shows persons of its own, and the wall's queues stay.
	as mix '/api/v1/users' | body | jq -e '.meta.total == 25'
	as mix '/api/v1/queues' | body | jq -e '.queues | length == 2'
	as quentin '/api/v1/queues' | body | jq -e '[.queues[].name] ==
	    ["accueil"]'
}

@test "numbers are masked, and their ends can be seen" {
	as rene '/api/v1/users?q=u004' | body | jq -e '.users[0].phone ==
	    "+33 1 ·· ·· ·· 04" and .users[0].phone_uri == null'
	as rene '/api/v1/calls?per_page=1' | body | jq -e '.calls[0].caller |
	    test("^\\+33 6 ·· ·· ·· [0-9]{2}$")'
	as nora '/api/v1/users?q=u004' | body | jq -e \
	    '.users[0].phone == "+33199000004"'
	# A reader without history sees active calls only.
	as rene '/api/v1/calls' | body | jq -e '.meta.total == 1'
	as ada '/api/v1/calls' | body | jq -e '.meta.total > 1'
}

@test "who is asking, and what it permits" {
	as nora /api/v1/me REMOTE_GROUPS='a, B ,,c' | body | jq -e '.me ==
	    {user: "nora", anonymous: false, groups: ["a", "B", "c"],
	    role: "supervisor", scope: {whole: false, team: "Nord", grants:
	    [{source: null, team: "Nord", queue: null, role: "supervisor"}]},
	    permits: {users: true, persons: true, queues: true, calls: true,
	    detail: true, history: true, numbers: true, export: true,
	    views: true, share: true, admin: false, audit: false}}'
	as rene /api/v1/me | body | jq -e '.me.permits | .views and
	    (.share | not)'
	as mur /api/v1/me | body | jq -e '.me.permits | .users and .queues and
	    ([.[]] | map(select(.)) | length) == 2'
	as audrey /api/v1/me | body | jq -e '.me.permits | .audit and
	    ([.[]] | map(select(.)) | length) == 1'
	as chef /api/v1/me REMOTE_GROUPS=cHEFS | body |
	    jq -e '.me.scope.whole and .me.role == "supervisor"'
}

@test "as an anonymous, by role" {
	local role users
	while read -r role users; do
		is "$(CCCP_ANONYMOUS=$role cgi /api/v1/users | body |
		    jq -c '[.meta.total, (.users | length)]')" "$users"
		is "$(CCCP_ANONYMOUS=$role cgi /api/v1/me '' REMOTE_GROUPS=a |
		    body | jq -c '[.me.role, .me.anonymous, .me.groups]')" \
		    "[\"$role\",true,[]]"
	done <<'END'
wall [105,0]
reader [105,50]
supervisor [105,50]
admin [105,50]
END
	CCCP_ANONYMOUS=reader cgi /api/v1/users sort=phone | type_of |
	    grep -qx masked
}

@test "no header names a group; another variable may" {
	local name
	for name in HTTP_REMOTE_GROUPS HTTP_GROUPS http_x HTTP_X_GROUPS; do
		CCCP_GROUPS=$name run cgi /healthz
		[[ $status -eq 2 && $output == *"CCCP_GROUPS=$name"*HTTP_* ]]
	done
	for name in 'A B' 1A 'A=B' É; do
		CCCP_GROUPS=$name run cgi /healthz
		is "$status" 2
	done
	CCCP_GROUPS_SEPARATOR=';;' run cgi /healthz
	is "$status" 2
	export CCCP_ANONYMOUS=none
	is "$(CCCP_GROUPS=OIDC_GROUPS CCCP_GROUPS_SEPARATOR=';' cgi \
	    /api/v1/me '' REMOTE_USER=chef OIDC_GROUPS='cn=a,dc=x;Chefs' \
	    REMOTE_GROUPS=no | body | jq -c '[.me.role, .me.groups]')" \
	    '["supervisor",["cn=a,dc=x","Chefs"]]'
	is "$(CCCP_GROUPS_SEPARATOR='\n' cgi /api/v1/me '' REMOTE_USER=chef \
	    REMOTE_GROUPS=$'a\nChefs' | body | jq -c .me.groups)" \
	    '["a","Chefs"]'
	for name in HTTP_REMOTE_GROUPS HTTP_X_FORWARDED_GROUPS HTTP_GROUPS; do
		is "$(as chef /api/v1/me "$name=Chefs" | type_of)" no-grant
	done
	# A name that is no UTF-8 is nobody's; too many groups are too many.
	is "$(as $'\xe9ada' /api/v1/me | type_of)" no-grant
	is "$(as ada /api/v1/me REMOTE_GROUPS="$(printf 'g%.0s,' {1..9000})" |
	    type_of)" header-too-long
	is "$(as ada /api/v1/me REMOTE_GROUPS=$'ok,\xe9' | body |
	    jq -c .me.groups)" '["ok"]'
}

@test "readers who ask the same at the same time get their own, whatever changes" {
	local out=$BATS_TEST_TMPDIR/turns pid tag i
	"$BATS_TEST_DIRNAME/turns" "$SOCKET" "$BATS_TEST_TMPDIR/end" \
	    '/api/v1/users?per_page=500' nora:lyon louis:prod ada:nobody \
	    >"$out" 3>&- &
	pid=$!
	for i in {1..8}; do
		change
	done
	touch "$BATS_TEST_TMPDIR/end"
	wait "$pid"
	run ! grep foreign "$out"
	# Each has several answers, and no two have one in common.
	is "$(cut -d' ' -f1 "$out" | sort -u | wc -l)" 3
	(($(wc -l <"$out") > 5))
	is "$(cut -d' ' -f2- "$out" | sort | uniq -d)" ''
	tag=$(as louis /api/v1/users | sed -n 's/^ETag: \(.*\)\r/\1/p')
	[[ $tag ]]
	is "$(as louis /api/v1/users HTTP_IF_NONE_MATCH="$tag" | status_of)" 304
	is "$(as nora /api/v1/users HTTP_IF_NONE_MATCH="$tag" | status_of)" 200
	# The same rights have the same answer, under any name.
	is "$(as ada /api/v1/queues | sed -n 's/^ETag: \(.*\)\r/\1/p')" \
	    "$(as ada2 /api/v1/queues REMOTE_GROUPS=admins |
	    sed -n 's/^ETag: \(.*\)\r/\1/p')"
}

# Has a file a text?
has() {
	grep -qF "$2" "$1"
}

gone() {
	[[ ! -e /proc/$1 ]]
}

@test "events name nobody to readers with a limited scope, and end with the grants" {
	local all=$BATS_TEST_TMPDIR/all part=$BATS_TEST_TMPDIR/part pids=()
	STREAM=1 "$ROOT/tests/fcgi/fetch" "$SOCKET" /api/v1/events \
	    REMOTE_USER=ada >"$all" 3>&- &
	pids+=($!)
	STREAM=1 "$ROOT/tests/fcgi/fetch" "$SOCKET" /api/v1/events \
	    REMOTE_USER=nora >"$part" 3>&- &
	pids+=($!)
	await has "$all" 'event: hello'
	await has "$part" 'event: hello'
	change
	await has "$all" 'event: change'
	await has "$part" 'event: change'
	has "$all" '"users":[{'
	has "$all" '"sources":[{'
	run ! grep -E '"users"|"sources"|lyon|prod|zoe' "$part"
	grep -A2 'event: change' "$part" | sed -n 's/^data: //p' | head -n 1 |
	    jq -e '(keys - ["generation", "since", "source_age", "stale"])
	    == [] and .generation > .since'
	sql -c "SELECT cccp.grant_access('user', 'neuf', 'reader')"
	await gone "${pids[0]}"
	await gone "${pids[1]}"
	is "$(as neuf /api/v1/me | status_of)" 200
}

# What a reader gets now: the status, or the kind of problem.
now() {
	local answer status
	answer=$(as "$@")
	status=$(status_of <<<"$answer")
	[[ $status == 200 ]] || status=$(type_of <<<"$answer")
	echo "$status"
}

says() {
	[[ $(now "${@:2}") == "$1" ]]
}

@test "a grant that begins or ends is effective at once" {
	local id
	is "$(now tard /api/v1/users)" no-grant
	id=$(sql -c "SELECT cccp.grant_access('user', 'tard', 'reader')")
	await says 200 tard /api/v1/users
	is "$(now tard '/api/v1/users?format=csv')" forbidden
	sql -c "UPDATE cccp.access_grant SET export = true
	    WHERE grant_id = $id"
	await says 200 tard '/api/v1/users?format=csv'
	sql -c "DELETE FROM cccp.access_grant WHERE grant_id = $id"
	await says no-grant tard /api/v1/users
}

# The addresses of other pages that an answer names: by its header, by its meta.
links() {
	awk '/^Link: / { while (match($0, /<[^>]*>/)) {
	    print substr($0, RSTART + 1, RLENGTH - 2)
	    $0 = substr($0, RSTART + RLENGTH) } }' <<<"$1"
	body <<<"$1" | jq -r '.meta.next // empty'
}

@test "the links of what another user would see lead to more of it" {
	local as='as_user=Zo%C3%A9%26x&as_groups=n,Chefs' list answer link n=0
	for list in users queues; do
		for link in '' '&page=2'; do
			answer=$(as ada "/api/v1/$list?$as&per_page=1$link")
			while read -r link; do
				[[ "$link&" == *"&$as&"* ]] || {
					echo "$link" >&2
					return 1
				}
				is "$(as ada "/api/v1/$list$link" | status_of)" 200
				n=$((n + 1))
			done < <(links "$answer")
		done
		# The admin's own view has the links of his own.
		answer=$(as ada "/api/v1/$list?per_page=1")
		[[ $(links "$answer") != *as_* ]]
	done
	((n >= 12))
	# Pages of a limited scope, one by one, are the whole of it.
	link='?as_user=nora&per_page=1'
	for ((n = 0; n < 99; n++)); do
		answer=$(as ada "/api/v1/users$link")
		body <<<"$answer" | jq -r '.users[].login'
		link=$(body <<<"$answer" | jq -r '.meta.next // empty')
		[[ $link ]] || break
	done | sort >"$BATS_TEST_TMPDIR/pages"
	is "$(cat "$BATS_TEST_TMPDIR/pages")" "$(as nora \
	    '/api/v1/users?per_page=500' | body | jq -r '.users[].login' | sort)"
}

@test "an admin sees what another user would" {
	local path
	for path in '/api/v1/users?per_page=500' /api/v1/queues /api/v1/calls; do
		is "$(as ada "$path$([[ $path == *\?* ]] && echo '&' ||
		    echo '?')as_user=nora" | body | jq -S 'del(.meta)')" \
		    "$(as nora "$path" | body | jq -S 'del(.meta)')"
	done
	as ada '/api/v1/me?as_user=nora&as_groups=a,b' | body | jq -e '.me |
	    .user == "ada" and .view_as == {user: "nora", groups: ["a", "b"]}
	    and .role == "supervisor" and .scope.team == "Nord"'
	is "$(now ada '/api/v1/users?as_user=rien')" no-grant
	is "$(now ada '/api/v1/users?as_groups=Chefs&as_user=x&page=1')" 200
	is "$(now ada '/api/v1/users?as_user=rene&sort=phone')" masked
	is "$(now ada '/api/v1/users?as_user=mur&q=a')" forbidden
	is "$(now ada '/api/v1/users?as_user=')" no-grant
	is "$(now ada '/api/v1/users?as_groups=a')" invalid-parameter
	is "$(now ada '/api/v1/users?as_user=a&as_user=b')" repeated-parameter
	for path in rene nora mur audrey; do
		is "$(now "$path" '/api/v1/users?as_user=ada')" forbidden
	done
	is "$(now chef '/api/v1/users?as_user=ada' REMOTE_GROUPS=Chefs)" \
	    forbidden
	# Nobody writes as another.
	is "$(now ada '/api/v1/grants?as_user=nora' REQUEST_METHOD=POST \
	    BODY='{}' CONTENT_TYPE=application/json \
	    HTTP_SEC_FETCH_SITE=same-origin)" unknown-parameter
}
