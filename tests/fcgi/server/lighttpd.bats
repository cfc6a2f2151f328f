#!/usr/bin/env bats
#
# The handler behind lighttpd, by its samples: FastCGI and CGI.

load stand

setup_file() {
	server_start
}

teardown_file() {
	stand_stop
}

web() {
	local port=$1 mount=$2 where=$3 conf=lighttpd.conf
	export CCCP_PORT=$port CCCP_SOCKET=$where
	if [[ ${CGI-} ]]; then
		conf=lighttpd-cgi.conf
		cgi_program "$WEBROOT/cgi-bin"
		sample $conf -e "s|/usr/lib/cgi-bin|$WEBROOT/cgi-bin|"
		[[ -z $mount ]] || sed -i -e 's|#\(url.redirect\)|\1|' \
		    -e "s|(\"/\" => \(.*\)/\")|(\"$mount\" => \1\")|" \
		    "$WEBROOT/$conf"
	else
		sample $conf
		[[ -z $mount ]] || sed -i -e 's|#\(url.redirect\)|\1|' \
		    -e "s|(\"/\" => ((|(\"$mount\" => ((|" "$WEBROOT/$conf"
		[[ $where = /* ]] || sed -i "s|\"socket\" => .*|\"host\" => \"127.0.0.1\", \"port\" => $where,|" \
		    "$WEBROOT/$conf"
	fi
	if [[ ${TLS-} ]]; then
		tls_files -6
		conf=tls/lighttpd.conf
		cp "$SERVER/tls/lighttpd-groups.lua" "$WEBROOT/tls/"
		sed -i "s|/etc/cccp-web|$WEBROOT/etc|" \
		    "$WEBROOT/tls/lighttpd-groups.lua"
		sample $conf -e "s|/usr/local/share/cccp/server|$WEBROOT|"
	fi
	become env CCCP_HTDOCS="$HTDOCS" lighttpd -D -f "$WEBROOT/$conf"
}

@test "lighttpd at /, by a unix socket: the same answers, and the slow harm nobody" {
	check_same '' "$SOCKET"
	check_slow
}

@test "lighttpd at /board/, by TCP: the same answers, and events at once" {
	tcp_start
	check_same /board "$TCP"
	check_events
}

@test "lighttpd: nobody gets in by what a client says" {
	check_closed /board
}

@test "lighttpd with a CGI program, at /: the same answers" {
	CGI=yes check_same '' "$SOCKET" cgi
}

@test "lighttpd with a CGI program, at /board/: the same answers, no events, and the slow harm nobody" {
	CGI=yes check_same /board "$SOCKET" cgi paths
	check_no_events
	check_slow
}

@test "lighttpd with a CGI program: nobody gets in" {
	CGI=yes check_closed /board
}

@test "lighttpd with TLS and passwords: users and groups, and nobody forges them" {
	behind_tls
	check_sign_in
}
