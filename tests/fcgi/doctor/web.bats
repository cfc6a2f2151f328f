#!/usr/bin/env bats
#
# cccp-doctor names what a web server does to answers and events.

load stand

# The data change all the time, so that no stream waits for its heartbeat.
changing() {
	while change; do
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
	says ok 'web server: each open page .*lighttpd: server.max-connections'
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

@test "no room for one more event stream" {
	CCCP_STREAMS_PER_USER=1 handler_start
	{ sed 's/"mod_access",/& "mod_setenv",/' "$SERVER/lighttpd.conf"
	  echo 'server.tag = "Apache/2.4"'
	} | sed '0,/^server.tag/{/^server.tag/d}' >"$STAND/tag.conf"
	web_start "$STAND/tag.conf"
	curl -sSN --max-time 60 "$URL/api/v1/events" 3>&- >"$STAND/heard" &
	OTHERS+=($!)
	await grep -q '^event: hello' "$STAND/heard"
	run doctor "$URL/"
	ended 1
	says warn 'web server: there is no room for one more event stream'
	says ok 'web server: each open page .*Apache: MaxRequestWorkers .150'
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
	sql -c "UPDATE cccp.source SET stale_after = '2 hours'"
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
	sql -c "ALTER VIEW cccp_web.source RENAME TO gone"
	run doctor "$URL/"
	sql -c "ALTER VIEW cccp_web.gone RENAME TO source"
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
		    "CCCP_ANONYMOUS" => "admin", "CCCP_ALLOW_ROOT" => "yes")
	EOF2
	web_start "$STAND/cgi.conf"
	run doctor "$URL/cccp.fcgi/"
	ended 1
	says warn 'web server: no events by CGI'
	says ok 'web server: paths pass'
}
