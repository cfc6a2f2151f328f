#!/usr/bin/env bats
#
# Lists as files: the same cells as JSON and SQL have, all rows, in constant
# memory, and cut short where it cannot be otherwise.

setup_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_start
	stay_fresh
	handler_start -t 2
	web_start
	psql -Xq -v ON_ERROR_STOP=1 <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in VALUES ('gros', 'cccp://gros.example', 'live',
		    NULL, now(), 0, '4.2', true, true);
		INSERT INTO agent_in (login, name, phone_uri, logged, present, seen_at)
		SELECT 'g' || i, '=Nom; "' || i || '"', 'tel:+3319900' ||
		    to_char(i % 10000, 'FM0000'), true, true, now()
		FROM generate_series(1, 20000) AS i;
		SELECT * FROM cccp.flush() \g /dev/null
		COMMIT;
	EOF
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_stop
}

setup() { . "$BATS_TEST_DIRNAME/../stand.bash"; }

# A CSV file on standard input as JSON; the dialect's separator is $1.
parse() {
	perl -MJSON::PP -e '
		my $sep = shift; local $/; my $text = <STDIN>;
		my (@rows, @row);
		$text =~ s/^\xef\xbb\xbf//;
		while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^"$sep\r\n]*))($sep|\r\n)/g) {
			my ($quoted, $bare, $end) = ($1, $2, $3);
			my $cell = defined $quoted ? $quoted =~ s/""/"/gr : $bare;
			push @row, $cell;
			if ($end eq "\r\n") { push @rows, [@row]; @row = (); }
			last if pos($text) == length $text;
		}
		die "not CSV at " . pos($text) if pos($text) != length $text;
		my $names = shift @rows;
		for my $row (@rows) { die "cells" if @$row != @$names; }
		print JSON::PP->new->encode([map { my $r = $_;
			+{ map { $names->[$_] => $r->[$_] } 0 .. $#$names } } @rows]);
	' "$1"
}

@test "CSV, NDJSON and JSON have the same cells" {
	local query='source=prod&sort=-state_seconds,login&fields=login,name,team,phone,logged,total_inbound,talk_seconds_mean,login_at,queues'
	ask "/api/v1/users?$query&per_page=500" |
	    jq -c '.users[]' >"$BATS_TEST_TMPDIR/json"
	ask "/api/v1/users?$query&format=ndjson" >"$BATS_TEST_TMPDIR/ndjson"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/json")" -eq 100 ]
	cmp "$BATS_TEST_TMPDIR/json" <(jq -c . "$BATS_TEST_TMPDIR/ndjson")
	ask "/api/v1/users?$query&format=csv" | parse , |
	    jq -c '.[]' >"$BATS_TEST_TMPDIR/csv"
	jq -c 'map_values(if . == null then "" elif type == "array" then
	    join(", ") else tostring end)' "$BATS_TEST_TMPDIR/json" |
	    jq -cS . >"$BATS_TEST_TMPDIR/want"
	cmp "$BATS_TEST_TMPDIR/want" <(jq -cS . "$BATS_TEST_TMPDIR/csv")
}

@test "by Accept, with a name for the file" {
	ask '/api/v1/queues' -H 'Accept: text/csv' -i >"$BATS_TEST_TMPDIR/a"
	grep -qi '^content-type: text/csv; charset=utf-8' "$BATS_TEST_TMPDIR/a"
	grep -qiE '^content-disposition: attachment; filename="queues-[0-9-]{10}\.csv"' \
	    "$BATS_TEST_TMPDIR/a"
	grep -qiE '^vary: .*accept' "$BATS_TEST_TMPDIR/a"
	[ "$(ask /api/v1/calls -H 'Accept: image/png' -o /dev/null \
	    -w '%{http_code}')" = 406 ]
	ask /api/v1/calls -H 'Accept: image/png' | jq -e '.type ==
	    "urn:cccp-board:problem:not-acceptable"'
}

@test "all rows, whatever the page, with quotes and formulas made safe" {
	ask '/api/v1/users?source=gros&format=csv&per_page=5&page=3&fields=login,name' |
	    parse , >"$BATS_TEST_TMPDIR/all"
	jq -e 'length == 20000 and all(.[]; .name | startswith("'\''=Nom;'\'' \"")) and
	    (map(.login) | unique | length) == 20000' "$BATS_TEST_TMPDIR/all"
}

