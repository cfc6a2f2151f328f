#!/usr/bin/env bats
# The access log: who looked at whom is written before the answer is sent.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_start
	stay_fresh
	psql -Xq -v ON_ERROR_STOP=1 -f "$BATS_TEST_DIRNAME/grants.sql"
	export CCCP_ANONYMOUS=none
	handler_start
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_stop
}

setup() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	sql -c "TRUNCATE cccp_audit.access_log"
}

# as READER PATH [NAME=value ...]: the whole answer.
as() {
	local reader=$1
	shift
	fetch "$@" REMOTE_USER="$reader" REMOTE_ADDR=192.0.2.7
}

status_of() {
	sed -n '1s/^Status: \([0-9]*\).*/\1/p'
}

type_of() {
	body | jq -r .type | sed 's/.*://'
}

# The lines, oldest first, without their times and keys.
lines() {
	sql -F ' ' -P null=- -c "SELECT reader, l.role, address, action, source,
	    a.login, query FROM cccp_audit.access_log l
	    LEFT JOIN cccp.agent a USING (agent_id) ORDER BY line_id"
}

# looks STATUS LINE READER PATH [NAME=value ...]: an answer and its only line.
looks() {
	local status=$1 line=$2
	shift 2
	sql -c "TRUNCATE cccp_audit.access_log"
	as "$@" >"$BATS_TEST_TMPDIR/answer"
	is "$* $(status_of <"$BATS_TEST_TMPDIR/answer")" "$* $status"
	is "$* $(lines)" "$* $line"
}

@test "each consultation has its line, from the cache, as 304 and as HEAD too" {
	local tag i one=/api/v1/users/prod/u004
	local line='nora supervisor 192.0.2.7 detail prod u004 -'
	for i in 1 2 3; do
		looks 200 "$line" nora $one
	done
	grep -q '^Server-Timing: cache;desc=hit' "$BATS_TEST_TMPDIR/answer"
	is "$(sql -c "SELECT count(*) FROM cccp_audit.access_log
	    WHERE request_id ~ '^[0-9a-f]{16}\$'")" 1
	tag=$(sed -n 's/^ETag: \(.*\)\r/\1/p' "$BATS_TEST_TMPDIR/answer")
	looks 304 "$line" nora $one HTTP_IF_NONE_MATCH="$tag"
	looks 200 "$line" nora $one REQUEST_METHOD=HEAD
	looks 200 "$line" nora '/api/v1/user?source=prod&login=u004'
	looks 200 'ada admin 192.0.2.7 detail prod u004 as_user=nora' \
	    ada "$one?as_user=nora"
	as nora "$one?from=2020-01-01&to=2020-01-02" >/dev/null
	is "$(lines | sed -n '$s/ from=.*&to=.*//p')" \
	    "${line/detail prod u004 -/history prod u004}"
	looks 200 'ada admin 192.0.2.7 calls - - q=a&stage=talking' \
	    ada '/api/v1/calls?q=a&stage=talking'
	looks 200 'ada admin 192.0.2.7 export - - users?format=csv' \
	    ada '/api/v1/users?format=csv'
	looks 200 'ada admin 192.0.2.7 export - - calls?format=ndjson' \
	    ada '/api/v1/calls?format=ndjson'
	looks 200 'audrey auditor 192.0.2.7 person_export lyon zoe -' \
	    audrey '/api/v1/export/user?source=lyon&login=zoe'
	looks 200 'audrey auditor 192.0.2.7 audit - - reader=nora' \
	    audrey '/api/v1/access-log?reader=nora'
	looks 200 'audrey auditor 192.0.2.7 audit - - format=csv' \
	    audrey '/api/v1/access-log?format=csv'
	# At once in the system's log, as JSON.
	grep -o 'access {.*}' "$STAND/handler.log" | tail -n 1 | cut -c8- |
	    jq -e '.reader == "audrey" and .action == "audit" and
	    .query == "format=csv" and .at > 1e9'
	# As CGI, too.
	sql -c "TRUNCATE cccp_audit.access_log"
	cgi /api/v1/users/prod/u004 '' REMOTE_USER=nora >/dev/null
	is "$(lines)" 'nora supervisor - detail prod u004 -'
}

