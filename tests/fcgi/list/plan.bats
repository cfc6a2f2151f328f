#!/usr/bin/env bats
#
# The plans of PostgreSQL for pages of 100 000 users: they use an index and read
# no more rows than the page needs, for first and for deep pages.

load ../stand

setup_file() {
	PG_SETTINGS="session_preload_libraries = 'auto_explain'
	    auto_explain.log_min_duration = 0
	    auto_explain.log_analyze = on
	    auto_explain.log_timing = off
	    max_parallel_workers_per_gather = 0" stand_start
	sql >/dev/null <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in VALUES ('gros', 'cccp://gros.example', 'live',
		    NULL, now(), 0, '4.2', true, true);
		INSERT INTO agent_in (login, name, profile, team, phone_uri, logged,
		    mode, present, seen_at)
		SELECT 'g' || i, (ARRAY['Agathe', 'Basile', 'Chloé', 'Damien'])[1 +
		    i % 4] || ' ' || md5(i::text), 'Profil_' || i % 20,
		    'Groupe ' || i % 300, 'tel:+3319900' || to_char(i % 10000,
		    'FM0000'), i % 3 > 0, 'inbound', true, now()
		FROM generate_series(1, 100000) AS i;
		SELECT * FROM cccp.flush();
		COMMIT;
		RESET ROLE;
		VACUUM ANALYZE cccp.agent, cccp.agent_now;
	EOF
	stay_fresh
	# Answers are not kept, but totals are.
	handler_start -t 1 -c 0
	web_start
}

teardown_file() {
	stand_stop
}

page() {
	ask "/api/v1/users?$1" >"$BATS_TEST_TMPDIR/page"
	jq -e '.users | length > 0' "$BATS_TEST_TMPDIR/page" >/dev/null || {
		head -c 1000 "$BATS_TEST_TMPDIR/page" >&2
		return 1
	}
}

# The plan of the page's rows, once its filter has been counted.
plan_of() {
	page "$1"
	: >"$PG_DIR/log"
	page "$1"
	# A plan is written when its statement has ended.
	await grep -q WITH\ ORDINALITY "$PG_DIR/log"
	awk '/^[^\t]/ { ours = 0; next }
	    /Query Text/ { ours = /WITH ORDINALITY/; next }
	    ours' "$PG_DIR/log" >"$BATS_TEST_TMPDIR/plan"
}

# flat QUERY ROWS: no step has more rows, none reads or sorts all.
flat() {
	plan_of "$1"
	perl -ne '
	    $bad = $_ if /Seq Scan on agent|Aggregate/;
	    if (/actual rows=([\d.]+) loops=(\d+)/) {
		$loops = $2;
		$most = $1 * $2 if $1 * $2 > $most;
	    }
	    $gone = $1 * $loops if /Rows Removed by .*: (\d+)/ &&
		$1 * $loops > $gone;
	    $n++;
	    END { print STDERR "most rows $most, removed $gone of $ARGV[0]\n";
		exit !($n && !defined $bad && $most + $gone <= shift @LIMIT) }
	    BEGIN { @LIMIT = (shift @ARGV) }' "$2" "$BATS_TEST_TMPDIR/plan" || {
		echo "$1" >&2
		cat "$BATS_TEST_TMPDIR/plan" >&2
		return 1
	}
}

@test "the first page reads the page" {
	flat '' 200
	flat 'sort=-name' 200
	flat 'sort=login&per_page=100' 300
	flat 'sort=-id' 200
}

# The query of the page that follows 10 000 users in an order: far more than the
# rows that flat() lets a step have.
deep() {
	node "$BATS_TEST_DIRNAME/walk.mjs" "$URL" deep /api/v1/users \
	    "per_page=500&fields=login&sort=$1" 20
}

@test "and so does one that is deep, by cursor" {
	local sort query
	for sort in name -login id; do
		query=$(deep $sort)
		flat "$query" 1600
	done
}

@test "what is rare is looked up" {
	flat 'q=abc12' 200
	flat 'q=abc1&sort=-login' 200
	flat 'q=0042+agathe' 1500	# 292 rows, joined with three sources
}

@test "what is common is met soon" {
	flat 'q=agathe' 1000
	flat 'q=a&sort=login' 1000
}

@test "a deep page by number walks an index, and shows its rows only" {
	plan_of 'page=1900'
	cat "$BATS_TEST_TMPDIR/plan"
	grep -q 'Index.* Scan using agent_name_idx' "$BATS_TEST_TMPDIR/plan"
	run grep -c 'Seq Scan on agent' "$BATS_TEST_TMPDIR/plan"
	is "$output" 0
	grep -Eq 'agent_pkey on agent a .*actual rows=1 loops=5[01]\)' \
	    "$BATS_TEST_TMPDIR/plan"
}

@test "time in state: the first of each state, wherever the page is" {
	local query
	flat 'sort=-state_seconds' 300
	flat 'sort=state_seconds' 300
	flat 'sort=-state_seconds&state=available' 200
	flat 'sort=-state_seconds&state=-available,-talking' 200
	query=$(deep -state_seconds)
	flat "$query" 2500
}

@test "an order that no index has takes the keys alone" {
	plan_of 'sort=-mode_since'
	grep -Eq 'Sort Method: top-N heapsort' "$BATS_TEST_TMPDIR/plan"
	grep -Eq 'agent_pkey on agent a .*actual rows=1 loops=5[01]\)' \
	    "$BATS_TEST_TMPDIR/plan"
}
