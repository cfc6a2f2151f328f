#!/usr/bin/env bats
#
# How the handler starts: its options, and the sockets that it opens or is given.

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

state() {
	fetch "$1" | sed -n '1s/^Status: \(...\).*/\1/p'
}

@test "the command line is checked, and says what it wants" {
	run "$FCGI" -h
	is "$status" 0
	[[ ${lines[0]} == 'usage: cccp.fcgi '* ]]
	run "$FCGI" -V
	is "$status" 0
	[[ $output =~ ^cccp.fcgi\ [0-9.]+$ ]]
	run "$FCGI" -x
	is "$status" 2
	[[ $output == *'usage: '* ]]
	run "$FCGI" more
	is "$status" 2
	local bad
	for bad in '-t 0' '-t 65' '-t 4x' '-t -1' '-t 99999999999999999999' \
	    '-m 888' '-m 1000' '-m rw' '-c -1' '-c 65537' '-c x'; do
		run "$FCGI" ${bad%% *} "${bad#* }" -s "$SOCKET"
		is "$status" 2
		[[ $output == *"${bad% *}"*must\ be* ]]
	done
	run "$FCGI" -d "$STAND/nowhere" -s "$SOCKET"
	is "$status" 2
	[[ $output == *"$STAND/nowhere"* ]]
	run "$FCGI" -d "$STAND/secret.txt" -s "$SOCKET"
	is "$status" 2
	CCCP_ANONYMOUS=everybody run "$FCGI" -d "$HTDOCS" -s "$SOCKET"
	is "$status" 2
}

@test "with nothing to serve it says so" {
	run env -u REQUEST_METHOD "$FCGI" -d "$HTDOCS" </dev/null
	is "$status" 2
	[[ $output == *'-s'*'REQUEST_METHOD'* ]]
}

@test "a socket left behind is replaced, one in use is not" {
	handler_start
	run "$FCGI" -s "$SOCKET" -d "$HTDOCS"
	is "$status" 1
	[[ $output == *"$SOCKET: another program answers there" ]]
	is "$(state /healthz)" 200
	is "$(stat -c %a "$SOCKET")" 660
	kill -KILL "$HANDLER"
	wait "$HANDLER" || :
	[[ -S $SOCKET ]]
	handler_start -m 600
	is "$(stat -c %a "$SOCKET")" 600
	end "$HANDLER"
	[[ ! -e $SOCKET ]]
	echo precious >"$STAND/file"
	run "$FCGI" -s "$STAND/file" -d "$HTDOCS"
	is "$status" 2
	is "$(<"$STAND/file")" precious
	run "$FCGI" -s "$STAND/nowhere/x.sock" -d "$HTDOCS"
	is "$status" 1
	run "$FCGI" -s "/tmp/$(printf 'a%.0s' {1..120})" -d "$HTDOCS"
	is "$status" 2
	[[ $output == *'longer than 107 bytes'* ]]
}

@test "it listens on a port as well" {
	local port try
	for try in {1..20}; do
		port=$((20000 + RANDOM % 12000))
		"$FCGI" -f -s "127.0.0.1:$port" -d "$HTDOCS" 3>&- \
		    2>>"$STAND/handler.log" &
		HANDLER=$!
		await bash -c "(: </dev/tcp/127.0.0.1/$port) ||
		    [[ ! -e /proc/$HANDLER ]]"
		kill -0 "$HANDLER" 2>/dev/null && break
	done
	SOCKET=$port
	is "$(state /healthz)" 200
	end "$HANDLER"
	unset HANDLER
	run "$FCGI" -s 127.0.0.1:http -d "$HTDOCS"
	is "$status" 2
	run "$FCGI" -s :9000 -d "$HTDOCS"
	is "$status" 2
	[[ $output == *'needs a host'* ]]
}

# Runs a program whose standard input listens at a path, as spawn-fcgi does.
hand() {
	exec perl -MSocket -e 'my $path = shift;
		socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
		bind($s, sockaddr_un($path)) or die "bind: $!";
		listen($s, 128) or die "listen: $!";
		open(STDIN, "<&", $s) or die "dup: $!";
		exec(@ARGV) or die "exec: $!"' "$@"
}

@test "it serves the socket that is its standard input" {
	CCCP_ANONYMOUS=admin PGUSER=cccp_web hand "$STAND/given.sock" \
	    "$FCGI" -f -d "$HTDOCS" 3>&- 2>>"$STAND/handler.log" &
	HANDLER=$!
	SOCKET=$STAND/given.sock
	await listens "$SOCKET"
	is "$(state /api/v1/users)" 200
	kill "$HANDLER"
	wait "$HANDLER"
	unset HANDLER
	[[ -S $SOCKET ]]		# not ours to remove
}

