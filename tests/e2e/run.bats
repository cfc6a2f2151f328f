#!/usr/bin/env bats
#
# make run: it says where the board is and who may see it, only this machine
# can, and it ends with all that it has started.

bats_require_minimum_version 1.5.0
load ../await

setup() {
	# As root, a folder where nobody but root may write, and $DIR beside it.
	export TMPDIR=$BATS_TEST_TMPDIR/own
	mkdir -m 755 "$TMPDIR"
	DIR=$BATS_TEST_TMPDIR/board
	logs=("$BATS_TEST_TMPDIR/said")
	unset CCCP_SOURCES SOURCES
	export PORT=0
}

teardown() {
	tests/stack/stack clean "$DIR" || :
}

# Addresses that a port is listened to on, as /proc has them.
addresses() {
	awk -v port="$(printf %04X "$1")" '$4 == "0A" {
		split($2, at, ":")
		if (at[2] == port)
			print at[1]
	}' /proc/net/tcp /proc/net/tcp6
}

@test "it is open to this machine only, and says so" {
	local url port pid pids
	tests/stack/stack run "$DIR" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	pid=$!
	await 'grep -q "the board is at" "$BATS_TEST_TMPDIR/said"'
	cat "$BATS_TEST_TMPDIR/said"
	url=$(grep -o 'http://127.0.0.1:[0-9]*/' "$BATS_TEST_TMPDIR/said" | head -n 1)
	grep -q 'open to this machine only, without a' "$BATS_TEST_TMPDIR/said"
	grep -q 'its agents are made up' "$BATS_TEST_TMPDIR/said"
	port=${url%/} port=${port##*:}
	[ "$(addresses "$port")" = 0100007F ]
	curl -fsS "$url" | grep -q '<title>'
	await "curl -fsS '${url}api/v1/users' | jq -e '.meta.total > 100'"
	# Answers that the web server keeps in files before it sends them.
	curl -fsS "${url}api/v1/users?per_page=500" |
	    jq -e '.users | length > 400'
	pids=$(awk '{ print $1 }' "$DIR"/pid/*)
	[ "$(wc -w <<<"$pids")" -eq 5 ]
	kill "$pid"
	# Longer than it takes to kill each part that does not stop.
	patience=350 await "! kill -0 $pid" || {
		ps -ef --forest
		return 1
	}
	wait "$pid"
	for pid in $pids; do
		run ! kill -0 "$pid"
	done
	[ -z "$(addresses "$port")" ]
}

# as NAME PASSWORD PATH [OPTION ...]: asks as a user, whose password is in no
# argument.
as() {
	curl -sS -K <(printf 'user = "%s:%s"\n' "$1" "$2") "${@:4}" "$url$3"
}

role() {
	jq -r '.me | "\(.role) \(.anonymous)"'
}

# The names and passwords that a text has.
passwords() {
	sed -nE 's/^  (mur|lecteur|superviseur|admin|auditeur) +([^ ]+) .*/\1 \2/p'
}

stack() {
	COPY=yes SIM_ARGS='--agents 60 --queues 4 --events 5' \
	    tests/stack/stack "$1" "$DIR" >"$BATS_TEST_TMPDIR/said" 2>&1 || {
		cat "$BATS_TEST_TMPDIR/said"
		return 1
	}
	url=$(sed -n 's|.*\(http://127.0.0.1:[0-9]*/\).*|\1|p' \
	    "$BATS_TEST_TMPDIR/said" | head -n 1)
}

@test "with USERS=1 one signs in as a user of each role, else as nobody" {
	local name password expected team turn
	for turn in 1 2; do
		USERS=1 stack start
		passwords <"$BATS_TEST_TMPDIR/said" >"$BATS_TEST_TMPDIR/users"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/users")" -eq 5 ]
		while read -r name expected <&3; do
			password=$(sed -n "s/^$name //p" "$BATS_TEST_TMPDIR/users")
			[ "$(as "$name" "$password" api/v1/me | role)" = \
			    "$expected false" ]
			[ "$(as "$name" "${password}x" api/v1/me -o /dev/null \
			    -w '%{http_code}')" = 401 ]
			run ! grep -rqF "$password" "$DIR"/log
			run ! grep -aqF "$password" /proc/[0-9]*/cmdline
		done 3<<-'END'
			mur wall
			lecteur reader
			superviseur supervisor
			admin admin
			auditeur auditor
			END
		# The supervisor has one team, which has users.
		password=$(sed -n 's/^superviseur //p' "$BATS_TEST_TMPDIR/users")
		team=$(as superviseur "$password" api/v1/me | jq -r .me.scope.team)
		grep -q "all of the team $team\$" "$BATS_TEST_TMPDIR/said"
		as superviseur "$password" 'api/v1/users?per_page=500' |
		    jq -e --arg team "$team" '.users | length > 0 and
		    all(.team == $team)'
		for name in '' api/v1/me metrics js/main.js; do
			[ "$(curl -sS -o /dev/null -w '%{http_code}' \
			    "$url$name")" = 401 ]
		done
		curl -fsS "${url}healthz"
		tests/stack/stack status "$DIR" | passwords |
		    diff - "$BATS_TEST_TMPDIR/users"
		# Another handler asks for the same.
		tests/stack/stack restart "$DIR" handler
		password=$(sed -n 's/^mur //p' "$BATS_TEST_TMPDIR/users")
		await "[ \"\$(as mur $password api/v1/me | role)\" = \"wall false\" ]"
		tests/stack/stack stop "$DIR"
		[ ! -e "$DIR/users" ]
		[ "$turn" = 1 ] || continue

		stack start
		[ "$(curl -sS "${url}api/v1/me" | role)" = 'admin true' ]
		[ -z "$(passwords <"$BATS_TEST_TMPDIR/said")" ]
		# Whatever a client says, nobody signs in here.
		[ "$(as mur x api/v1/me | role)" = 'admin true' ]
		tests/stack/stack stop "$DIR"
	done
	run ! env USERS=yes tests/stack/stack start "$DIR"
}