# gives ROWS READER PATH [NAME=value ...]: the number of rows in its line.
gives() {
	local rows=$1
	shift
	sql -c "TRUNCATE cccp_audit.access_log"
	as "$@" >"$BATS_TEST_TMPDIR/answer"
	is "$* $(sql -P null=- -c "SELECT rows FROM cccp_audit.access_log")" \
	    "$* $rows"
}

@test "a line says how many rows the answer has, where it is known by then" {
	local calls tag
	calls="/api/v1/calls?from=$(date -d '2 days ago' +%F)&per_page=7"
	gives 7 ada "$calls"
	grep -q '^Server-Timing: cache;desc=miss' "$BATS_TEST_TMPDIR/answer"
	gives 7 ada "$calls"
	grep -q '^Server-Timing: cache;desc=hit' "$BATS_TEST_TMPDIR/answer"
	gives 7 ada "$calls" REQUEST_METHOD=HEAD
	gives 4 ada "$calls&page=4" HTTP_ACCEPT_ENCODING=gzip
	gives 4 ada "$calls&page=4" HTTP_ACCEPT_ENCODING=gzip
	gives 0 ada "$calls&q=personne"
	tag=$(as ada "$calls" | sed -n 's/^ETag: \(.*\)\r/\1/p')
	gives - ada "$calls" HTTP_IF_NONE_MATCH="$tag"
	gives - ada '/api/v1/calls?format=csv'
	gives - ada /api/v1/users/prod/u004
	as nora /api/v1/users/prod/u004 >/dev/null
	as audrey /api/v1/access-log | body | jq -e '[.lines[].rows] ==
	    [null, null]'
	as audrey /api/v1/access-log | body | jq -e '.lines[0].rows == 2'
	gives 0 audrey '/api/v1/access-log?reader=personne'
	gives - audrey '/api/v1/access-log?format=csv'
	as audrey '/api/v1/export/user?source=lyon&login=zoe' | body |
	    wc -l >"$BATS_TEST_TMPDIR/n"
	gives "$(<"$BATS_TEST_TMPDIR/n")" audrey \
	    '/api/v1/export/user?source=lyon&login=zoe'
}

@test "what an admin changes has a line, also when nothing comes of it" {
	local write=(REQUEST_METHOD=POST CONTENT_TYPE=application/json
	    HTTP_SEC_FETCH_SITE=same-origin)
	looks 201 'ada admin 192.0.2.7 config lyon - POST /api/v1/grants' \
	    ada /api/v1/grants "${write[@]}" \
	    BODY='{"who_kind":"user","who":"x","role":"reader","source":"lyon"}'
	looks 404 'ada admin 192.0.2.7 config - - DELETE /api/v1/grants/0' \
	    ada /api/v1/grants/0 "${write[@]}" REQUEST_METHOD=DELETE \
	    HTTP_IF_MATCH='"0"'
	looks 409 'ada admin 192.0.2.7 config lyon zoe POST /api/v1/forget' \
	    ada /api/v1/forget "${write[@]}" \
	    BODY='{"source":"lyon","login":"zoe"}'
	looks 403 '' nora /api/v1/grants "${write[@]}" BODY='{}'
	looks 400 '' ada /api/v1/grants "${write[@]}" BODY='{}'
}

