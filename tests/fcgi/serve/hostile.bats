#!/usr/bin/env bats
#
# Hostile requests: none makes the handler fail, show internals, or write.

load ../stand

setup_file() {
	stand_start
}

teardown_file() {
	stand_stop
}

teardown() {
	if [[ -n ${HANDLER-} ]]; then
		end "$HANDLER" || :
		unset HANDLER
	fi
}

@test "thousands of hostile requests, and none does harm" {
	handler_start -n 100
	echo 'what nobody may read' >"$STAND/secret.txt"
	run node "$ROOT/tests/fcgi/serve/hostile.mjs" "$SOCKET" nobody "$STAND" \
	    "$PG_DIR" "$ROOT" 3>&-
	echo "$output" | head -n 40 >&2
	is "$status" 0
	jq -e '.requests > 1000 and .wrong == 0 and .status["200"] > 500 and
	    .status["400"] > 500 and .status["404"] > 300 and
	    .status["414"] > 50' <<<"$output"
	# It is the same process, it works, and it has logged nothing odd.
	kill -0 "$HANDLER"
	[[ $(fetch /api/v1/users) == 'Status: 200 '* ]]
	run grep -vE '^cccp\.fcgi\[[0-9]+\]: (ready|access \{.*\}$|request [0-9a-f]{16}: 4[0-9]{2} [a-z-]+, [!-~]*$|PostgreSQL: SQLSTATE [0-9A-Z]{5}: refused|PostgreSQL: connected again)' \
	    "$STAND/handler.log"
	is "$output" ''
	# Nor did the database have to complain of its statements.
	run grep -E 'syntax error|does not exist|permission denied' "$PG_DIR/log"
	is "$output" ''
}

@test "what came from outside cannot forge a line of the log" {
	local path log
	for path in $'/api/v1/users/prod/a\x1b[31m' $'/api/v1/users/prod/a\nb' \
	    $'/api/v1/users/prod/\u009b31m' $'/api/v1/users/prod/\u2028x'; do
		log=$(env CCCP_ANONYMOUS=admin PGUSER=cccp_web \
		    REQUEST_METHOD=GET PATH_INFO="$path" \
		    REMOTE_USER=$'zoe\ncccp.fcgi[1]: forged\x1b[2J' \
		    "$FCGI" -f -d "$HTDOCS" 2>&1 >"$STAND/answer" </dev/null) ||
		    return
		run grep -vE '^cccp\.fcgi\[[0-9]+\]: [ -~]+$' <<<"$log"
		is "$output" ''
		[[ $log != *forged* ]]
	done
	[[ $log == *'/api/v1/users/prod/%E2%80%A8x' ]]
}

@test "a statement that waits too long for a lock is a 503 that says so" {
	handler_start -t 1 -c 0
	[[ $(fetch /api/v1/users) == 'Status: 200 '* ]]
	coproc LOCK { psql -Xq 2>&1; }
	local lock=$LOCK_PID out=${LOCK[0]} in=${LOCK[1]} line
	echo 'BEGIN; LOCK TABLE cccp.agent; SELECT 1;' >&"$in"
	until [[ $line == *'(1 row)'* ]]; do
		read -r -t 60 -u "$out" line
	done
	run fetch /api/v1/users
	eval "exec $in>&-"
	wait "$lock" || :
	[[ ${lines[0]} == 'Status: 503 '* ]]
	[[ $output == *'Retry-After: '* ]]
	jq -e '.type == "urn:cccp-board:problem:database-unavailable"' \
	    <<<"$(body <<<"$output")"
	grep -q 'SQLSTATE 55P03: .*lock timeout' "$STAND/handler.log"
	[[ $(fetch /api/v1/users) == 'Status: 200 '* ]]
}

@test "even with the right to, its statements write nothing" {
	handler_start -t 1 -c 0
	[[ $(fetch /api/v1/sources) == 'Status: 200 '* ]]
	sql <<-'EOF2'
		CREATE TABLE public.written (id int);
		CREATE FUNCTION public.writes() RETURNS boolean
		LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
			INSERT INTO public.written VALUES (1);
			RETURN true;
		END $$;
		ALTER VIEW cccp_web.queue RENAME TO queue_old;
		CREATE VIEW cccp_web.queue AS
		SELECT * FROM cccp_web.queue_old WHERE public.writes();
		GRANT SELECT ON cccp_web.queue TO cccp_web;
	EOF2
	run fetch /api/v1/queues
	local export
	export=$(fetch '/api/v1/queues?format=csv')
	local written
	written=$(sql -c 'SELECT count(*) FROM public.written')
	sql -c 'DROP VIEW cccp_web.queue; DROP FUNCTION public.writes();
	    DROP TABLE public.written;
	    ALTER VIEW cccp_web.queue_old RENAME TO queue'
	is "$written" 0
	[[ ${lines[0]} == 'Status: 500 '* && $export == 'Status: 500 '* ]]
	grep -q 'SQLSTATE 25006' "$STAND/handler.log"
}
