#!/usr/bin/env bats
#
# The handler behind Apache httpd, by its samples: mod_proxy_fcgi, mod_cgid.

load stand

setup_file() {
	server_start
}

teardown_file() {
	stand_stop
}

modules() {
	local name
	for name in mpm_event authz_core env alias "$@"; do
		echo "LoadModule ${name}_module" \
		    "/usr/lib/apache2/modules/mod_$name.so"
	done
}

# The sample with TLS as well, and its modules.
tls_web() {
	tls_files -6
	sample tls/apache.conf \
	    -e 's#unix:\([0-9]*\)|fcgi://cccp#fcgi://127.0.0.1:\1#'
	modules ssl socache_shmcb rewrite headers auth_basic authn_core authn_file \
	    authz_user
	printf 'Listen 127.0.0.1:%s\n' $((port + 1)) $((port + 2))
	echo "Include $WEBROOT/tls/apache.conf"
}

web() {
	local port=$1 mount=$2 where=$3 conf=apache.conf
	if [[ ${CGI-} ]]; then
		conf=apache-cgi.conf
		cgi_program "$WEBROOT/cgi-bin"
		sample $conf -e "s|/usr/lib/cgi-bin|$WEBROOT/cgi-bin|" \
		    -e "s|^\(\s*ScriptAlias\) \"/|\1 \"$mount/|"
		modules cgid
		echo "ScriptSock $WEBROOT/cgid"
	else
		sample $conf -e "s|\^()|^($mount)|" \
		    -e "s|<Location \"/|<Location \"$mount/|" \
		    -e 's#unix:\([0-9]*\)|fcgi://cccp#fcgi://127.0.0.1:\1#' \
		    ${SMALL+-e '/<IfModule/,/IfModule>/s/0$//'}
		modules proxy proxy_fcgi
		[[ ! ${TLS-} ]] || tls_web
	fi >"$WEBROOT/modules"
	[[ -z $mount ]] || sed -i 's|#\(Redirect\)|\1|' "$WEBROOT/$conf"
	cat >"$WEBROOT/main" <<-EOF
		ServerRoot $WEBROOT
		ServerName localhost
		PidFile $WEBROOT/pid
		ErrorLog $WEBROOT/error.log
		Include $WEBROOT/modules
		Include $WEBROOT/$conf
	EOF
	become apache2 -DFOREGROUND -f "$WEBROOT/main"
}

@test "Apache at /, by a unix socket: the same answers, and the slow harm nobody" {
	check_same '' "$SOCKET"
	check_slow
}

@test "Apache at /board/, by TCP: the same answers, and events at once" {
	tcp_start
	check_same /board "$TCP"
	check_events
}

@test "Apache: more streams than it has threads, and others have their answers" {
	# All numbers of the sample by ten.
	CCCP_STREAMS_PER_USER=0 tcp_start -n 80
	SMALL=yes behind '' "$TCP"
	run node "$ROOT/tests/fcgi/server/streams.mjs" "$URL" 120
	is "$output" '{"200":80,"503":40,"healthz":200,"users":200}'
}

@test "Apache: nobody gets in by what a client says" {
	check_closed /board
}

@test "Apache with a CGI program, at /: the same answers" {
	CGI=yes check_same '' "$SOCKET" cgi \
	    'users, a query beyond'
}

@test "Apache with a CGI program, at /board/: the same answers, no events, and the slow harm nobody" {
	CGI=yes check_same /board "$SOCKET" cgi paths
	check_no_events
	check_slow
}

@test "Apache with a CGI program: nobody gets in" {
	CGI=yes check_closed /board
}

@test "Apache with TLS and passwords: users and groups, and nobody forges them" {
	behind_tls
	check_sign_in
}