@test "for a French spreadsheet" {
	ask '/api/v1/users?source=gros&format=csv&csv=excel-fr&sort=login&fields=login,name,phone,logged' \
	    >"$BATS_TEST_TMPDIR/fr"
	[ "$(head -c 3 "$BATS_TEST_TMPDIR/fr" | od -An -tx1)" = ' ef bb bf' ]
	head -n 2 "$BATS_TEST_TMPDIR/fr" | parse ';' | jq -e '.[0] == {"login": "g1",
	    "name": "'\''=Nom;'\'' \"1\"", "phone": "+33 1 99 00 00 01",
	    "logged": "VRAI"}'
}

@test "filters count, nothing matches, HEAD, a generation that has passed" {
	[ "$(ask '/api/v1/users?format=ndjson&q=g19999' | wc -l)" -eq 1 ]
	[ "$(ask '/api/v1/users?format=csv&q=personne&fields=login')" = $'login\r' ]
	ask '/api/v1/users?format=csv' -I -o /dev/null -w '%{http_code}' |
	    grep -q 200
	ask '/api/v1/users?format=csv&generation=0' | jq -e '.status == 409'
	# And the connection is fit for the next.
	ask '/api/v1/users?per_page=1' | jq -e '.meta.total > 20000'
}

@test "memory does not grow with the rows" {
	local before after
	ask '/api/v1/users?per_page=1' >/dev/null
	before=$(awk '/^VmHWM/ { print $2 }' "/proc/$HANDLER/status")
	ask '/api/v1/users?format=csv' | tail -n 1 >/dev/null
	after=$(awk '/^VmHWM/ { print $2 }' "/proc/$HANDLER/status")
	echo "$before kB, then $after kB" >&2
	((after - before < 4096)) || [[ $BUILD = *san* ]]
}

# The list of users breaks after some of the rows; mend_users ends that.
break_users() {
	sql <<-'EOF2'
		CREATE FUNCTION public.breaks(id int) RETURNS boolean
		LANGUAGE plpgsql AS $$ BEGIN
			IF id > 15000 THEN RAISE 'broken'; END IF;
			RETURN true;
		END $$;
		ALTER VIEW cccp_web.user RENAME TO user_old;
		CREATE VIEW cccp_web.user AS
		SELECT * FROM cccp_web.user_old WHERE public.breaks(id);
		GRANT SELECT ON cccp_web.user TO cccp_web;
	EOF2
}

mend_users() {
	sql -c 'DROP VIEW cccp_web.user; DROP FUNCTION public.breaks(int);
	    ALTER VIEW cccp_web.user_old RENAME TO "user"'
}

@test "as a CGI program: whole, or an error" {
	break_users
	run cgi /api/v1/users 'format=csv&sort=id'
	local log=$output code=$status
	mend_users
	is "$code" 1
	[[ $log == *'Status: 500 '*'application/problem+json'* ]]
	[[ $log != *u001* ]]
	cgi /api/v1/users 'format=csv&sort=id&fields=id,login' \
	    >"$BATS_TEST_TMPDIR/whole" 2>&1
	is "$(body <"$BATS_TEST_TMPDIR/whole" | parse , | jq length)" 20105
	cgi /api/v1/users 'format=csv' REQUEST_METHOD=HEAD \
	    >"$BATS_TEST_TMPDIR/head" 2>/dev/null
	grep -q 'Status: 200' "$BATS_TEST_TMPDIR/head"
	grep -q 'Content-Type: text/csv' "$BATS_TEST_TMPDIR/head"
	is "$(body <"$BATS_TEST_TMPDIR/head")" ''
	# With nowhere to put it.
	run bash -c 'ulimit -f 100; trap "" XFSZ; "$@"' - \
	    env CCCP_ANONYMOUS=admin PGUSER=cccp_web REQUEST_METHOD=GET \
	    PATH_INFO=/api/v1/users QUERY_STRING=format=csv \
	    "$FCGI" -d "$HTDOCS"
	is "$status" 1
	[[ $output == *'Status: 503 '*'urn:cccp-board:problem:'* ]]
}

