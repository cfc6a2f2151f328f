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
	sample nginx.conf -e "s|\^()|^($mount)|; s|location / |location $mount/ |" \
	    -e "s|unix:\([0-9]*;\)|127.0.0.1:\1|"
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
