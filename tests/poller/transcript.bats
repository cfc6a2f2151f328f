#!/usr/bin/env bats
#
# The golden conversation with a real server, handed to snapshot and store,
# gives exactly the users, queues and calls that it holds: before its live
# changes and after them.

setup_file() {
	. tests/pg.sh
	pg_start
	export BUILD=${BUILD:-build/release} PG_DIR PG_BIN
	"$BUILD/replay" tests/data/cccp/transcript.txt \
	    "$BATS_FILE_TMPDIR/before.sql" "$BATS_FILE_TMPDIR/after.sql"
}

teardown_file() {
	. tests/pg.sh
	pg_find && PG_DIR=$PGHOST pg_stop
}

# The scripts hold the time of their making, the poller's flushes that of the
# flush, and so do these: otherwise the source's clock would seem to fall behind,
# which is a change.  Nor is the source ever silent for too long.
flush() {
	sed -E '/^golden\t/s/\t[0-9-]+ [0-9:.]+\+00/\tnow/g; s/^(golden\t.*\t)[0-9.]+$/\186400/' \
	    "$BATS_FILE_TMPDIR/$1.sql" |
	    PGUSER=cccp_poller psql -XAtq -v ON_ERROR_STOP=1
}

# Compares a query's rows, columns parted by "|", with standard input.
rows_are() {
	PGTZ=UTC psql -XAt -v ON_ERROR_STOP=1 -c "$1" \
	    >"$BATS_TEST_TMPDIR/rows"
	diff "$BATS_TEST_TMPDIR/rows" -
}

users="SELECT login, name, kind, profile, state, state_since, logged, mode,
    mode_label, mode_since, interface, task, task_label, task_started_at,
    task_managed_at, task_ended_at, busy_count, login_at, logout_at, phone_uri,
    phone, session_id, object_id, total_tasks, total_inbound, pause_seconds,
    call_queue, queues, team, contact_seconds_max
    FROM cccp.agent ORDER BY login"
queues="SELECT name, label, type, present, logged_sessions, working_sessions,
    withdrawn_sessions, running_tasks, waiting_tasks, managed_tasks,
    failed_tasks, oldest_waiting_at, waiting_seconds_max, priority
    FROM cccp.queue ORDER BY name"
calls="SELECT call_key, direction, session_id, queue_label, queue_type,
    agent_login, agent_profile, queued_at, unqueued_at, managed_at,
    post_managed_at, ended_at, lost FROM cccp.call ORDER BY call_key"
states="SELECT login, s.state, since, until FROM cccp.agent_state s
    JOIN cccp.agent USING (agent_id) ORDER BY login, since"

@test "before the live changes: users, queues, calls, intervals" {
	flush before
	rows_are "$users" <<-'EOF'
	agent1|Zoé Exemple|agent|Agent_default|talking|2026-03-02 08:05:16+00|t|inbound|Disponible|2026-03-02 08:00:11+00|inbound|appel|Appel entrant|2026-03-02 08:05:12+00|2026-03-02 08:05:16+00||1|2026-03-02 08:00:10.009999+00||sip:101@192.0.2.1|101|user_1@101.1770000000.Ccxml.demo-host|30|0|||Appel entrant|||
	agent2|Max Démo|agent|Agent_default|paused|2026-03-02 08:00:21+00|t|pause|Pause café|2026-03-02 08:00:21+00|inbound||libre||||0|2026-03-02 08:00:20.009999+00||sip:102@192.0.2.1|102|user_2@102.1770000000.Ccxml.demo-host|43|||0||||
	chef|Chef Fictif|supervisor|Superviseur_default|supervising|2026-03-02 08:00:31+00|t|supervision|Supervision|2026-03-02 08:00:31+00|supervision||libre||||0|2026-03-02 08:00:30.009999+00||sip:103@192.0.2.1|103|user_3@103.1770000000.Ccxml.demo-host|55|||||||
	EOF
	rows_are "$queues" <<-'EOF'
	accueil|Accueil général|queue|t|0|0|0|1|0|0|||0|
	support|Support technique|queue|t|0|0|0|1|1|||2026-03-02 08:05:01+00||
	virt|File virtuelle|virtual|t|0|0|0|0|0|||||
	EOF
	rows_are "$calls" <<-'EOF'
	task_1|inbound|session_1@501.1770000000.Ccxml.demo-host|Appel entrant|queue|agent1|Agent_default|2026-03-02 08:01:41+00|2026-03-02 08:01:55+00|2026-03-02 08:01:55+00|2026-03-02 08:03:20+00|2026-03-02 08:03:30+00|f
	task_2|inbound|session_2@502.1770000000.Ccxml.demo-host|Appel entrant|queue|||2026-03-02 08:05:01+00|||||f
	task_3|inbound|session_3@503.1770000000.Ccxml.demo-host|Appel entrant|queue|agent1|Agent_default|2026-03-02 08:05:11+00|2026-03-02 08:05:16+00|2026-03-02 08:05:16+00|||f
	EOF
	rows_are "$states" <<-'EOF'
	agent1|talking|2026-03-02 08:05:16+00|
	agent2|paused|2026-03-02 08:00:21+00|
	chef|supervising|2026-03-02 08:00:31+00|
	EOF
}

