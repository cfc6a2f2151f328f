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
	[[ ! ${BASIC-} ]] ||
	    sed -i 's|^#/:zoe:.*|/:zoe:s3same|' "$WEBROOT/busybox.conf"
	cgi_program "$WEBROOT/cgi-bin"
	become busybox httpd -f -p "127.0.0.1:$port" -h "$WEBROOT" \
	    -c "$WEBROOT/busybox.conf"
}

@test "busybox httpd: the same answers, but for what its sample says" {
	check_same /cgi-bin/cccp.cgi "$SOCKET" cgi parameters \
	    'the page' 'the page, compressed' 'the page, unchanged' \
	    'the page, its head' 'users, unchanged' 'users, any answer will do' \
	    'users, a query beyond' \
	    'a user, UTF-8 and a slash' 'a grant, changed since'
	is "$(ask /index.html | head -n 1)" '<!doctype html>'
	check_no_events
	check_slow
}

@test "busybox httpd: nobody gets in" {
	check_closed /cgi-bin/cccp.cgi any-host
}

@test "busybox httpd with a password: the user, and nobody forges another" {
	local me
	BASIC=yes CCCP_ANONYMOUS=none behind /cgi-bin/cccp.cgi "$SOCKET"
	me=$(ask /api/v1/me -u zoe:s3same)
	is "$(jq -c '.me | [.user, .groups]' <<<"$me")" '["zoe",[]]'
	is "$(forge "$URL/api/v1/me" -sS -u zoe:s3same | sort -u)" "$me"
	is "$(curl -sS -o /dev/null -w '%{http_code}' "$URL/healthz")" 401
}
