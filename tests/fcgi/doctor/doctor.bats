#!/usr/bin/env bats
#
# cccp-doctor names each thing that is wrong with the database, the sources and
# the page, and nothing when all is well.

load stand

@test "all is well with the database and the page" {
	run doctor
	ended 0
	says ok 'database: PostgreSQL [0-9]+.*, role cccp_web, database cccp$'
	says ok "schema: version $(sql -c 'SELECT cccp.schema_version()')$"
	says ok 'rights: cccp_web reads all'
	says ok 'rights: cccp_web writes nowhere'
	says ok 'clocks: [0-9.]+ s between'
	says ok 'retention: what is too old was last removed 0\.[0-9] h ago'
	says ok 'source lyon: live, last sign [0-9.]+ s ago, 5 users'
	says ok 'source prod: live'
	says ok "page: $HTDOCS"
	is "$(grep -vc '^ok ' <<<"$output")" 0
}

@test "it speaks French where French is spoken" {
	LC_ALL=fr_FR.UTF-8 run doctor
	ended 0
	says ok 'base de données.: PostgreSQL'
	says ok 'source lyon.: en direct'
	# As all programs: LC_ALL, then LC_MESSAGES, then LANG.
	run env -u LC_ALL LC_MESSAGES=fr_FR.UTF-8 LANG=en_GB.UTF-8 \
	    PGUSER=cccp_web PGDATABASE=nowhere "$DOCTOR" -d "$HTDOCS"
	ended 2
	says échec 'base de données.: connexion impossible'
	run env -u LC_ALL -u LC_MESSAGES LANG=en_GB.UTF-8 PGUSER=cccp_web \
	    "$DOCTOR" -d "$HTDOCS"
	ended 0
	says ok 'database: '
}

@test "called wrongly it says how" {
	local bad
	run "$DOCTOR" -V
	ended 0
	[[ $output == 'cccp-doctor '[0-9]* ]]
	run "$DOCTOR" -h
	ended 0
	[[ $output == 'usage: cccp-doctor '* ]]
	for bad in -x '-d' 'http://a/ http://b/'; do
		run "$DOCTOR" $bad
		ended 2
		[[ $output == *'usage: cccp-doctor '* ]]
	done
	for bad in ftp://x/ board http:// 'http://x/?q=1'; do
		run doctor "$bad"
		ended 2
		says fail 'web server: the address given is neither'
	done
}

@test "only the doctor loads libcurl: as a CGI program the handler starts often" {
	ldd "$DOCTOR" | grep -q libcurl
	run grep -c libcurl < <(ldd "$FCGI")
	is "$output" 0
}

@test "the database away, empty, or of another version" {
	PGHOST=$STAND run doctor
	ended 2
	says fail 'database: cannot connect \(role cccp_web\): .*check PGHOST'
	says ok 'page: '
	sql -c 'CREATE DATABASE bare'
	PGDATABASE=bare run doctor
	ended 2
	says fail 'schema: there is none .*make schema PGDATABASE'
	sql -c "INSERT INTO cccp.migration VALUES ('tables/999-future.sql', '')"
	run doctor
	sql -c "DELETE FROM cccp.migration WHERE file ~ 'future'"
	ended 2
	says fail 'schema: version [0-9]+-[0-9a-f]+, .*install a newer one'
	sql -c "UPDATE cccp.migration SET hash = 'x' || hash WHERE file ~ '^code'"
	run doctor
	sql -c "UPDATE cccp.migration SET hash = substr(hash, 2)
	    WHERE file ~ '^code'"
	ended 2
	says fail 'schema: version [0-9]+-[0-9a-f]+, .*make schema PGDATABASE'
	run doctor
	ended 0
}

# while DO UNDO: what the doctor says while something is so; in $output.
while_so() {
	sql -c "$1"
	run doctor
	sql -c "$2"
}

# What cccp_web may use: for each right that of GRANT, and the name of its object.
rights() {
	sql -F '|' <<-'EOF2'
		SELECT 'SELECT ON ' || c.oid::regclass, n.nspname || '.' || relname
		FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		WHERE nspname ~ '^cccp'
		AND has_table_privilege('cccp_web', c.oid, 'SELECT')
		UNION ALL
		SELECT 'EXECUTE ON FUNCTION ' || f.oid::regprocedure,
		    n.nspname || '.' || proname || '()'
		FROM pg_proc f JOIN pg_namespace n ON n.oid = pronamespace
		WHERE nspname ~ '^cccp'
		AND has_function_privilege('cccp_web', f.oid, 'EXECUTE')
		ORDER BY 1
	EOF2
}

