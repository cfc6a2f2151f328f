#!/bin/bash
#
# A throwaway PostgreSQL cluster with the schema in it, for any test.
#
#	tests/pg.sh command [argument ...]	runs the command with it
#
# or, in a bash test:
#
#	. tests/pg.sh
#	pg_start		# stopped and removed when the shell exits
#
# Either way PGHOST, PGPORT, PGUSER (a superuser) and PGDATABASE point at it.
# It listens on a unix socket in its own directory only, which is also where
# its log is ($PG_DIR/log).  As root it runs as the user nobody.  A shell
# that has an EXIT trap of its own already must call pg_stop there itself.
#
# PG_SCHEMA=no leaves the database empty; PG_SETTINGS holds more lines for
# postgresql.conf.

PG_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Sets PG_BIN to the newest server programs, 15 or later.
pg_find() {
	local dir version

	PG_BIN=
	for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr) \
	    $(dirname "$(command -v postgres || echo /nonexistent/x)"); do
		[[ -x $dir/postgres && -x $dir/initdb ]] || continue
		version=$("$dir/postgres" --version | sed 's/.*) //; s/[^0-9].*//')
		((version >= 15)) || continue
		PG_BIN=$dir
		return 0
	done
	echo "tests/pg.sh: PostgreSQL 15 or later is not installed" >&2
	return 1
}

# Runs a server program as somebody who may, from a folder they may enter.
pg_as() (
	cd / || exit
	if ((EUID == 0)); then
		exec setpriv --reuid=nobody --regid="$(id -g nobody)" \
		    --clear-groups env HOME="$PG_DIR" "$@"
	fi
	exec "$@"
)

pg_stop() {
	[[ ${PG_DIR-} ]] || return 0
	if [[ -e $PG_DIR/data/postmaster.pid ]]; then
		pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate -w \
		    stop >/dev/null 2>&1
	fi
	rm -rf "$PG_DIR"
	PG_DIR=
}

pg_start() {
	local tmp=${TMPDIR:-/tmp}

	pg_find || return
	((${#tmp} <= 60)) || tmp=/tmp	# a socket's path has 107 bytes
	PG_DIR=$(mktemp -d "$tmp/cccp-pg.XXXXXX") || return
	if [[ -z $(trap -p EXIT) ]]; then
		trap pg_stop EXIT
		trap 'exit 129' HUP
		trap 'exit 130' INT
		trap 'exit 143' TERM
	fi
	chmod 755 "$PG_DIR"
	((EUID != 0)) || chown nobody "$PG_DIR" || return

	pg_as "$PG_BIN/initdb" -D "$PG_DIR/data" -U postgres -A trust -E UTF8 \
	    --locale=C.UTF-8 --no-sync >"$PG_DIR/start" 2>&1 &&
	cat >>"$PG_DIR/data/postgresql.conf" <<-END &&
		listen_addresses = ''
		unix_socket_directories = '$PG_DIR'
		port = 5432
		fsync = off
		full_page_writes = off
		max_connections = 200
		log_min_messages = warning
		${PG_SETTINGS-}
	END
	# bats waits for whoever holds its descriptor 3.
	pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -l "$PG_DIR/log" -w -t 120 \
	    start >>"$PG_DIR/start" 2>&1 3>&- || {
		cat "$PG_DIR"/{start,log} >&2
		return 1
	}
	export PGHOST=$PG_DIR PGPORT=5432 PGUSER=postgres PGDATABASE=cccp
	export CCCP_ALLOW_ROOT=yes	# who runs a test runs the programs
	unset PGHOSTADDR PGSERVICE PGPASSFILE PGPASSWORD PGSSLMODE
	"$PG_BIN/createdb" cccp || return
	[[ ${PG_SCHEMA-} == no ]] || "$PG_ROOT/sql/migrate" >/dev/null
}

# As a command: the child gets our signals, we keep its exit status.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	(($#)) || { echo "usage: tests/pg.sh command [argument ...]" >&2; exit 2; }
	pg_start || exit 1
	"$@" <&0 &
	pg_child=$!
	trap 'kill -HUP $pg_child 2>/dev/null' HUP
	trap 'kill -INT $pg_child 2>/dev/null' INT
	trap 'kill -TERM $pg_child 2>/dev/null' TERM
	while :; do
		wait "$pg_child"
		pg_status=$?
		kill -0 "$pg_child" 2>/dev/null || break
	done
	exit "$pg_status"
fi
