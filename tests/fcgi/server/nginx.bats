#!/usr/bin/env bats
#
# The handler behind nginx, by its sample.

load stand

setup_file() {
	server_start
}

teardown_file() {
	stand_stop
}

web() {
	local port=$1 mount=$2 where=$3
	mkdir -p "$WEBROOT/snippets"
	sample nginx-snippet.conf -e "s|\^()|^($mount)|"
	mv "$WEBROOT/nginx-snippet.conf" "$WEBROOT/snippets/cccp.conf"
	sample nginx.conf -e "s|location / |location $mount/ |" \
	    -e "s|unix:\([0-9]*;\)|127.0.0.1:\1|"
	if [[ ${TLS-} ]]; then
		tls_files -6
		sample tls/nginx.conf
		cat "$WEBROOT/tls/nginx.conf" >>"$WEBROOT/nginx.conf"
	fi
	cat >"$WEBROOT/main.conf" <<-EOF
		daemon off;
		pid $WEBROOT/pid;
		error_log $WEBROOT/error.log;
		events {}
		http {
			access_log off;
			client_body_temp_path $WEBROOT/body;
			fastcgi_temp_path $WEBROOT/fastcgi;
			proxy_temp_path $WEBROOT/proxy;
			scgi_temp_path $WEBROOT/scgi;
			uwsgi_temp_path $WEBROOT/uwsgi;
			include $WEBROOT/nginx.conf;
		}
	EOF
	become nginx -c "$WEBROOT/main.conf"
}

@test "nginx at /, by a unix socket: the same answers, and the slow harm nobody" {
	check_same '' "$SOCKET"
	check_slow
}

@test "nginx at /board/, by TCP: the same answers, and events at once" {
	tcp_start
	check_same /board "$TCP"
	check_events
}

@test "nginx: nobody gets in by what a client says" {
	check_closed /board
}

@test "nginx with TLS and passwords: users and groups, and nobody forges them" {
	behind_tls
	check_sign_in
}