@test "each right that is missing is named" {
	local right name undo=
	rights >"$STAND/rights"
	grep -q '^SELECT ON cccp_web.queue_sample|' "$STAND/rights"
	grep -q '^EXECUTE ON FUNCTION cccp.pattern(text)|' "$STAND/rights"
	while IFS='|' read -r right name; do
		sql -c "$undo; REVOKE $right FROM cccp_web"
		undo="GRANT $right TO cccp_web"
		run doctor
		ended 2
		name=${name//[()]/\\&}
		says fail "rights: cccp_web cannot use $name "
	done <"$STAND/rights"
	sql -c "$undo"
	while_so 'REVOKE USAGE ON SCHEMA cccp_web FROM cccp_web' \
	    'GRANT USAGE ON SCHEMA cccp_web TO cccp_web'
	ended 2
	says fail 'rights: cccp_web cannot use cccp_web.agent_now, '
	while_so 'REVOKE USAGE ON SCHEMA cccp FROM cccp_web' \
	    'GRANT USAGE ON SCHEMA cccp TO cccp_web'
	ended 2
	says fail 'rights: cccp_web cannot use cccp.access_clock, '
	run doctor
	ended 0
}

@test "the rights of the role are those that the handler needs" {
	rights | sed 's/.*|//; s/()$//' >"$STAND/granted"
	# What the program names outside comments, as far as the database has it.
	# A compiler would take a process for each file.
	find "$ROOT/fcgi" -name '*.c' -exec perl -0777 -pe '
	    s{("(?:\\.|[^"\\])*"|\x27(?:\\.|[^\x27\\])*\x27)|/\*.*?\*/}
	    {$1 // ""}gse' {} + >"$STAND/program"
	sql -v names="$(grep -oE 'cccp(_v1|_web|_audit)?\.[a-z_]+' "$STAND/program")" \
	    >"$STAND/named" <<-'EOF2'
		SELECT DISTINCT name
		FROM string_to_table(:'names', E'\n') AS name, pg_namespace n
		WHERE EXISTS (SELECT FROM pg_class WHERE relnamespace = n.oid
		    AND format('%s.%s', nspname, relname) = name)
		OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = n.oid
		    AND format('%s.%s', nspname, proname) = name)
	EOF2
	grep -qx cccp_web.queue_sample "$STAND/named"
	diff <(sort -u "$STAND/granted") <(sort "$STAND/named")
}

@test "rights given by mistake are named" {
	local do undo what
	while IFS='|' read -r do undo what; do
		while_so "$do" "$undo"
		ended 2
		says fail "rights: cccp_web can write: .*$what"
	done <<-'EOF2'
		GRANT UPDATE ON cccp.agent TO cccp_web|REVOKE UPDATE ON cccp.agent FROM cccp_web|cccp.agent \(UPDATE\)
		GRANT INSERT, DELETE ON cccp_v1.source TO cccp_web|REVOKE INSERT, DELETE ON cccp_v1.source FROM cccp_web|cccp_v1.source \(DELETE, INSERT\)
		GRANT UPDATE (name) ON cccp.agent TO cccp_web|REVOKE UPDATE (name) ON cccp.agent FROM cccp_web|cccp.agent \(UPDATE\)
		GRANT TRUNCATE ON cccp.call TO PUBLIC|REVOKE TRUNCATE ON cccp.call FROM PUBLIC|cccp.call \(TRUNCATE\)
		GRANT CREATE ON SCHEMA cccp TO cccp_web|REVOKE CREATE ON SCHEMA cccp FROM cccp_web|schema cccp \(CREATE\)
		GRANT CREATE ON DATABASE cccp TO cccp_web|REVOKE CREATE ON DATABASE cccp FROM cccp_web|database cccp \(CREATE\)
		GRANT cccp_poller TO cccp_web|REVOKE cccp_poller FROM cccp_web|cccp.agent \(INSERT, UPDATE\)
		GRANT pg_write_all_data TO cccp_web|REVOKE pg_write_all_data FROM cccp_web|cccp.agent 
		ALTER ROLE cccp_web NOINHERIT; GRANT cccp_poller TO cccp_web|REVOKE cccp_poller FROM cccp_web; ALTER ROLE cccp_web INHERIT|cccp.agent \(INSERT, UPDATE\)
		ALTER ROLE cccp_web CREATEROLE|ALTER ROLE cccp_web NOCREATEROLE|CREATEROLE
		ALTER ROLE cccp_web SUPERUSER|ALTER ROLE cccp_web NOSUPERUSER|everything \(superuser\)
		CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'|DROP FUNCTION public.f()|public.f\(\)
	EOF2
	run doctor
	ended 0
}

@test "sources that are silent, late, wrong in time, or not there" {
	sql -c "UPDATE cccp.source SET alive_at = now() - interval '1 day',
	    status = 'stale', error = 'refused', error_at = now()
	    WHERE name = 'prod';
	    UPDATE cccp.source SET clock_skew_s = 30.25,
	    alive_at = now() + interval '30 s' WHERE name = 'lyon'"
	run doctor
	ended 2
	says fail 'source prod: stale, last sign 86[0-9]*\.[0-9] s ago, error: refused '
	says ok 'source lyon: live'
	says warn 'source lyon: its clock is 30.2 s ahead'
	while_so "INSERT INTO cccp.source_defect SELECT source_id, 'unreadable',
	    'users', 'name', 'name', 2 FROM cccp.source WHERE name = 'lyon'" \
	    'DELETE FROM cccp.source_defect'
	says warn 'source lyon: defects in its data: 2 × unreadable users name '
	sql -c "UPDATE cccp.source SET clock_skew_s = 0, alive_at = now(),
	    status = 'live', error = NULL, error_at = NULL;
	    UPDATE cccp.source SET status = 'connecting' WHERE name = 'prod'"
	run doctor
	ended 1
	says warn 'source prod: connecting'
	sql -c "UPDATE cccp.source SET status = 'down' WHERE name = 'prod'"
	run doctor
	ended 2
	says fail 'source prod: down, .*cccp-poller'
	sql -c 'CREATE DATABASE young'
	PGDATABASE=young "$ROOT/sql/migrate" >/dev/null
	PGDATABASE=young run doctor
	ended 1
	says warn 'sources: there is none — start cccp-poller'
}

@test "old data that stays" {
	while_so "UPDATE cccp.retention SET purged_at = now() - interval '50 h'
	    WHERE class = 'audit'" \
	    "UPDATE cccp.retention SET purged_at = now()"
	ended 2
	says fail 'retention: .* last removed 50\.[0-9] h ago, .*cccp-poller'
	while_so "UPDATE cccp.retention SET purged_at = NULL
	    WHERE class = 'numbers'" \
	    'UPDATE cccp.retention SET purged_at = now()'
	ended 1
	says warn 'retention: what is too old has never been removed .*cccp-poller'
	while_so "UPDATE cccp.retention SET error = 'x' WHERE class <> 'audit'" \
	    'UPDATE cccp.retention SET error = NULL'
	ended 2
	says fail 'retention: .* stays: history, numbers — .*cccp-poller'
	run doctor
	ended 0
}

@test "clocks that differ" {
	# The database's, a hundred seconds ahead for this role.
	sql -c "CREATE SCHEMA fake; GRANT USAGE ON SCHEMA fake TO cccp_web;
	    CREATE FUNCTION fake.clock_timestamp() RETURNS timestamptz
	    LANGUAGE sql AS 'SELECT pg_catalog.clock_timestamp()
	    + interval ''100 s''';
	    ALTER ROLE cccp_web SET search_path = fake, pg_catalog"
	run doctor
	sql -c 'ALTER ROLE cccp_web RESET search_path; DROP SCHEMA fake CASCADE'
	ended 1
	says warn 'clocks: (9[0-9]|10[0-9])\.[0-9] s between .*NTP'
}

@test "the page's files not there" {
	run env PGUSER=cccp_web "$DOCTOR" -d "$STAND/nowhere"
	ended 2
	says fail "page: $STAND/nowhere: No such file"
	run env PGUSER=cccp_web CCCP_HTDOCS="$HTDOCS/js" "$DOCTOR"
	ended 2
	says fail "page: $HTDOCS/js has no index.html"
}
