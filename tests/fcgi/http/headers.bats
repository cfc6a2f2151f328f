#!/usr/bin/env bats
#
# Every answer, of each route and each error, has the headers that protect a
# browser.  Scripts and styles have no Content-Security-Policy: browsers ignore
# it there.

load ../stand

setup_file() {
	stand_start
	handler_start -t 2
}

teardown_file() {
	stand_stop
}

# One header of what is on standard input.
header() {
	sed -n "1,/^\r\$/s/^$1: \(.*\)\r\$/\1/p"
}

# safe STATUS POLICY: standard input is an answer of that status, and safe: it
# has each of the headers just once.
safe() {
	is "$(awk '
	    NR == 1 { status = substr($0, 9, 3) }
	    { sub(/\r$/, "") }
	    $0 == "" { body = 1 }
	    !body && (at = index($0, ": ")) > 0 {
		name = substr($0, 1, at - 1)
		seen[name] = seen[name] "[" substr($0, at + 2) "]"
	    }
	    END { print status, seen["X-Content-Type-Options"] \
		seen["Referrer-Policy"] seen["Cross-Origin-Resource-Policy"] \
		seen["Content-Security-Policy"] }')" \
	    "$1 [nosniff][no-referrer][same-origin]${2:+[$2]}"
}

NOTHING="default-src 'none'; frame-ancestors 'none'"
PAGE="default-src 'none'; script-src 'self'; style-src 'self'; \
img-src 'self' data:; font-src 'self'; connect-src 'self'; \
manifest-src 'self'; base-uri 'none'; form-action 'self'; \
frame-ancestors 'none'"

# The routes as they are in the program's table.
routes() {
	sed -n 's/^	{ "\(\/[^"]*\)".*/\1/p' "$ROOT/fcgi/route.c"
}

@test "a picture that is opened by itself is a page" {
	mkdir -p "$HTDOCS/img"
	echo '<svg xmlns="http://www.w3.org/2000/svg"/>' >"$HTDOCS/img/icon.svg"
	fetch /img/icon.svg | safe 200 "$PAGE"
}

@test "every route, by CGI and FastCGI" {
	local path policy query get n=0
	for path in $(routes); do
		case $path in
		/) policy=$PAGE ;;
		/\{asset\}) policy= ;;	# a script, which is no document
		*) policy=$NOTHING ;;
		esac
		path=${path/\{asset\}/js/main.js}
		path=${path/\{source\}\/\{login\}/prod/u001}
		path=${path/\{source\}\/\{name\}/prod/accueil}
		path=${path/\{id\}/1}
		query= get=200
		case $path in
		*/forget) get=405 ;;		# it only writes
		*/access-log | */export/user) get=403 ;;	# for auditors
		esac
		[[ $path != */user ]] || query='source=prod&login=u001'
		[[ $path != */queue ]] || query='source=prod&name=accueil'
		if [[ $path == /api/v1/events ]]; then
			node "$CLIENT" events "$SOCKET" hello |
			    safe 200 "$policy"
			cgi "$path" | safe 501 "$policy"
		else
			fetch "$path${query:+?$query}" | safe "$get" "$policy"
			cgi "$path" "$query" | safe "$get" "$policy"
		fi
		cgi "$path" '' REQUEST_METHOD=PATCH | safe 405 "$NOTHING"
		n=$((n + 1))
	done
	((n >= 18))
}

@test "every format, HEAD, and what has not changed" {
	local path tag
	for path in /api/v1/users /api/v1/queues /api/v1/calls; do
		for format in csv ndjson; do
			fetch "$path?format=$format" | safe 200 "$NOTHING"
		done
		cgi "$path" '' REQUEST_METHOD=HEAD | safe 200 "$NOTHING"
		tag=$(cgi "$path" | header ETag)
		cgi "$path" '' HTTP_IF_NONE_MATCH="$tag" | safe 304 "$NOTHING"
	done
	tag=$(cgi / | header ETag)
	cgi / '' HTTP_IF_NONE_MATCH="$tag" | safe 304 "$PAGE"
	tag=$(cgi / '' HTTP_ACCEPT_ENCODING=gzip | tr -d '\0' | header ETag)
	cgi / '' HTTP_ACCEPT_ENCODING=gzip HTTP_IF_NONE_MATCH="$tag" |
	    safe 304 "$PAGE"
}

@test "every error" {
	cgi /api/v1/users x=1 | safe 400 "$NOTHING"
	CCCP_ANONYMOUS=none cgi /api/v1/users | safe 401 "$NOTHING"
	cgi /nothing | safe 404 "$NOTHING"
	cgi /api/v1/users/prod/nobody | safe 404 "$NOTHING"
	cgi /api/v1/users '' HTTP_ACCEPT=text/html | safe 406 "$NOTHING"
	cgi /api/v1/users generation=1 | safe 409 "$NOTHING"
	cgi "/$(printf 'x%.0s' {1..1025})" | safe 414 "$NOTHING"
	cgi /api/v1/users '' HTTP_ACCEPT="$(printf 'x%.0s' {1..4097})" |
	    safe 431 "$NOTHING"
	cgi '' '' SCRIPT_NAME=/board/cccp.fcgi | safe 308 "$NOTHING"
	cgi /api/v1/users '' PGDATABASE=nowhere | safe 503 "$NOTHING"
	cgi /readyz '' PGDATABASE=nowhere | safe 503 "$NOTHING"
	sql -c 'REVOKE SELECT ON cccp_web.queue FROM cccp_web'
	cgi /api/v1/queues >"$STAND/failed"
	sql -c 'GRANT SELECT ON cccp_web.queue TO cccp_web'
	safe 500 "$NOTHING" <"$STAND/failed"
}