@test "refusals and what shows no person have no line" {
	looks 403 '' rene /api/v1/users/prod/u004
	looks 404 '' nora /api/v1/users/prod/u002
	looks 404 '' ada /api/v1/users/prod/nobody
	looks 400 '' ada '/api/v1/users/prod/u004?x=1'
	looks 403 '' rene '/api/v1/users?format=csv'
	looks 403 '' mur /api/v1/calls
	looks 403 '' ada /api/v1/access-log
	looks 403 '' ada '/api/v1/export/user?source=lyon&login=zoe'
	looks 403 '' ada '/api/v1/access-log?as_user=audrey'
	looks 403 '' ada \
	    '/api/v1/export/user?source=lyon&login=zoe&as_user=audrey'
	looks 404 '' audrey '/api/v1/export/user?source=lyon&login=nobody'
	looks 200 '' ada /api/v1/users
	looks 200 '' ada /api/v1/queues
	looks 200 '' ada /api/v1/queues/prod/accueil
	looks 200 '' ada /api/v1/me
	is "$(fetch /api/v1/users/prod/u004 | status_of)" 401
	is "$(lines)" ''
}

@test "only the auditor reads it, with filters, page by page and as CSV" {
	local who
	for who in ada nora rene mur; do
		is "$(as "$who" /api/v1/access-log | type_of)" forbidden
		is "$(as "$who" '/api/v1/export/user?source=lyon&login=zoe' |
		    type_of)" forbidden
	done
	as nora /api/v1/users/prod/u004 >/dev/null
	as sarah /api/v1/users/prod/u001 >/dev/null
	as ada '/api/v1/calls?q==1%2B1' >/dev/null
	as audrey '/api/v1/access-log' | body | jq -e '.meta ==
	    {total: 3, page: 1, per_page: 50} and ([.lines[] |
	    [.reader, .action, .login]] == [["ada", "calls", null],
	    ["sarah", "detail", "u001"], ["nora", "detail", "u004"]])'
	for who in reader=nora login=u004 'action=detail&source=prod&login=u004'
	do
		as audrey "/api/v1/access-log?$who" | body |
		    jq -e '.meta.total == 1 and .lines[0].reader == "nora"'
	done
	as audrey '/api/v1/access-log?action=detail,calls&per_page=1&page=2' |
	    body | jq -e '.meta.total == 3 and
	    [.lines[].reader] == ["sarah"]'
	as audrey '/api/v1/access-log?to=2020-01-01&from=2019-12-31' | body |
	    jq -e '.meta.total == 0 and .lines == []'
	as audrey '/api/v1/access-log?format=csv&action=calls' | body \
	    >"$BATS_TEST_TMPDIR/csv"
	is "$(wc -l <"$BATS_TEST_TMPDIR/csv")" 2
	grep -q '^at,reader,role,' "$BATS_TEST_TMPDIR/csv"
	as audrey '/api/v1/export/user?source=lyon&login=zoe' | body |
	    jq -se '.[0].type == "profile" and .[0].login == "zoe"'
}

@test "its parameters and columns are those of the description" {
	local file=$ROOT/htdocs/api/v1/openapi.json path
	for path in /api/v1/access-log /api/v1/export/user; do
		is "$(as audrey "$path?no_such=1" | body |
		    jq -c '.allowed | sort')" \
		    "$(jq -c --arg path "$path" '. as $all | [.paths[$path].get
		    .parameters[] | if has("$ref") then . as $r | $all |
		    getpath($r."$ref"[2:] / "/") else . end | .name] | sort' \
		    "$file")"
	done
	as nora /api/v1/users/prod/u004 >/dev/null
	is "$(as audrey /api/v1/access-log | body |
	    jq -c '.lines[0] | keys_unsorted')" \
	    "$(jq -c '.paths["/api/v1/access-log"].get.responses["200"].content
	    ["application/json"].schema.properties.lines.items.properties |
	    keys_unsorted' "$file")"
}

# Takes the right to write the log away, or gives it back.
shut() {
	sql -c "REVOKE EXECUTE ON FUNCTION cccp.log_access FROM cccp_web"
}

unshut() {
	sql -c "GRANT EXECUTE ON FUNCTION cccp.log_access TO cccp_web"
}

