#!/usr/bin/env bats
# Who may see what, but for what table.bats shows: rights and refusals, who
# asks, how grants begin and end.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_start
	stay_fresh
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

# as READER PATH [NAME=value ...]: the whole answer.  chef is in a group.
as() {
	local reader=$1
	shift
	fetch "$@" REMOTE_USER="$reader" \
	    ${REMOTE_GROUPS:+REMOTE_GROUPS="$REMOTE_GROUPS"}
}

status_of() {
	sed -n '1s/^Status: \([0-9]*\).*/\1/p'
}

type_of() {
	body | jq -r .type | sed 's/.*://'
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

@test "the same rights have the same answer, under any name" {
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

@test "grants that change end a stream of events" {
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
	# What a change tells to a limited scope has no other keys.
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

# Where the second of three answers, which were asked for one after the other, is
# not as the others.  Durations grow meanwhile: a number is between theirs.
unlike() {
	jq -cs 'map(del(.meta) | [paths(type != "object" and type != "array"
	    or length == 0) as $p | [$p, getpath($p)]]) | transpose | map(select(
	    .[0][0] != .[1][0] or .[1][0] != .[2][0] or (map(.[1]) |
	    if all(type == "number") then .[0] > .[1] or .[1] > .[2]
	    else unique | length > 1 end)))'
}

teardown() {
	[[ -z ${OWN-} ]] || end "$OWN" || :
}

@test "an admin sees what another user would" {
	local path link SOCKET=$SOCKET
	# One that keeps no answers, which have the durations of their moment.
	SOCKET=$STAND/own.sock
	CCCP_ANONYMOUS=none handler_start -c 0
	OWN=$HANDLER
	for path in '/api/v1/users?per_page=500' /api/v1/queues /api/v1/calls; do
		link=$path$([[ $path == *\?* ]] && echo '&' || echo '?')as_user=nora
		is "$({ as ada "$link" | body; as nora "$path" | body
		    as ada "$link" | body; } | unlike)" '[]'
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
