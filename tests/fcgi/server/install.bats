#!/usr/bin/env bats
#
# make install: all is there, works from there, and goes again.

load ../stand

setup_file() {
	export DEST=$BATS_FILE_TMPDIR/dest
	chmod 755 "$BATS_FILE_TMPDIR"
	make_install DESTDIR="$DEST" install-built
	PG_SCHEMA=no pg_start 3>&-
	export PG_DIR PG_BIN
}

# What is built is what is under test: nothing is compiled here.
make_install() {
	MAKEFLAGS='' make -C "$ROOT" -s BUILD="$BUILD" "$@" >/dev/null 3>&-
}

teardown_file() {
	pg_stop
}

files() {
	(cd "$1" && find . ! -type d | sort)
}

@test "all of it is there, and nothing else" {
	local share=./usr/local/share
	diff <(files "$DEST") <(
		{ printf './usr/local/sbin/%s\n' cccp-poller cccp.fcgi \
		    cccp-doctor cccp-migrate
		  printf './usr/local/lib/systemd/system/%s\n' \
		    cccp-poller.service cccp-fcgi.{service,socket}
		  printf "$share/man/%s\n" man8/cccp-poller.8 \
		    man8/cccp.fcgi.8 man8/cccp-doctor.8 man7/cccp-protocol.7
		  echo $share/cccp/sql/migrate
		  cd "$ROOT" || exit
		  printf "$share/cccp/%s\n" sql/{tables,code}/*.sql
		  find htdocs -type f ! -name README.md | sed "s|^|$share/cccp/|"
		  find fcgi/server -type f ! -name 'cccp-fcgi.*' |
		    sed "s|^fcgi/|$share/cccp/|"
		} | sort)
	[[ -x $DEST/usr/local/sbin/cccp.fcgi ]]
	[[ -x $DEST/usr/local/sbin/cccp-doctor ]]
	[[ -x $DEST/usr/local/sbin/cccp-poller ]]
	[[ -z $(find "$DEST" -perm /022 ! -type l) ]]
}

@test "another prefix is told to whoever reads it" {
	local dest=$BATS_TEST_TMPDIR/dest
	make_install DESTDIR="$dest" PREFIX=/opt/cccp install-built
	is "$(files "$dest" | sed 's|/opt/cccp|/usr/local|')" "$(files "$DEST")"
	run grep -rlI /usr/local "$dest" --exclude-dir=htdocs
	is "$output" ''
	grep -q '^ExecStart=/opt/cccp/sbin/cccp.fcgi' \
	    "$dest/opt/cccp/lib/systemd/system/cccp-fcgi.service"
}

@test "an older version's files do not stay" {
	touch "$DEST/usr/local/share/cccp/sql/code/98-later.sql"
	make_install DESTDIR="$DEST" install-built
	[[ ! -e $DEST/usr/local/share/cccp/sql/code/98-later.sql ]]
}

# Runs a command where the installed tree is /usr/local.
installed() {
	unshare --mount -- bash -c 'mount --bind "$DEST/usr/local" /usr/local &&
	    exec "$@"' - "$@"
}

@test "the installed programs make a board" {
	installed true 2>/dev/null || skip 'mounting takes root'
	installed /usr/local/sbin/cccp-migrate
	installed /usr/local/sbin/cccp-migrate --check
	PGUSER=cccp_poller installed /usr/local/sbin/cccp-poller -1 \
	    "old=exec:/bin/cat $ROOT/tests/data/bridge/bridge-output.txt"
	run installed env PGUSER=cccp_web CCCP_ANONYMOUS=admin \
	    REQUEST_METHOD=GET PATH_INFO=/api/v1/users \
	    /usr/local/sbin/cccp.fcgi </dev/null
	[[ ${lines[0]} == 'Status: 200 '* ]]
	jq -e '.meta.filtered == 4' <<<"$(body <<<"$output")" >/dev/null
	# The page is found without -d.
	installed env PGUSER=cccp_web REQUEST_METHOD=GET PATH_INFO=/ \
	    /usr/local/sbin/cccp.fcgi </dev/null | body |
	    cmp - "$ROOT/htdocs/index.html"
	run installed env -u PGUSER LC_ALL=C /usr/local/sbin/cccp-doctor
	grep -qx 'ok      page: /usr/local/share/cccp/htdocs' <<<"$output"
	grep -qx 'ok      rights: cccp_web reads all that is needed' \
	    <<<"$output"
}

@test "the units are right, and shut in" {
	local unit
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	for unit in "$DEST"/usr/local/lib/systemd/system/*; do
		sed "s|/usr/local|$DEST/usr/local|" "$unit" \
		    >"$BATS_TEST_TMPDIR/${unit##*/}"
	done
	cd "$BATS_TEST_TMPDIR"
	touch poller.env
	sed -i "s|/etc/cccp|$BATS_TEST_TMPDIR|" ./*.service
	run systemd-analyze verify --man=no ./cccp-poller.service \
	    ./cccp-fcgi.socket ./cccp-fcgi.service
	is "$output" ''
	is "$status" 0
	for unit in cccp-poller cccp-fcgi; do
		systemd-analyze security --offline=true --threshold=20 \
		    --no-pager "./$unit.service" >security || {
			tail -n 1 security >&2
			return 1
		}
	done
}

# All values of a setting in a unit.
setting() {
	sed -n "s/^$2=//p" "$DEST/usr/local/lib/systemd/system/$1"
}

# The statuses of the programs are tested in serve/start.bats and
# poller/options.bats.
@test "no number of failures ends a unit, and wrong settings are not retried" {
	local unit post=$BATS_TEST_TMPDIR/post
	for unit in cccp-poller cccp-fcgi; do
		is "$(setting $unit.service StartLimitIntervalSec)" 0
		is "$(setting $unit.service RestartPreventExitStatus)" 2
		(($(setting $unit.service RestartSec) >= 1))
	done
	# What the socket starts is delayed, but only after wrong settings.
	setting cccp-fcgi.service ExecStopPost |
	    sed "s|^/bin/sh -c '\(.*\)'\$|\1|; s/exec sleep 5/echo waits/; s/[\$][\$]/\$/" \
	    >"$post"
	is "$(EXIT_STATUS=2 sh "$post")" waits
	is "$(EXIT_STATUS=1 sh "$post")" ''
	is "$(EXIT_STATUS=TERM sh "$post")" ''
}

@test "make uninstall leaves nothing" {
	make_install DESTDIR="$DEST" uninstall
	is "$(files "$DEST")" ''
	[[ ! -e $DEST/usr/local/share/cccp ]]
}