metric() {
	as ada /metrics | body | sed -n "s/^$1 //p"
}

written() {
	[[ $(lines | wc -l) == "$1" ]] || {
		lines >&2
		return 1
	}
}

@test "open: answers come while the log cannot be written, and the lines later" {
	local i
	shut
	for i in 1 2 3; do
		is "$(as nora /api/v1/users/prod/u004 | status_of)" 200
	done
	is "$(metric cccp_audit_waiting) $(metric cccp_audit_lost_total)" '3 0'
	written 0
	unshut
	await written 3
	is "$(metric cccp_audit_waiting)" 0
}

@test "open: answers of the cache come while the database is away" {
	is "$(as nora /api/v1/users/prod/u004 | status_of)" 200
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate -w -t 60 \
	    stop >/dev/null
	is "$(as nora /api/v1/users/prod/u004 | status_of)" 200
	is "$(metric cccp_audit_waiting)" 1
	pg_serve "$PG_DIR/data" "$PG_DIR"
	await written 2
}

# A handler of the test's own.
own_start() {
	export SOCKET=$STAND/own.sock
	handler_start "$@"
	OWN=$HANDLER
}

teardown() {
	[[ -z ${OWN-} ]] || kill "$OWN" 2>/dev/null || :
}

@test "open: what waits is written at the end of the handler" {
	own_start
	shut
	is "$(as nora /api/v1/users/prod/u004 | status_of)" 200
	unshut
	end "$OWN" || :
	written 1
}

@test "open: what cannot be written at the end is counted in the log" {
	own_start
	shut
	is "$(as nora /api/v1/users/prod/u004 | status_of)" 200
	end "$OWN" || :
	unshut
	written 0
	grep 'access log: lines are lost, 1 until now' "$STAND/handler.log"
}

@test "closed: no answer without a line, and all else is answered" {
	local i pids
	CCCP_AUDIT=closed own_start
	is "$(as nora /api/v1/users/prod/u004 | status_of)" 200
	written 1
	shut
	# At once, since each is refused only when the time is over.
	as nora /api/v1/users/prod/u004 >"$BATS_TEST_TMPDIR/1" 3>&- &
	pids=($!)
	as ada '/api/v1/users?format=csv' >"$BATS_TEST_TMPDIR/2" 3>&- &
	pids+=($!)
	as ada /api/v1/grants/0 REQUEST_METHOD=DELETE \
	    CONTENT_TYPE=application/json HTTP_SEC_FETCH_SITE=same-origin \
	    HTTP_IF_MATCH='"0"' >"$BATS_TEST_TMPDIR/3" 3>&- &
	pids+=($!)
	wait "${pids[@]}"
	for i in 1 2 3; do
		is "$i $(type_of <"$BATS_TEST_TMPDIR/$i")" "$i audit"
	done
	is "$(as nora /api/v1/users | status_of)" 200
	is "$(CCCP_AUDIT=closed cgi /api/v1/users/prod/u004 '' \
	    REMOTE_USER=nora | type_of)" audit
	is "$(cgi /api/v1/users/prod/u004 '' REMOTE_USER=nora |
	    status_of)" 200
	unshut
	is "$(as nora /api/v1/users/prod/u004 | status_of)" 200
	# What was refused has no line.
	written 2
	CCCP_AUDIT=shut run cgi /healthz
	[[ $status -eq 2 && $output == *CCCP_AUDIT=shut* ]]
}

# kills MODE ROUNDS: kills handlers of the test's own.
kills() {
	SOCKET=$STAND/own.sock node "$BATS_TEST_DIRNAME/kills.mjs" "$@" \
	    "$FCGI" "$STAND/handler.log"
}

@test "closed: what a client received before one of 200 kills has its line" {
	kills closed 200
}

@test "open: a kill loses what waited and no more, and the system's log has it" {
	kills open 30
}
