#!/usr/bin/env bats
#
# What keeps a browser safe is on every answer: each route, each error; but that
# scripts and styles have no policy, which nobody would read.

load ../stand

setup_file() {
	stand_start
	handler_start -t 2
}

teardown_file() {
	stand_stop
}

# One header of what is on standard input, which must be there just once.
header() {
	sed -n "1,/^\r\$/s/^$1: \(.*\)\r\$/\1/p"
}

# safe STATUS POLICY: standard input is an answer of that status, and safe.
safe() {
	local text
	text=$(cat)
	is "${text:8:3}" "$1" &&
	is "$(header X-Content-Type-Options <<<"$text")" nosniff &&
	is "$(header Referrer-Policy <<<"$text")" no-referrer &&
	is "$(header Cross-Origin-Resource-Policy <<<"$text")" same-origin &&
	is "$(header Content-Security-Policy <<<"$text")" "$2"
}

NOTHING="default-src 'none'; frame-ancestors 'none'"
PAGE="default-src 'none'; script-src 'self'; style-src 'self'; \
img-src 'self' data:; font-src 'self'; connect-src 'self'; \
manifest-src 'self'; base-uri 'none'; form-action 'self'; \
frame-ancestors 'none'"

fetch() {
	node "$CLIENT" get "$SOCKET" "$1"
}

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
	local path policy n=0
	for path in $(routes); do
		case $path in
		/) policy=$PAGE ;;
		/\{asset\}) policy= ;;	# a script, which is no document
		*) policy=$NOTHING ;;
		esac
		path=${path/\{asset\}/js/main.js}
		path=${path/\{source\}\/\{login\}/prod/u001}
		path=${path/\{source\}\/\{name\}/prod/accueil}
		if [[ $path == /api/v1/events ]]; then
			node "$CLIENT" events "$SOCKET" hello |
			    safe 200 "$policy"
			cgi "$path" | safe 501 "$policy"
		else
			fetch "$path" | safe 200 "$policy"
			cgi "$path" | safe 200 "$policy"
		fi
		cgi "$path" '' REQUEST_METHOD=POST | safe 405 "$NOTHING"
		n=$((n + 1))
	done
	((n >= 11))
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
	sql -c 'REVOKE SELECT ON cccp_v1.queue FROM cccp_web'
	cgi /api/v1/queues >"$STAND/failed"
	sql -c 'GRANT SELECT ON cccp_v1.queue TO cccp_web'
	safe 500 "$NOTHING" <"$STAND/failed"
}
