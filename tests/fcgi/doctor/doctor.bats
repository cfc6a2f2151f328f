#!/usr/bin/env bats
#
# cccp-doctor names each thing that is wrong, and nothing when all is well.

load ../stand

setup_file() {
	stand_start
	cat >"$STAND/change.sql" <<-'EOF2'
		UPDATE cccp.source SET alive_at = now(), status = 'live';
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in (name, url, status, alive_at,
		    clock_skew_s, complete, resumed)
		VALUES ('lyon', 'cccp://lyon.example:20103', 'live', now(), 0,
		    false, false);
		INSERT INTO agent_in (login, name, profile, logged, mode,
		    phone_uri, busy_count, present, seen_at)
		VALUES ('zoe', 'Zoé ' || clock_timestamp(), 'P', true,
		    'inbound', 'tel:+33199009901', 0, true, now());
		SELECT * FROM cccp.flush();
		COMMIT;
	EOF2
}

teardown_file() {
	stand_stop
}

setup() {
	sql -f "$STAND/change.sql" >/dev/null
	OTHERS=()
}

teardown() {
	local pid
	for pid in "${OTHERS[@]}" ${WEB-} ${HANDLER-}; do
		end "$pid" || :
	done
	unset WEB HANDLER
}

# The doctor, in English unless LC_ALL is given before.
doctor() {
	LC_ALL=${LC_ALL-C} PGUSER=cccp_web "$DOCTOR" -d "$HTDOCS" "$@" \
	    3>&-
}

# ended STATUS: and if not, what it said.
ended() {
	is "$status" "$1" || {
		printf '%s\n' "$output" >&2
		return 1
	}
}

# says VERDICT TEXT: among the lines of $output is one like that.
says() {
	grep -qE "^$1 +$2" <<<"$output" || {
		printf 'not said: %s %s\n%s\n' "$1" "$2" "$output" >&2
		return 1
	}
}

# The data change all the time, so that no stream waits for its heartbeat.
changing() {
	while sql -f "$STAND/change.sql" >/dev/null; do
		sleep 1
	done 3>&- &
	OTHERS+=($!)
}

# web CONF: a web server before a handler, and data that change.
web() {
	handler_start
	web_start "$@"
	changing
}

@test "all is well with the database and the page" {
	run doctor
	ended 0
	says ok 'database: PostgreSQL [0-9]+.*, role cccp_web, database cccp$'
	says ok "schema: version $(sql -c 'SELECT cccp.schema_version()')$"
	says ok 'rights: cccp_web reads all'
	says ok 'rights: cccp_web writes nowhere'
	says ok 'clocks: [0-9.]+ s between'
	says ok 'history: what is too old was last dropped 0\.[0-9] h ago'
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
	local right name
	rights >"$STAND/rights"
	grep -q '^SELECT ON cccp_v1.queue_sample|' "$STAND/rights"
	grep -q '^EXECUTE ON FUNCTION cccp.pattern(text)|' "$STAND/rights"
	while IFS='|' read -r right name; do
		while_so "REVOKE $right FROM cccp_web" \
		    "GRANT $right TO cccp_web"
		ended 2
		name=${name//[()]/\\&}
		says fail "rights: cccp_web cannot use $name "
	done <"$STAND/rights"
	while_so 'REVOKE USAGE ON SCHEMA cccp_v1 FROM cccp_web' \
	    'GRANT USAGE ON SCHEMA cccp_v1 TO cccp_web'
	ended 2
	says fail 'rights: cccp_web cannot use cccp_v1.call, '
	while_so 'REVOKE USAGE ON SCHEMA cccp FROM cccp_web' \
	    'GRANT USAGE ON SCHEMA cccp TO cccp_web'
	ended 2
	says fail 'rights: cccp_web cannot use cccp.agent_now, '
	run doctor
	ended 0
}

@test "the rights of the role are those that the handler needs" {
	local name
	rights | sed 's/.*|//; s/()$//' >"$STAND/granted"
	# What the program names outside comments, as far as the database has it.
	find "$ROOT/fcgi" -name '*.c' -exec "${CC:-cc}" -fpreprocessed -E -P {} + \
	    >"$STAND/program"
	for name in $(grep -oE 'cccp(_v1)?\.[a-z_]+' "$STAND/program" |
	    sort -u); do
		sql -c "SELECT '$name' FROM pg_namespace n WHERE EXISTS (
		    SELECT FROM pg_class WHERE relnamespace = n.oid
		    AND format('%s.%s', nspname, relname) = '$name')
		    OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = n.oid
		    AND format('%s.%s', nspname, proname) = '$name')"
	done >"$STAND/named"
	grep -qx cccp_v1.queue_sample "$STAND/named"
	diff <(sort -u "$STAND/granted") "$STAND/named"
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

