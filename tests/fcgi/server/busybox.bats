#!/usr/bin/env bats
#
# The handler as a CGI program of busybox httpd, by its sample.

load stand

setup_file() {
	server_start
}

teardown_file() {
	stand_stop
}

web() {
	local port=$1 mount=$2 where=$3
	sample busybox.conf
	cgi_program "$WEBROOT/cgi-bin"
	become busybox httpd -f -p "127.0.0.1:$port" -h "$WEBROOT" \
	    -c "$WEBROOT/busybox.conf"
}

@test "busybox httpd: the same answers, but for what its sample says" {
	behind /cgi-bin/cccp.cgi "$SOCKET"
	run node "$ROOT/tests/fcgi/server/same.mjs" "$URL" "$SOCKET" cgi \
	    'the page' 'the page, compressed' 'the page, unchanged' \
	    'the page, its head' 'users, unchanged' 'users, a query beyond' \
	    'a user, UTF-8 and a slash'
	is "$output" 'all the same'
	check_names parameters
	is "$(ask /index.html | head -n 1)" '<!doctype html>'
}

@test "busybox httpd: no events, and nobody gets in" {
	check_cgi /cgi-bin/cccp.cgi any-host
}

@test "busybox httpd: who takes nothing, or sends no body, harms nobody" {
	CGI=yes check_slow /cgi-bin/cccp.cgi "$SOCKET"
}
