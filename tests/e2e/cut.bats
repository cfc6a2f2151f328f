#!/usr/bin/env bats
#
# The host of the writing poller loses its network, so that no connection is
# closed: the database frees its lock, and the waiting poller takes over.  Each
# runs in a network namespace of its own, where those can be made.

bats_require_minimum_version 1.5.0
load ../await

setup() {
	BUILD=${BUILD:-build/release}
	tmp=$BATS_TEST_TMPDIR
	logs=("$tmp"/{first,second,inner.log})
	patience=120
	unset CCCP_SOURCES
	((EUID == 0)) || skip "a network of its own takes root"
	unshare -nm true 2>/dev/null || skip "no namespaces here"
}

teardown() {
	[[ ! ${INNER-} ]] || { kill "$INNER" && wait "$INNER"; } 2>/dev/null
	:
}

snapshot() {
	printf '{"users": [{"id": "1", "login": "zoe", "name": "%s"}],
	    "queues": [], "calls": [], "call_history": [], "error": null}' \
	    "$1" >"$tmp/new.json"
	mv "$tmp/new.json" "$tmp/users.json"
}

# As the test's network sees it; the database is there.
inside() { nsenter -t "$INNER" -n "$@"; }
sql() { psql -XAtq -h "$(<"$tmp/pg")" -U postgres -d cccp -c "$1"; }

@test "a writer that is cut off is followed by who waits" {
	local began first
	snapshot before
	cat >"$tmp/inner" <<-'EOT'
		set -e
		tmp=$1
		. tests/pg.sh
		ip link set lo up
		PG_SETTINGS="listen_addresses = '*'" pg_start
		unshare -n sh -c 'echo; exec sleep 900' >"$tmp/other" &
		other=$!
		# The shell's own trap stops the database when it exits.
		trap 'kill $(jobs -p); pg_stop' EXIT
		until [ -s "$tmp/other" ]; do sleep 0.1; done
		ip link add here type veth peer name there netns $other
		ip address add 192.0.2.1/24 dev here
		ip link set here up
		nsenter -t $other -n ip address add 192.0.2.2/24 dev there
		nsenter -t $other -n ip link set there up
		echo 'host all all 192.0.2.0/24 trust' >>"$PG_DIR/data/pg_hba.conf"
		psql -Xqc 'SELECT pg_reload_conf()' >/dev/null
		nsenter -t $other -n "$BUILD/cccp-poller" -f \
		    -d "host=192.0.2.1 dbname=cccp user=cccp_poller" \
		    "demo=exec:/bin/cat $tmp/users.json" 2>"$tmp/first" &
		echo $! >"$tmp/first.pid"
		until grep -q 'demo: live' "$tmp/first"; do sleep 0.1; done
		until [ "$(psql -XAtc "SELECT count(*) FROM cccp.agent")" = 1 ]; do
			sleep 0.1
		done
		PGUSER=cccp_poller "$BUILD/cccp-poller" -f \
		    "demo=exec:/bin/cat $tmp/users.json" 2>"$tmp/second" &
		echo "$PG_DIR" >"$tmp/pg"
		wait
		EOT
	export BUILD CCCP_INTERVAL_DEMO=1
	unshare -nm bash "$tmp/inner" "$tmp" >"$tmp/inner.log" 2>&1 3>&- &
	INNER=$!
	touch "$tmp/first" "$tmp/second"
	await 'grep -q "demo: another poller writes" "$tmp/second"'
	await 'test -s "$tmp/pg"'

	inside ip link set here down
	began=$SECONDS
	snapshot after
	await 'grep -q "demo: the other poller has gone: taking over" "$tmp/second"'
	echo "# after $((SECONDS - began)) s" >&3
	await '[ "$(sql "SELECT name FROM cccp.agent")" = after ]'
	first=$(<"$tmp/first.pid")
	kill -0 "$first"

	# And the first one, back again, waits in its turn.
	inside ip link set here up
	await 'grep -q "demo: another poller writes" "$tmp/first"'
	run ! grep 'taking over' "$tmp/first"
}
