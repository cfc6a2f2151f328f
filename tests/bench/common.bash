# What the parts of make bench share: each sources it first.
#
# $DIR is the part's own and goes with it, and so does all that was started
# here.  BENCH_ROUNDS is how often a figure is taken; its median is shown.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
BUILD=${BUILD:-build/release}
ROUNDS=${BENCH_ROUNDS:-3}
# shellcheck source=tests/pg.sh
. tests/pg.sh
# shellcheck source=tests/await.bash
. tests/await.bash
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
	patience=60 await test -s "$DIR/port" ||
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
	patience=300 await synced "$1" ||
	    fail "the poller does not follow: $(tail -n 1 "$DIR/poller.log")"
}

# --- FastCGI's least ---------------------------------------------------------

# Sets HELLO, the URL of hello behind a web server of its own, HELLO_PIDS: bytes.
start_hello() {
	local port web
	rm -f "$DIR/hello.sock"
	"$BUILD/hello" "$DIR/hello.sock" 4 "${1:-12}" >"$DIR/hello.log" 2>&1 &
	HELLO_PIDS=($!)
	PIDS+=($!)
	patience=60 await test -S "$DIR/hello.sock" || fail "hello does not start"
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
			curl -fsS -o /dev/null "$HELLO" 2>/dev/null && {
				HELLO_PIDS+=("$web")
				return
			}
			sleep 0.1
		done
	done
	fail "lighttpd does not start"
}

stop_hello() {
	local pid
	for pid in "${HELLO_PIDS[@]}"; do end "$pid"; done
}

# --- What a request costs ----------------------------------------------------

# Time that processes, and their children that have ended (CGI), have had on a
# processor, in microseconds; +PID is one with its children that live.
cpu_us() {
	local pid
	for pid; do
		[[ $pid != +* ]] || pgrep -P "${pid#+}" || :
		echo "${pid#+}"
	done | while read -r pid; do
		sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null || :
	done | awk -v hz="$(getconf CLK_TCK)" '{ t += $12 + $13 + $14 + $15 }
	    END { printf "%.0f\n", t * 1e6 / hz }'
}

# measure NAME HEADER URL PROCESS ...: adds requests/s, p50 and p99 in
# milliseconds, and the processes' microseconds a request to a file.
measure() {
	local before after
	before=$(cpu_us "${@:4}")
	wrk -t1 -c8 -d"${BENCH_SECONDS:-4}s" --latency -H "$2" "$3" >"$DIR/wrk"
	after=$(cpu_us "${@:4}")
	if grep -q 'Non-2xx' "$DIR/wrk"; then
		cat "$DIR/wrk" >&2
		exit 1
	fi
	awk -v cpu=$((after - before)) '
	    function ms(t) {
		return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000
	    }
	    $1 == "50%" { p50 = ms($2) } $1 == "99%" { p99 = ms($2) }
	    / requests in / { n = $1 } /^Requests\/sec/ { rate = $2 }
	    END { print rate, p50, p99, cpu / n }' "$DIR/wrk" >>"$DIR/$1"
}

# The median of a column of what was measured: name, column.
median_of() { cut -d' ' -f"$2" "$DIR/$1" | median; }

# Of two names, in a column.
ratio_of() {
	awk -v a="$(median_of "$1" "$3")" -v b="$(median_of "$2" "$3")" \
	    'BEGIN { print (b > 0 ? a / b : 0) }'
}

# A line: name, what it is, and the name that it is a ratio to.
report_head() {
	printf '%-44s %8s %6s %7s %7s %8s\n' "$1" req/s ratio p50ms p99ms cpu-us
}
report_of() {
	printf '%-44s %8.0f %6.2f %7.2f %7.2f %8.1f\n' "$2" \
	    "$(median_of "$1" 1)" "$(ratio_of "$1" "$3" 1)" \
	    "$(median_of "$1" 2)" "$(median_of "$1" 3)" "$(median_of "$1" 4)"
}