@test "old history that stays" {
	local at
	at=$(sql -c 'SELECT purged_at FROM cccp.clock')
	while_so "UPDATE cccp.clock SET purged_at = now() - interval '50 h'" \
	    "UPDATE cccp.clock SET purged_at = '$at'"
	ended 2
	says fail 'history: .* last dropped 50\.[0-9] h ago, .*cccp-poller'
	while_so 'UPDATE cccp.clock SET purged_at = NULL' \
	    "UPDATE cccp.clock SET purged_at = '$at'"
	ended 1
	says warn 'history: what is too old has never been dropped .*cccp-poller'
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

@test "all is well through lighttpd, at / and below a path" {
	web
	run doctor "$URL"
	ended 0
	says ok "web server: $URL/ leads to this program"
	says ok 'web server: the program is ready'
	says ok 'web server: the page passes'
	says ok 'web server: the list of users passes'
	says ok 'web server: parameters and error messages'
	says ok 'web server: paths pass'
	says ok 'web server: what has not changed'
	says ok 'web server: events pass at once'
	is "$(grep -c 'without its last slash' <<<"$output")" 0
	end "$WEB" || :
	sed 's|("/" =>|("/board" =>|' "$SERVER/lighttpd.conf" >"$STAND/sub.conf"
	web_start "$STAND/sub.conf"
	run doctor "$URL/board"
	ended 1
	says warn 'web server: the address without its last slash does not'
	end "$WEB" || :
	{ sed 's/"mod_access",/& "mod_redirect",/' "$STAND/sub.conf"
	  echo 'url.redirect = ("^/board$" => "/board/")'
	} >"$STAND/slash.conf"
	web_start "$STAND/slash.conf"
	run doctor "$URL/board"
	ended 0
	says ok "web server: $URL/board/ leads to this program"
	says ok 'web server: the address without its last slash leads'
	says ok 'web server: events pass at once'
	run doctor "$URL/elsewhere/"
	ended 2
	says fail "web server: $URL/elsewhere/ does not lead .*answer 404"
}

@test "a web server that holds events back" {
	sed 's/stream-response-body = 2/stream-response-body = 0/' \
	    "$SERVER/lighttpd.conf" >"$STAND/buffer.conf"
	web "$STAND/buffer.conf"
	run doctor "$URL/"
	ended 2
	says fail 'web server: it holds events back .*stream-response-body = 2'
	says ok 'web server: what has not changed'
}

@test "events that break off" {
	# lighttpd gives up a handler that is silent for 2 seconds; nothing
	# changes, no source becomes stale, and the heartbeat takes 10.
	sed 's/"socket" =>/"read-timeout" => 2, &/' "$SERVER/lighttpd.conf" \
	    >"$STAND/hasty.conf"
	sql -c "UPDATE cccp.source SET stale_after = '1 day'"
	handler_start
	web_start "$STAND/hasty.conf"
	run doctor "$URL/"
	sql -c 'UPDATE cccp.source SET stale_after = DEFAULT'
	ended 2
	says fail 'web server: it cuts events off after [0-9.]+ s'
}

@test "a web server that takes headers, errors or parameters away" {
	{ cat "$SERVER/lighttpd.conf"
	  echo 'server.modules += ("mod_setenv")'
	  echo 'setenv.set-response-header = ("ETag" => "",
	      "Content-Security-Policy" => "")'
	  # Its own page instead of the handler's message.
	  echo "server.errorfile-prefix = \"$STAND/error-\""
	  echo 'server.error-intercept = "enable"'
	} >"$STAND/strip.conf"
	echo '<p>sorry</p>' | tee "$STAND/error-400.html" \
	    >"$STAND/error-404.html"
	web "$STAND/strip.conf"
	run doctor "$URL/"
	ended 2
	says warn 'web server: the page has lost its header Content-Security'
	says warn 'web server: it removes the header ETag'
	says fail 'web server: an unknown parameter .*, not 400 '
	says warn 'web server: a path with %2F .*answer 404'
}

@test "a list that needs a log-in" {
	CCCP_ANONYMOUS=none handler_start
	{ sed 's/"mod_access",/& "mod_auth", "mod_authn_file",/' \
	      "$SERVER/lighttpd.conf"
	  echo 'auth.backend = "plain"'
	  echo "auth.backend.plain.userfile = \"$STAND/users\""
	  echo 'auth.require = ("/api" => ("method" => "basic",
	      "realm" => "board", "require" => "valid-user"))'
	} >"$STAND/auth.conf"
	echo 'zoe:s3same' >"$STAND/users"
	web_start "$STAND/auth.conf"
	changing
	run doctor "$URL/"
	ended 1
	says warn 'web server: the list requires a log-in'
	run doctor "${URL/:\/\//:\/\/zoe:s3same@}/"
	ended 0
	says ok 'web server: events pass at once'
	[[ $output != *s3same* ]]
	end "$WEB" || :
	run doctor "${URL/:\/\//:\/\/zoe:s3same@}/"
	ended 2
	says fail "web server: $URL/ does not answer: "
	[[ $output != *s3same* ]]
}

@test "no handler behind the web server, one that is not ready, a CGI one" {
	web
	sql -c "ALTER VIEW cccp_v1.source RENAME TO gone"
	run doctor "$URL/"
	sql -c "ALTER VIEW cccp_v1.gone RENAME TO source"
	ended 2
	says fail 'web server: the program is not ready'
	end "$HANDLER"
	unset HANDLER
	run doctor "$URL/"
	ended 2
	says fail "web server: $URL/ does not lead .*answer 503"
	end "$WEB" || :
	mkdir -p "$STAND/cgi"
	printf '#!/bin/sh\nCCCP_ALLOW_ROOT=yes exec "%s" -d "%s"\n' "$FCGI" "$HTDOCS" \
	    >"$STAND/cgi/cccp.fcgi"
	chmod 755 "$STAND/cgi/cccp.fcgi"
	cat >"$STAND/cgi.conf" <<-EOF2
		server.modules = ("mod_cgi", "mod_setenv")
		server.bind = "127.0.0.1"
		server.port = env.CCCP_PORT
		server.document-root = "$STAND/cgi"
		cgi.assign = (".fcgi" => "")
		setenv.add-environment = ("PGHOST" => "$PGHOST",
		    "PGPORT" => "$PGPORT", "PGDATABASE" => "$PGDATABASE",
		    "CCCP_ANONYMOUS" => "reader", "CCCP_ALLOW_ROOT" => "yes")
	EOF2
	web_start "$STAND/cgi.conf"
	run doctor "$URL/cccp.fcgi/"
	ended 1
	says warn 'web server: no events by CGI'
	says ok 'web server: paths pass'
}
