#!/usr/bin/env bats
#
# The handler behind HAProxy, by its sample.

load stand

setup_file() {
	server_start
}

teardown_file() {
	stand_stop
}

web() {
	local port=$1 mount=$2 where=$3
	sample haproxy.cfg -e "s|\^()|^($mount)|" \
	    -e "s|server handler \([0-9]\)|server handler 127.0.0.1:\1|"
	[[ -z $mount ]] ||
	    sed -i 's|#\(http-request\)|\1|' "$WEBROOT/haproxy.cfg"
	if [[ ${TLS-} ]]; then
		tls_files -5
		sample tls/haproxy.cfg -e '/user zoe/d'
		sed -i "/^userlist/r "<(sed 's/^/user /; s/:/ password /' \
		    "$WEBROOT/etc/users") "$WEBROOT/tls/haproxy.cfg"
		cat "$WEBROOT/tls/haproxy.cfg" >>"$WEBROOT/haproxy.cfg"
	fi
	become haproxy -db -f "$WEBROOT/haproxy.cfg"
}

@test "HAProxy at /, by a unix socket: the same answers, and the slow harm nobody" {
	check_same '' "$SOCKET"
	check_slow
}

@test "HAProxy at /board/, by TCP: the same answers, and events at once" {
	tcp_start
	check_same /board "$TCP"
	check_events
}

@test "HAProxy: nobody gets in by what a client says" {
	check_closed /board
}

@test "HAProxy with TLS and passwords: users and groups, and nobody forges them" {
	behind_tls
	check_sign_in
}