@test "spawn-fcgi starts it" {
	CCCP_ANONYMOUS=admin PGUSER=cccp_web spawn-fcgi -n \
	    -s "$STAND/spawned.sock" -- "$FCGI" -f -d "$HTDOCS" 3>&- \
	    2>>"$STAND/handler.log" </dev/null >/dev/null &
	HANDLER=$!
	SOCKET=$STAND/spawned.sock
	await listens "$SOCKET"
	is "$(state /api/v1/users)" 200
}

# Runs a program with a listening socket as descriptor 3 (or N of them), as
# systemd does: activate N PATH PROGRAM ...
activate() {
	exec perl -MSocket -MPOSIX=dup2 -e 'my ($n, $path) = splice(@ARGV, 0, 2);
		$^F = 3 + $n;
		for my $i (0 .. $n - 1) {
			socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
			bind($s, sockaddr_un($i ? "$path$i" : $path)) or die $!;
			listen($s, 128) or die "listen: $!";
			dup2(fileno($s), 3 + $i) // die "dup2: $!";
		}
		@ENV{"LISTEN_PID", "LISTEN_FDS"} = ($$, $n);
		exec(@ARGV) or die "exec: $!"' "$@"
}

@test "it serves the socket that a service manager passes" {
	CCCP_ANONYMOUS=admin PGUSER=cccp_web activate 1 "$STAND/passed.sock" \
	    "$FCGI" -f -d "$HTDOCS" 2>>"$STAND/handler.log" </dev/null &
	HANDLER=$!
	SOCKET=$STAND/passed.sock
	await listens "$SOCKET"
	is "$(state /api/v1/users)" 200
	kill "$HANDLER"
	wait "$HANDLER"
	unset HANDLER
	[[ -S $SOCKET ]]		# not ours to remove

	run activate 2 "$STAND/two.sock" "$FCGI" -d "$HTDOCS" </dev/null
	is "$status" 2
	[[ $output == *'needs one listening stream socket'* ]]
	run activate 1 "$STAND/three.sock" "$FCGI" -s "$SOCKET" -d "$HTDOCS" \
	    </dev/null
	is "$status" 2
	[[ $output == *'one is too many'* ]]
	# Meant for another process: as if there were none.
	LISTEN_PID=1 LISTEN_FDS=1 run env -u REQUEST_METHOD "$FCGI" \
	    -d "$HTDOCS" </dev/null
	is "$status" 2
	[[ $output == *'nothing to serve'* ]]
}

@test "systemd starts it with the first request" {
	local port try
	command -v systemd-socket-activate >/dev/null ||
	    skip 'no systemd-socket-activate'
	systemd-socket-activate -l "$STAND/systemd.sock" \
	    -E CCCP_ANONYMOUS=admin -E PGUSER=cccp_web -E PGHOST="$PGHOST" \
	    -E PGPORT="$PGPORT" -E PGDATABASE="$PGDATABASE" \
	    -E CCCP_ALLOW_ROOT=yes "$FCGI" -f -d "$HTDOCS" 3>&- \
	    2>>"$STAND/handler.log" </dev/null &
	HANDLER=$!
	SOCKET=$STAND/systemd.sock
	await listens "$SOCKET"
	is "$(state /api/v1/users)" 200
	is "$(state /healthz)" 200
}

@test "root is refused unless it was allowed" {
	((EUID == 0)) || skip 'for root'
	local word
	for word in '' no; do
		CCCP_ALLOW_ROOT=$word run "$FCGI" -s "$STAND/root.sock" \
		    -d "$HTDOCS"
		is "$status" 2
		[[ $output == *'this is root'*'CCCP_ALLOW_ROOT=yes'* ]]
		[[ ! -e $STAND/root.sock ]]
		CCCP_ALLOW_ROOT=$word run cgi /api/v1/users
		[[ ${lines[0]} == 'Status: 500 '* ]]
		jq -e '.type == "urn:cccp-board:problem:runs-as-root" and
		    (.detail | contains("CCCP_ALLOW_ROOT=yes"))' \
		    <<<"$(body <<<"$output")"
	done
	CCCP_ALLOW_ROOT=maybe run "$FCGI" -s "$STAND/root.sock" -d "$HTDOCS"
	is "$status" 2
	[[ $output == *'must be yes or no'* ]]
	# Nobody may do it, whatever is allowed.
	run pg_as env -u CCCP_ALLOW_ROOT PGUSER=cccp_web REQUEST_METHOD=GET \
	    PATH_INFO=/healthz "$FCGI" -d "$HTDOCS" </dev/null
	[[ ${lines[0]} == 'Status: 200 '* || $output == *'ermission denied'* ]]
}

@test "a signal while it starts is not lost" {
	local i
	for i in {1..10}; do
		"$FCGI" -s "$SOCKET" -d "$HTDOCS" 3>&- &
		HANDLER=$!
		await test -S "$SOCKET"
		kill "$HANDLER"
		wait "$HANDLER"
	done
	unset HANDLER
	[[ ! -e $SOCKET ]]
}
