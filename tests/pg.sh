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

# Sets PG_BIN to the newest server programs, 15 or later, and has psql found
# there: Debian's own is a Perl script that takes longer than most statements.
pg_find() {
	local dir version

	PG_BIN=
	for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr) \
	    $(dirname "$(command -v postgres || echo /nonexistent/x)"); do
		[[ -x $dir/postgres && -x $dir/initdb ]] || continue
		version=$("$dir/postgres" --version | sed 's/.*) //; s/[^0-9].*//')
		((version >= 15)) || continue
		PG_BIN=$dir
		[[ :$PATH: == *:$dir:* ]] || export PATH=$dir:$PATH
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
	local file

	[[ ${PG_DIR-} ]] || return 0
	for file in "$PG_DIR"/*/postmaster.pid; do
		[[ ! -e $file ]] || pg_as "$PG_BIN/pg_ctl" -D "${file%/*}" \
		    -m immediate -w stop >/dev/null 2>&1
	done
	rm -rf "$PG_DIR"
	PG_DIR=
}

# Runs the server on the data in $1, with a socket in $2 and more options for
# pg_ctl.  bats waits for whoever holds its descriptor 3.
pg_serve() {
	local data=$1 socket=$2

	shift 2
	pg_as "$PG_BIN/pg_ctl" -D "$data" -l "$socket/log" -w -t 120 "$@" start \
	    >>"$socket/start" 2>&1 3>&- || {
		cat "$socket"/{start,log} >&2
		return 1
	}
}

# Makes the folder $1: the data of a stopped cluster with the database cccp,
# which is empty or has the schema in it, as $2 says.
pg_make() {
	local data=$1 settings

	if [[ $2 == empty ]]; then
		pg_as "$PG_BIN/initdb" -D "$data" -U postgres -A trust -E UTF8 \
		    --locale=C.UTF-8 --no-sync --wal-segsize=1 \
		    >"$PG_DIR/start" 2>&1 ||
		    { cat "$PG_DIR/start" >&2; return 1; }
		# It need not survive a crash of the machine.
		printf '%s = off\n' fsync full_page_writes \
		    >>"$data/postgresql.conf"
	else
		pg_copy empty "$data" || return
	fi
	settings="-c listen_addresses= -c unix_socket_directories=$PG_DIR"
	settings+=" -c port=5432 -c log_min_messages=warning"
	pg_serve "$data" "$PG_DIR" -o "$settings" || return
	if [[ $2 == empty ]]; then
		"$PG_BIN/createdb" cccp
	else
		"$PG_ROOT/sql/migrate" >/dev/null
	fi || return
	pg_as "$PG_BIN/pg_ctl" -D "$data" -m fast -w stop >>"$PG_DIR/start"
}

# Copies the data of a cluster, $1 as above, to the folder $2.  What it copies
# from is made once for each day, each text of the schema and each user, and
# lies in build/clusters: initdb and migrate take longer than most tests.
pg_copy() {
	local kept=$PG_ROOT/build/clusters key

	mkdir -p "$kept" 2>/dev/null
	[[ -w $kept ]] || { pg_make "$2" "$1"; return; }
	key=$1-$EUID-$(date -u +%F)-$({ "$PG_BIN/postgres" --version
	    cat "$PG_ROOT"/{tests/pg.sh,sql/migrate,sql/*/*.sql}; } |
	    sha256sum | cut -c1-16) || return
	if [[ ! -e $kept/$key ]]; then
		pg_copy_lock "$kept/lock-$EUID-$1" "$kept" "$key" "$1" || return
	fi
	cp -a "$kept/$key" "$2"
}

# One at a time makes what is kept; the others wait.  Older ones are removed.
pg_copy_lock() (
	exec 9>"$1" && flock 9 || exit
	[[ ! -e $2/$3 ]] || exit 0
	find "$2" -maxdepth 1 -name "$4-*" -mmin +60 -exec rm -rf {} +
	pg_make "$PG_DIR/$4" "$4" 9>&- && cp -a "$PG_DIR/$4" "$2/$3.$$" &&
	mv -T "$2/$3.$$" "$2/$3" && rm -rf "${PG_DIR:?}/$4"
)

pg_start() {
	local tmp=${TMPDIR:-/tmp} kind=schema

	[[ ${PG_SCHEMA-} != no ]] || kind=empty
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

	export PGHOST=$PG_DIR PGPORT=5432 PGUSER=postgres PGDATABASE=cccp
	export CCCP_ALLOW_ROOT=yes	# who runs a test runs the programs
	unset PGHOSTADDR PGSERVICE PGPASSFILE PGPASSWORD PGSSLMODE
	pg_copy "$kind" "$PG_DIR/data" || return
	cat >>"$PG_DIR/data/postgresql.conf" <<-END || return
		listen_addresses = ''
		unix_socket_directories = '$PG_DIR'
		port = 5432
		max_connections = 200
		log_min_messages = warning
		${PG_SETTINGS-}
	END
	pg_serve "$PG_DIR/data" "$PG_DIR"
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