@test "as a CGI program: who reads slowly holds no connection to the database" {
	local query line program
	for query in 'per_page=500' 'format=csv'; do
		rm -f "$BATS_TEST_TMPDIR/out"
		mkfifo "$BATS_TEST_TMPDIR/out"
		cgi /api/v1/users "$query" 3>&- \
		    >"$BATS_TEST_TMPDIR/out" 2>/dev/null &
		program=$!
		exec 7<"$BATS_TEST_TMPDIR/out"
		# Its answer has begun, and it waits: the pipe is full.
		read -r line <&7
		[[ $line == 'Status: 200 '* ]]
		await unconnected
		kill -0 "$program"
		cat <&7 >/dev/null
		exec 7<&-
		wait "$program"
	done
}

# Has no CGI program a connection?  The handler has one for each thread.
unconnected() {
	[ "$(sql -c "SELECT count(*) FROM pg_stat_activity
	    WHERE application_name = 'cccp.fcgi'")" -le 2 ]
}

@test "cut short by the database: it does not look whole" {
	break_users
	run node "$CLIENT" later "$SOCKET" \
	    '/api/v1/users?format=ndjson&sort=id' </dev/null
	mend_users
	is "$output" cut
	await grep 'an export of users was cut short' "$STAND/handler.log"
	ask '/api/v1/users?per_page=1' | jq -e '.meta.total > 20000'
	[ "$(node "$CLIENT" later "$SOCKET" '/api/v1/users?format=ndjson' \
	    </dev/null)" = whole ]
}

# waiting FOR N: so many connections wait for that, and are no worker's.
waiting() {
	[[ $(fetch /metrics) == *"cccp_http_waiting{for=\"$1\"} $2"$'\n'* ]]
}

# One after the other, since only half of the two workers may export.
@test "readers who take nothing hold nobody, and get all in the end" {
	local i pids=()
	mkfifo "$BATS_TEST_TMPDIR/go"
	for i in {1..4}; do
		node "$CLIENT" hold "$SOCKET" reader 1 \
		    '/api/v1/users?format=csv' <"$BATS_TEST_TMPDIR/go" \
		    >"$BATS_TEST_TMPDIR/$i" 3>&- 8>&- &
		pids+=($!)
		((i > 1)) || exec 8>"$BATS_TEST_TMPDIR/go"
		await waiting reader "$i"
	done
	ask /healthz | jq -e '.status == "ok"'
	ask /api/v1/users | jq -e '.meta.total > 20000'
	# All of them still wait: nobody had to wait for one.
	waiting reader 4
	is "$(sql -c "SELECT count(*) FROM pg_stat_activity
	    WHERE application_name = 'cccp.fcgi'
	    AND state LIKE 'idle in transaction%'")" 0
	exec 8>&-
	wait "${pids[@]}"
	for i in {1..4}; do
		is "$(tail -n 1 "$BATS_TEST_TMPDIR/$i")" whole
	done
	await waiting reader 0
}

@test "exports take half of the workers, and the rest is told to wait" {
	coproc LOCK { psql -Xq 2>&1; }
	local lock=$LOCK_PID out=${LOCK[0]} in=${LOCK[1]} line client health try
	echo 'BEGIN; LOCK TABLE cccp.agent; SELECT 1;' >&"$in"
	until [[ $line == *'(1 row)'* ]]; do
		read -r -t 60 -u "$out" line
	done
	# Once more where the statement of the first ended, by its time-out,
	# before all was asked.
	for try in {1..20}; do
		fetch '/api/v1/users?format=csv' >"$BATS_TEST_TMPDIR/first" 3>&- &
		client=$!
		await locked
		run fetch '/api/v1/users?format=ndjson'
		health=$(fetch /healthz)
		if locked; then break; fi
		wait "$client"
	done
	((try < 20))
	eval "exec $in>&-"
	wait "$lock" || :
	wait "$client"
	[[ $health == 'Status: 200 '* ]]
	[[ ${lines[0]} == 'Status: 503 '* && $output == *'Retry-After: '* ]]
	jq -e '.type == "urn:cccp-board:problem:too-many-exports"' \
	    <<<"$(body <<<"$output")"
	[[ $(fetch '/api/v1/users?format=csv') == 'Status: 200 '* ]]
}

# Does a statement of the handler wait for a lock?
locked() {
	[ "$(sql -c "SELECT count(*) FROM pg_stat_activity
	    WHERE application_name = 'cccp.fcgi'
	    AND wait_event_type = 'Lock'")" -gt 0 ]
}
