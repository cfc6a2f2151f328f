#!/usr/bin/env bats
#
# The handler behind h2o, by its sample.

load stand

setup_file() {
	server_start
}

teardown_file() {
	stand_stop
}

sha() {
	printf %s "$1" | openssl dgst -sha1 -binary | base64
}

web() {
	local port=$1 mount=$2 where=$3
	sample h2o.conf \
	    -e 's|{ port: \([0-9]*\), type: unix }|{ host: 127.0.0.1, port: \1, type: tcp }|'
	[[ -z $mount ]] || sed -i -e '/"\/": \*board/d' \
	    -e 's|^      #\("/board\)|      \1|' \
	    -e 's|^      #\(  redirect\)|      \1|' "$WEBROOT/h2o.conf"
	if [[ ${TLS-} ]]; then
		tls_files -1
		printf '%s:{SHA}%s\n' zoe "$(sha s3same)" lea "$(sha s3cret)" \
		    >"$WEBROOT/etc/users"
		sample tls/h2o.conf -e 's|{ port: \([0-9]*\), type: unix }|{ host: 127.0.0.1, port: \1, type: tcp }|'
		cat "$WEBROOT/tls/h2o.conf" >>"$WEBROOT/h2o.conf"
	fi
	echo "pid-file: $WEBROOT/pid" >>"$WEBROOT/h2o.conf"
	become h2o -m worker -c "$WEBROOT/h2o.conf"
}

@test "h2o at /, by a unix socket: the same answers, and the slow harm nobody" {
	check_same '' "$SOCKET"
	check_slow
}

@test "h2o at /board/, by TCP: the same answers, and events at once" {
	tcp_start
	check_same /board "$TCP"
	check_events
}

@test "h2o: nobody gets in by what a client says" {
	check_closed /board
}

@test "h2o with TLS and passwords: users and groups, and nobody forges them" {
	behind_tls
	check_sign_in
}
