# What the parts of make bench share: each sources it first.
#
# $DIR is the part's own and goes with it, and so does all that was started
# here.  BENCH_ROUNDS is how often a figure is taken; its median is shown.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
BUILD=${BUILD:-build/release}
ROUNDS=${BENCH_ROUNDS:-3}
# shellcheck source=tests/pg.sh
. tests/pg.sh
DIR=$(mktemp -d /tmp/cccp-bench.XXXXXX)
chmod 755 "$DIR"
PIDS=()

stop() {
	local board pid
	for board in "$DIR"/board*; do
		[[ ! -e $board ]] || tests/stack/stack clean "$board"
	done
	for pid in "${PIDS[@]}"; do end "$pid"; done
	pg_stop
	rm -rf "$DIR"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Ends a program that was started here, if it has not ended.
end() {
	kill -9 "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
}

fail() {
	echo "bench: $*" >&2
	exit 1
}

need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || fail \
		    "$tool is not installed: tests/stack/deps build run bench"
	done
}

median() { sort -n | sed -n "$(((ROUNDS + 1) / 2))p"; }

sql() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }

# Tries a command until it succeeds: seconds, command ...
until_true() {
	local last=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < last)) || return 1
		sleep 0.1
	done
}

# --- A whole board -----------------------------------------------------------

# Starts one: name (board...), the simulator's arguments.
start() {
	PORT=0 SIM_ARGS="--seed 5 $2" tests/stack/stack start "$DIR/$1" >/dev/null
}

url() { sed -n 's/^URL=//p' "$DIR/$1/env"; }

# --- Or its parts, on the cluster of pg_start --------------------------------

# Sets SIM and SIM_PORT: agents, other arguments ...
start_sim() {
	rm -f "$DIR/port"
	"$BUILD/cccp-sim" --port 0 --port-file "$DIR/port" --agents "$1" \
	    --seed 5 "${@:2}" >"$DIR/sim.log" 2>&1 &
	SIM=$!
	PIDS+=("$SIM")
	until_true 60 test -s "$DIR/port" ||
	    fail "the simulator does not start: $(tail -n 1 "$DIR/sim.log")"
	SIM_PORT=$(<"$DIR/port")
}

synced() {
	[[ $(sql -c "SELECT count(*) FROM cccp.source WHERE status = 'live'
	    AND last_sync > '$STARTED'
	    AND (SELECT count(*) FROM cccp.agent) >= $1") == 1 ]]
}

# Sets POLLER, which follows SIM and has written so many agents.
start_poller() {
	STARTED=$(sql -c 'SELECT clock_timestamp()')
	PGUSER=cccp_poller "$BUILD/cccp-poller" -f "demo=cccp://u:p@127.0.0.1:$SIM_PORT" \
	    >"$DIR/poller.log" 2>&1 &
	POLLER=$!
	PIDS+=("$POLLER")
	until_true 300 synced "$1" ||
	    fail "the poller does not follow: $(tail -n 1 "$DIR/poller.log")"
}

# --- FastCGI's least ---------------------------------------------------------

# Sets HELLO, the URL of hello behind a web server of its own.
start_hello() {
	local port web
	"$BUILD/hello" "$DIR/hello.sock" >"$DIR/hello.log" 2>&1 &
	PIDS+=($!)
	until_true 60 test -S "$DIR/hello.sock" || fail "hello does not start"
	chmod 777 "$DIR/hello.sock"
	for _ in $(seq 50); do
		port=$((33000 + RANDOM % 9000))
		CCCP_PORT=$port CCCP_SOCKET=$DIR/hello.sock CCCP_HTDOCS=$DIR \
		    lighttpd -D -f fcgi/server/lighttpd.conf 2>"$DIR/web.log" &
		web=$!
		PIDS+=("$web")
		for _ in $(seq 50); do
			kill -0 "$web" 2>/dev/null || break
			HELLO=http://127.0.0.1:$port/
			curl -fsS -o /dev/null "$HELLO" 2>/dev/null && return
			sleep 0.1
		done
	done
	fail "lighttpd does not start"
}

# Requests a second of one URL.
rate() {
	wrk -t1 -c8 -d"${BENCH_SECONDS:-4}s" "$1" >"$DIR/wrk"
	! grep 'Non-2xx' "$DIR/wrk" >&2 || exit 1
	sed -n 's/^Requests\/sec: *//p' "$DIR/wrk"
}

# Prints a figure and its ratio to hello: name, requests/s, hello's.
report_rate() {
	awk -v name="$1" -v own="$2" -v hello="$3" 'BEGIN {
		printf "%-46s %8.0f %6.2f\n", name, own, own / hello }'
}