@test "the same again changes nothing" {
	run flush before
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} = *'|1|0' ]]
}

@test "after the live changes: users, queues, calls, intervals" {
	flush after
	rows_are "$users" <<-'EOF'
	agent1|Zoé Exemple|agent|Agent_default|offline|2026-03-03 08:00:20+00|f||||inbound|||2026-03-02 08:05:12+00|2026-03-02 08:05:16+00|2026-03-03 08:00:20.019999+00|0|2026-03-02 08:00:10.009999+00|2026-03-03 08:00:20+00|sip:101@192.0.2.1|101|user_1@101.1770000000.Ccxml.demo-host|30|0||||||
	agent2|Max Démo|agent|Agent_default|available|2026-03-03 08:00:10+00|t|inbound|Disponible|2026-03-03 08:00:10+00|inbound||libre||||0|2026-03-02 08:00:20.009999+00||sip:102@192.0.2.1|102|user_2@102.1770000000.Ccxml.demo-host|43|||0||||
	chef|Chef Fictif|supervisor|Superviseur_default|supervising|2026-03-02 08:00:31+00|t|supervision|Supervision|2026-03-02 08:00:31+00|supervision||libre||||0|2026-03-02 08:00:30.009999+00||sip:103@192.0.2.1|103|user_3@103.1770000000.Ccxml.demo-host|55|||||||
	EOF
	rows_are "$queues" <<-'EOF'
	accueil|Accueil général|queue|t|0|0|0|1|1|0||2026-03-03 08:00:40+00|0|
	support|Support technique|queue|f|0|0|0|1|1|||2026-03-02 08:05:01+00||
	virt|File virtuelle|virtual|t|0|0|0|0|0|||||
	EOF
	rows_are "$calls" <<-'EOF'
	task_1|inbound|session_1@501.1770000000.Ccxml.demo-host|Appel entrant|queue|agent1|Agent_default|2026-03-02 08:01:41+00|2026-03-02 08:01:55+00|2026-03-02 08:01:55+00|2026-03-02 08:03:20+00|2026-03-02 08:03:30+00|f
	task_2|inbound|session_2@502.1770000000.Ccxml.demo-host|Appel entrant|queue|||2026-03-02 08:05:01+00|||||f
	task_3|inbound|session_3@503.1770000000.Ccxml.demo-host|Appel entrant|queue|agent1|Agent_default|2026-03-02 08:05:11+00|2026-03-02 08:05:16+00|2026-03-02 08:05:16+00|2026-03-03 08:00:05+00|2026-03-03 08:00:06+00|f
	EOF
	rows_are "$states" <<-'EOF'
	agent1|talking|2026-03-02 08:05:16+00|2026-03-03 08:00:20+00
	agent1|offline|2026-03-03 08:00:20+00|
	agent2|paused|2026-03-02 08:00:21+00|2026-03-03 08:00:10+00
	agent2|available|2026-03-03 08:00:10+00|
	chef|supervising|2026-03-02 08:00:31+00|
	EOF
	rows_are "SELECT * FROM cccp.state_gaps()" </dev/null
}
