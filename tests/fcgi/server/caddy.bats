#!/usr/bin/env bats
#
# The handler behind Caddy, by its sample.

load stand

setup_file() {
	server_start
}

teardown_file() {
	stand_stop
}

web() {
	local port=$1 mount=$2 where=$3
	sample Caddyfile -e "s|unix/\([0-9]* {\)|127.0.0.1:\1|"
	[[ -z $mount ]] || sed -i -e "s|handle {|handle_path $mount/* {|" \
	    -e 's|#redir |redir |; s|#env |env |' "$WEBROOT/Caddyfile"
	{ printf '{\n\tadmin off\n'
	  printf '\thttps_port %s\n\thttp_port %s\n}\n' $((port + 1)) $((port + 2))
	  echo 'import Caddyfile'
	  [[ ! ${TLS-} ]] || echo 'import tls/Caddyfile'
	} >"$WEBROOT/main"
	if [[ ${TLS-} ]]; then
		tls_files -6
		# caddy hash-password takes seconds, and so does each request then.
		perl -e 'while (my $name = shift) { print "$name ",
		    crypt(shift, q{$2b$05$abcdefghijklmnopqrstuu}), "\n" }' \
		    zoe s3same lea s3cret >"$WEBROOT/etc/users.caddy"
		sample tls/Caddyfile -e "s|unix/\([0-9]* {\)|127.0.0.1:\1|"
	fi
	become env XDG_DATA_HOME="$WEBROOT" XDG_CONFIG_HOME="$WEBROOT" \
	    caddy run --config "$WEBROOT/main" --adapter caddyfile
}

@test "Caddy at /, by a unix socket: the same answers, and the slow harm nobody" {
	check_same '' "$SOCKET"
	check_slow
}

@test "Caddy at /board/, by TCP: the same answers, and events at once" {
	tcp_start
	check_same /board "$TCP"
	check_events
}

@test "Caddy: nobody gets in by what a client says" {
	check_closed /board
}

@test "Caddy with TLS and passwords: users and groups, and nobody forges them" {
	behind_tls
	check_sign_in
}
