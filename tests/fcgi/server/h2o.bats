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

web() {
	local port=$1 mount=$2 where=$3
	sample h2o.conf \
	    -e 's|{ port: \([0-9]*\), type: unix }|{ host: 127.0.0.1, port: \1, type: tcp }|'
	[[ -z $mount ]] || sed -i -e '/"\/": \*board/d' \
	    -e 's|^      #\("/board\)|      \1|' \
	    -e 's|^      #\(  redirect\)|      \1|' "$WEBROOT/h2o.conf"
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
