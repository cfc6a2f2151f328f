# For tests/stack/stack: the made-up users of `make run USERS=1`, one of each
# role.  Each start makes new passwords: RUN/users has them for whoever started
# it, RUN/htpasswd has their hashes for the web server.

USER_NAMES=(mur lecteur superviseur admin auditeur)

# Writes a file that only its owner and the parts that run as nobody can read.
write_private() {
	(
		umask 077
		cat >"$1.new" || exit
		if [[ ${2-} && $EUID -eq 0 ]]; then
			chgrp "$(id -g nobody)" "$1.new" && chmod 640 "$1.new"
		fi
	) && mv -f "$1.new" "$1"
}

# The passwords are not in the arguments of any program.
make_passwords() {
	local name
	for name in "${USER_NAMES[@]}"; do
		printf '%s %s\n' "$name" "$(head -c 6 /dev/urandom |
		    od -An -tx1 | tr -d ' \n')"
	done | write_private "$RUN/users" &&
	perl -ne 'my ($name, $password) = split;
	    open my $random, "<", "/dev/urandom" or die; read $random, my $salt, 8;
	    print "$name:", crypt($password, "\$5\$" . unpack("H*", $salt) . "\$"),
	    "\n"' "$RUN/users" | write_private "$RUN/htpasswd" for_nobody
}

# The sample with a sign-in; /healthz and /readyz need none.
make_conf() {
	write_private "$RUN/lighttpd.conf" for_nobody <<-EOF
		include "$SERVER/lighttpd.conf"
		server.modules := ("mod_access", "mod_redirect", "mod_auth",
		    "mod_authn_file", "mod_fastcgi")
		\$HTTP["url"] !~ "^/(healthz|readyz)\$" {
			auth.backend = "htpasswd"
			auth.backend.htpasswd.userfile = "$RUN/htpasswd"
			auth.require = ("" => ("method" => "basic",
			    "realm" => "Board", "require" => "valid-user"))
		}
		EOF
}

# Before the handler starts: nobody has more rights than his role for a moment.
prepare_users() {
	rm -f "$RUN"/{users,htpasswd,team,lighttpd.conf}
	[[ ! ${USERS-} ]] || { make_passwords && make_conf && grant_users
	} 2>>"$RUN/log/users"
}

# Again once the teams are known.
grant_users() {
	[[ ! ${USERS-} ]] || psql -XAtq -v ON_ERROR_STOP=1 \
	    -f "$ROOT/tests/stack/users.sql" >"$RUN/team" 2>>"$RUN/log/users"
}

# Name, password, and what the role sees.
say_users() {
	local name password team role
	[[ -s $RUN/users ]] || return 0
	team=$(<"$RUN/team")
	while read -r name password; do
		case $name in
		mur) role="wall: counts and queues, no person" ;;
		lecteur) role="reader: users and queues now, numbers masked" ;;
		superviseur) role="supervisor: ${team:+all of the team $team}"
			[[ $team ]] || role="no grant: no team is known yet" ;;
		admin) role="admin: everything" ;;
		auditeur) role="auditor: who looked at whom, in the API only" ;;
		esac
		printf '  %-12s %s  %s\n' "$name" "$password" "$role"
	done <"$RUN/users"
}

# What is said once all has started.
say_where() {
	if [[ ${USERS-} ]]; then
		say "the board is at $URL (open to this machine only); $1; sign" \
		    "in as (a private window for each)"
		say_users
	else
		say "the board is at $URL (open to this machine only, without a" \
		    "password); $1"
	fi
}
