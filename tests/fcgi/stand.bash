# A stand for the tests of the HTTP side: PostgreSQL with the users of
# users.sql, cccp.fcgi, lighttpd before it.  For bats: setup_file starts what
# it needs, teardown_file calls stand_stop.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export ROOT
: "${BUILD:=build/release}"
[[ $BUILD = /* ]] || BUILD=$ROOT/$BUILD
FCGI=$BUILD/cccp.fcgi
DOCTOR=$BUILD/cccp-doctor
SERVER=$ROOT/fcgi/server
CLIENT=$ROOT/tests/fcgi/fastcgi.mjs
CHANGE=$ROOT/tests/fcgi/change.sql

. "$ROOT/tests/pg.sh"
. "$ROOT/tests/await.bash"

stand_start() {
	STAND=$(mktemp -d "${TMPDIR:-/tmp}/cccp-stand.XXXXXX")
	HTDOCS=$STAND/htdocs SOCKET=$STAND/handler.sock
	export STAND HTDOCS SOCKET TZ=Europe/Paris PGTZ=Europe/Paris
	chmod 755 "$STAND"
	mkdir -p "$HTDOCS/js"
	{ printf '<!doctype html>\n<title>Tableau</title>\n'
	  printf '<p>%s</p>\n' {1..200}; } >"$HTDOCS/index.html"
	echo 'export const a = 1;' >"$HTDOCS/js/main.js"
	echo secret >"$STAND/secret.txt"
	ln -s ../secret.txt "$HTDOCS/link.txt"
	pg_start 3>&- || return
	export PG_DIR PG_BIN
	psql -Xq -v ON_ERROR_STOP=1 -f "$ROOT/tests/fcgi/users.sql"
}

# Has sources stay fresh, for tests that look at states for longer than a source
# may be silent: users would become unknown between two answers.
stay_fresh() {
	psql -Xq -v ON_ERROR_STOP=1 \
	    -c "UPDATE cccp.source SET stale_after = '1 day'"
}

# Does anybody listen there?  A socket's file alone does not tell.
listens() {
	perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
	    connect($s, sockaddr_un($ARGV[0])) or die' "$1"
}

# The handler, with options; HANDLER is its process, its log is handler.log.
handler_start() {
	CCCP_ANONYMOUS=${CCCP_ANONYMOUS-admin} PGUSER=cccp_web \
	    "$FCGI" -f -s "$SOCKET" -d "$HTDOCS" "$@" \
	    3>&- 2>>"$STAND/handler.log" &
	export HANDLER=$!
	await listens "$SOCKET"
}

# Ends a child of ours and says how it ended.
end() {
	kill "$1" 2>/dev/null
	wait "$1"
}

# lighttpd with a configuration, the sample where none is given, on a port that is
# free; sets WEB and URL.
web_start() {
	local try
	for try in {1..20}; do
		export CCCP_PORT=$((20000 + RANDOM % 12000))
		(: <"/dev/tcp/127.0.0.1/$CCCP_PORT") 2>/dev/null && continue
		CCCP_SOCKET=$SOCKET CCCP_HTDOCS=$HTDOCS lighttpd -D \
		    -f "${1-$SERVER/lighttpd.conf}" 3>&- \
		    >>"$STAND/lighttpd.log" 2>&1 &
		export WEB=$! URL=http://127.0.0.1:$CCCP_PORT
		await web_answers_or_gone
		kill -0 "$WEB" 2>/dev/null && return
	done
	return 1
}

web_answers_or_gone() {
	! kill -0 "$WEB" 2>/dev/null || curl -s -o /dev/null "$URL/"
}

stand_stop() {
	[[ -z ${WEB-} ]] || kill "$WEB" 2>/dev/null || :
	[[ -z ${HANDLER-} ]] || kill "$HANDLER" 2>/dev/null || :
	[[ -z ${HANDLER-} ]] ||
	    await bash -c "! kill -0 $HANDLER 2>/dev/null" || :
	if [[ -s ${STAND-}/handler.log ]] &&
	    grep -E 'Sanitizer|runtime error' "$STAND/handler.log" >&2; then
		pg_stop
		return 1
	fi
	pg_stop
	rm -rf "${STAND:?}"
}

# One request through lighttpd.
ask() {
	local path=$1
	shift
	curl -sS --max-time 60 --path-as-is "$@" "$URL$path"
}

# fetch PATH [NAME=value ...]: one request to the handler itself, by FastCGI.
fetch() {
	"$ROOT/tests/fcgi/fetch" "$SOCKET" "$@"
}

# cgi PATH [QUERY [NAME=value ...]]: one request to the program as CGI.
cgi() {
	local path=$1 query=${2-}
	shift $(($# < 2 ? $# : 2))
	env CCCP_ANONYMOUS="${CCCP_ANONYMOUS-admin}" PGUSER=cccp_web \
	    REQUEST_METHOD=GET PATH_INFO="$path" QUERY_STRING="$query" "$@" \
	    "$FCGI" -d "$HTDOCS" </dev/null
}

# The body of what cgi, or curl -i, gave.
body() {
	sed '1,/^\r$/d'
}

# is WHAT EXPECTED: compares, and shows both when they differ.
is() {
	[[ $1 == "$2" ]] || {
		printf 'got:      %s\nexpected: %s\n' "$1" "$2" >&2
		return 1
	}
}

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# One change of the data, by the poller's flush: zoe of lyon is idle, and has
# another name than before.
change() {
	sql -f "$CHANGE" >/dev/null
}

# The same with a given name.
rename() {
	sed "s/'Zoé ' || clock_timestamp()/:'name'/" "$CHANGE" |
	    sql -v name="$1" >/dev/null
}
