#!/usr/bin/env bats
#
# The units under a real systemd: they start as README says, and neither crashes
# nor wrong settings end them for good.

load ../stand

MACHINE=$ROOT/tests/stack/machine

setup_file() {
	export BOX=$BATS_FILE_TMPDIR/machine
	mkdir "$BOX"
	"$MACHINE" boot "$BOX" >"$BOX/why" 2>&1 || skip "$(cat "$BOX/why")"
	there bash -c "cd '$ROOT' && MAKEFLAGS= make -s BUILD='$BUILD' \
	    install-built" >/dev/null
	# Peer authentication, as on a fresh Debian.
	there bash -euc "cd '$ROOT' && mkdir /run/pg && export TMPDIR=/run/pg
	    . tests/pg.sh
	    pg_start
	    trap - EXIT
	    printf 'local all postgres trust\nlocal all all peer\n' \
		>\$PG_DIR/data/pg_hba.conf
	    psql -Xqc 'SELECT pg_reload_conf()' >/dev/null
	    rm -rf /run/postgresql
	    ln -s \$PG_DIR /run/postgresql"
	there bash -euc 'mkdir -m 700 /etc/cccp
	    echo PGHOST=/run/postgresql >/etc/cccp/fcgi.env
	    cp /etc/cccp/fcgi.env /etc/cccp/poller.env
	    echo CCCP_SOURCES=prod=cccp://board:secret@127.0.0.1:20103 \
		>>/etc/cccp/poller.env
	    systemctl daemon-reload
	    systemctl enable --now cccp-poller cccp-fcgi.socket'
}

teardown_file() {
	[[ ! -e $BOX/pid ]] || "$MACHINE" stop "$BOX"
}

there() {
	"$MACHINE" run "$BOX" "$@"
}

# unit NAME PROPERTY
unit() {
	there systemctl show --value -p "$2" "$1"
}

answers() {
	there "$ROOT/tests/fcgi/fetch" /run/cccp/handler.sock "$@"
}

# From the database, which knows it as cccp_web.
healthy() {
	answers /api/v1/me REMOTE_USER=nora | tee /dev/stderr | grep -q '^Status: 200'
}

has() {
	unit "$1" "$2" | tee /dev/stderr | grep -qx "$3"
}

# The process of a unit, if it has another one than $2.
another() {
	local pid
	pid=$(unit "$1" MainPID)
	((pid != 0 && pid != $2)) && echo "$pid"
}

# Kills a unit's process as soon as it has another one than $2; says which.
crash() {
	local pid
	await another "$1" "$2"
	pid=$(another "$1" "$2")
	there kill -KILL "$pid"
	echo "$pid"
}

@test "they start, and read and write the database as their roles" {
	await healthy
	await has cccp-poller ActiveState active
	# The first flush of the source's status.
	await there bash -c 'psql -XAt -h /run/postgresql -U postgres cccp -c \
	    "SELECT error FROM cccp_v1.source" | tee /dev/stderr | grep -q 20103'
}

@test "six crashes in a row: the next request has its answer" {
	local pid=0 i
	for i in {1..6}; do
		answers /healthz >/dev/null || :
		pid=$(crash cccp-fcgi "$pid")
	done
	await has cccp-fcgi.socket ActiveState active
	await healthy
	pid=0
	for i in {1..6}; do
		pid=$(crash cccp-poller "$pid")
	done
	await has cccp-poller ActiveState active
	# However quickly they come.
	is "$(unit cccp-fcgi StartLimitIntervalUSec)" 0
	is "$(unit cccp-poller StartLimitIntervalUSec)" 0
}

@test "wrong settings: told once, and mended by the settings alone" {
	local i asked=()
	there bash -c 'echo CCCP_AUDIT=shut >>/etc/cccp/fcgi.env
	    echo CCCP_SOURCES=prod >>/etc/cccp/poller.env'
	there systemctl restart cccp-poller || :
	await has cccp-poller ActiveState failed
	is "$(unit cccp-poller NRestarts) $(unit cccp-poller ExecMainStatus)" \
	    '0 2'
	there systemctl kill -s KILL cccp-fcgi
	# Requests that start the handler again and again.
	for i in {1..30}; do
		answers /healthz >/dev/null 2>&1 3>&- &
		asked+=($!)
	done
	await has cccp-fcgi ExecMainStatus 2
	is "$(unit cccp-fcgi.socket ActiveState)" active
	there bash -c 'sed -i /shut/d /etc/cccp/fcgi.env
	    sed -i "\$d" /etc/cccp/poller.env'
	await healthy
	wait "${asked[@]}" || :
	there systemctl restart cccp-poller
	await has cccp-poller ActiveState active
}
