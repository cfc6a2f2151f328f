#!/usr/bin/env bats
#
# Name servers and hosts that never answer hold up nobody else.  In a network
# of its own, where that can be made.

bats_require_minimum_version 1.5.0
load ../../await

setup() {
	BUILD=${BUILD:-build/release}
	. tests/pg.sh
	tmp=$BATS_TEST_TMPDIR
	logs=("$tmp/log")
	patience=120
	unset CCCP_SOURCES
	((EUID == 0)) || skip "a network of its own takes root"
	unshare -nm true 2>/dev/null || skip "no namespaces here"
}

teardown() {
	local pid
	for pid in ${INNER-} ${NAMES-}; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	pg_stop
	:
}

sql() { psql -XAtqc "$1"; }

# Was the live one flushed while this black hole was waited for, the 10 seconds
# before its last error?
goes_on() {
	[ "$(sql "SELECT count(*) >= 3 FROM cccp.sync f
	    JOIN cccp.source d ON d.source_id = f.source_id AND d.name = 'demo'
	    JOIN cccp.source s ON s.name = '$1' AND f.at
		BETWEEN s.error_at - interval '9 s' AND s.error_at")" = t ]
}

@test "a name server and a host that never answer" {
	local source
	pg_start
	echo 'nameserver 127.0.0.1' >"$tmp/resolv.conf"
	echo 'hosts: dns' >"$tmp/nsswitch.conf"
	cat >"$tmp/inner" <<-'EOT'
		set -e
		ip link set lo up
		ip link add hole0 type veth peer name hole1
		ip address add 192.0.2.1/24 dev hole0
		ip link set hole0 up
		ip link set hole1 up
		# Somebody there who takes all that is sent, and says nothing.
		ip neigh add 192.0.2.99 lladdr 02:00:00:00:00:99 dev hole0
		mount --bind "$1/resolv.conf" /etc/resolv.conf
		mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf
		node -e 'require("dgram").createSocket("udp4").bind(53,
		    "127.0.0.1", () => console.log("up"))' >"$1/names" &
		trap 'kill $(jobs -p)' EXIT
		trap exit TERM
		"$BUILD/cccp-sim" --port 0 --port-file "$1/port" --agents 50 \
		    --queues 4 --events 20 --list-socket "$1/sim" &
		until [ -s "$1/port" ] && [ -s "$1/names" ]; do sleep 0.1; done
		PGUSER=cccp_poller "$BUILD/cccp-poller" -f -i 10 \
		    -d "host=db.example,$PGHOST port=5432,5432" \
		    "names=cccp://u:p@dispatch.example" \
		    "web=http://web.example/x.json?interval=1" \
		    "host=cccp://u:p@192.0.2.99" \
		    "demo=cccp://u:p@127.0.0.1:$(cat "$1/port")" 2>"$1/log" &
		wait
		EOT
	export BUILD
	unshare -nm bash "$tmp/inner" "$tmp" 3>&- &
	INNER=$!
	export SIM_SOCKET=$tmp/sim
	await 'grep -q "demo: live" "$tmp/log"'
	# Each is given up in time, with words that tell which.
	await 'grep -q "names: down: connect to dispatch.example" "$tmp/log"'
	await 'grep -q "web: down: " "$tmp/log"'
	await 'grep -q "host: down: connect to 192.0.2.99" "$tmp/log"'
	for source in names web host; do
		await "goes_on $source"
	done
	run ! grep 'demo: down' "$tmp/log"
}

# Without our limit the resolver, as configured here, takes 56 seconds.
@test "name servers that never answer hold a request up for 5 seconds" {
	local code=0
	pg_start
	printf '%s\n' 'search a.example' 'nameserver 127.0.0.1' \
	    'nameserver 127.0.0.2' 'nameserver 127.0.0.3' >"$tmp/resolv.conf"
	echo 'hosts: dns' >"$tmp/nsswitch.conf"
	cat >"$tmp/inner" <<-'EOT'
		set -e
		ip link set lo up
		mount --bind "$1/resolv.conf" /etc/resolv.conf
		mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf
		node -e 'let n = 3; for (const a of ["127.0.0.1", "127.0.0.2",
		    "127.0.0.3"]) require("dgram").createSocket("udp4").bind(53,
		    a, () => --n || console.log("up"))' >"$1/names" &
		trap 'kill $(jobs -p)' EXIT
		until [ -s "$1/names" ]; do sleep 0.1; done
		PGHOST=db.example,$PGHOST PGUSER=cccp_web CCCP_ANONYMOUS=admin \
		    REQUEST_METHOD=GET PATH_INFO=/api/v1/users \
		    timeout 40 "$BUILD/cccp.fcgi" -d htdocs >"$1/answer"
		EOT
	export BUILD
	unshare -nm bash "$tmp/inner" "$tmp" 2>"$tmp/log" 3>&- || code=$?
	cat "$tmp/log" "$tmp/answer"
	((code == 0))
	grep -q '^Status: 200' "$tmp/answer"
	grep -q '"users":\[\]' "$tmp/answer"
}
