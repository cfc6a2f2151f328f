# A stand for the tests of web servers: that of tests/fcgi with 10 000 users
# more, and whatever web server comes before it.  For bats.
#
# A test file has a function web PORT MOUNT WHERE that becomes the server: at
# MOUNT ("" or /board) for the handler at WHERE, a path or a port.  It makes
# its configuration from the sample in fcgi/server, by sed.  When we are root,
# servers run as nobody, from a folder of theirs, $WEBROOT.

load ../stand

# more_users SOURCE PREFIX N NAME: users of one more source.  NAME is SQL.
more_users() {
	psql -Xq -v ON_ERROR_STOP=1 >/dev/null <<-EOF
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in VALUES ('$1', 'cccp://$1.example:20103',
		    'live', NULL, now(), 0, '4.2', true, true);
		INSERT INTO agent_in (login, name, profile, team, phone_uri,
		    logged, present, seen_at)
		SELECT '$2' || to_char(i, 'FM00000'), $4,
		    'P;' || i % 7, 'Équipe, ' || i % 11,
		    'tel:+331990' || to_char(i, 'FM00000'), false, true, now()
		FROM generate_series(1, $3) AS i;
		SELECT * FROM cccp.flush();
		COMMIT;
		RESET ROLE;
		UPDATE cccp.source SET stale_after = '2 hours';
	EOF
}

server_start() {
	stand_start
	export WEBROOT=$STAND/web
	mkdir "$WEBROOT"
	((EUID != 0)) || chown nobody "$WEBROOT"
	more_users grand g 10000 "(ARRAY['Zoé', 'Œdipe', 'Ève', '=1+1'])
	    [1 + i % 4] || ' ' || i"
	sql >/dev/null <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging();
		BEGIN;
		INSERT INTO source_in (name, status, alive_at, complete)
		VALUES ('bord', 'live', now(), true);
		INSERT INTO agent_in (login, name, present, seen_at)
		SELECT login, 'Nom de ' || login, true, now() FROM unnest(
		    string_to_array('a a/b a//b /debut debut . .. ../bord/a c/../a '
		    'a/. %2e%2e é+b a%2Fb', ' ')) AS login;
		INSERT INTO queue_in (name, type, present)
		SELECT name, 'queue', true
		FROM unnest(ARRAY['..', 'a//b', '/file']) AS name;
		SELECT * FROM cccp.flush();
		COMMIT;
		RESET ROLE;
		UPDATE cccp.source SET stale_after = '2 hours';
	EOF
	handler_start -m 666
}

# One more handler, by TCP; sets TCP, its port.
tcp_start() {
	local try
	for try in {1..20}; do
		TCP=$((20000 + RANDOM % 12000))
		CCCP_ANONYMOUS=${CCCP_ANONYMOUS-admin} PGUSER=cccp_web \
		    "$FCGI" -f -s "127.0.0.1:$TCP" -d "$HTDOCS" "$@" \
		    3>&- 2>>"$STAND/handler.log" &
		MORE=$!
		await bash -c "(: </dev/tcp/127.0.0.1/$TCP) ||
		    ! kill -0 $MORE"
		kill -0 "$MORE" 2>/dev/null && return
	done
	return 1
}

# The wrapper for web servers that run CGI programs, in a folder for them, with
# a copy of the handler: where nobody can run it, wherever this clone is.
cgi_program() {
	mkdir -p "$1"
	cp "$FCGI" "$STAND/"
	sed -e "s|=none|=${CCCP_ANONYMOUS-admin}|" \
	    -e "s|PGDATABASE=cccp|& PGHOST=$PGHOST PGPORT=$PGPORT TZ=$TZ|" \
	    -e "s|PGDATABASE|CCCP_ALLOW_ROOT=yes &|" \
	    -e "s|^exec .*/\(.*\)|exec $STAND/\1 -d $HTDOCS|" \
	    "$SERVER/cccp.cgi" >"$1/cccp.cgi"
	chmod 755 "$1/cccp.cgi"
}

# The file's web server, at MOUNT, for the handler at WHERE; sets WEB, PORT, MOUNT
# and URL.
behind() {
	local try port
	for try in {1..20}; do
		port=$((20000 + RANDOM % 12000))
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
		web "$port" "$1" "$2" 3>&- >>"$WEBROOT/log" 2>&1 &
		WEB=$! PORT=$port MOUNT=$1 URL=http://127.0.0.1:$port$1
		await web_answers_or_gone
		kill -0 "$WEB" 2>/dev/null && return
	done
	tail -n 20 "$WEBROOT/log" >&2
	return 1
}

# This process goes on as that program, as nobody when we are root, with its
# temporary files in its own folder.
become() {
	cd / || exit
	export TMPDIR=$WEBROOT
	((EUID != 0)) || exec setpriv --reuid=nobody \
	    --regid="$(id -g nobody)" --clear-groups env HOME="$WEBROOT" "$@"
	exec "$@"
}

# A sample with the ports and the handler's place put in, and what more sed is
# told, as a file of the server's own.
sample() {
	mkdir -p "$WEBROOT/tls"
	sed -e "s|8080|$port|g" -e "s|/run/cccp/handler.sock|$where|g" \
	    -e "s|\b443\b|$((port + 1))|g" -e "s|\b80\b|$((port + 2))|g" \
	    -e "s|/etc/cccp-web|$WEBROOT/etc|g" \
	    "${@:2}" "$SERVER/$1" >"$WEBROOT/$1"
}

# What the samples with TLS have in /etc/cccp-web: a certificate, passwords as
# "openssl passwd" makes them with an option, and groups.  Léa has none.
tls_files() {
	local etc=$WEBROOT/etc
	mkdir -p "$etc"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 2 -subj /CN=board.example -keyout "$etc/board.key" \
	    -addext subjectAltName=DNS:board.example,DNS:other.example \
	    -out "$etc/board.crt" 2>/dev/null
	cat "$etc"/board.{crt,key} >"$etc/board.pem"
	printf '%s:%s\n' zoe "$(openssl passwd "$1" s3same)" \
	    lea "$(openssl passwd "$1" s3cret)" >"$etc/users"
	echo 'zoe superviseurs,Nord' >"$etc/groups"
	echo 'zoe "superviseurs,Nord";' >"$etc/groups.nginx"
	chmod -R a+rX "$etc"
}

teardown() {
	local pid
	for pid in ${WEB-} ${MORE-}; do
		end "$pid" || :
	done
	unset WEB MORE
}

# Every answer is that of the handler itself, whatever the login or name; more
# arguments are for same.mjs.
check_same() {
	behind "$1" "$2"
	run node "$ROOT/tests/fcgi/server/same.mjs" "$URL" "$2" "${@:3}"
	is "$output" 'all the same'
}

# An event comes when it is told, not when a buffer is full.
check_events() {
	run node "$ROOT/tests/fcgi/server/events.mjs" "$URL/api/v1/events" \
	    psql -Xq -v ON_ERROR_STOP=1 -f "$CHANGE"
	echo "# $BATS_TEST_DESCRIPTION: ${lines[-1]}" >&3
	is "$status" 0
}

# Who is slow harms nobody: while twelve take nothing of an export, or never send
# the body of a request, others have their answers.  One of them holds a worker
# for ten seconds at least, where workers wait for it, and is given up then.  So
# no time is measured, which a busy machine would falsify: all twelve are still
# stalled when the answers have come, so nobody waited until one was given up.
check_slow() {
	local kind begun path
	[[ $(ask_users lourd) == 6000 ]] ||
	    more_users lourd l 6000 "repeat('Ève', 60) || i"
	for kind in reader body; do
		path="$MOUNT/api/v1/users?format=csv&source=lourd"
		[[ $kind == reader ]] || path="$MOUNT/api/v1/users?per_page=1"
		begun=$(mktemp -u "$BATS_TEST_TMPDIR/XXXXXX")
		mkfifo "$begun.in"
		"$ROOT/tests/fcgi/server/slow" "$kind" 12 \
		    "$PORT" "$path" <"$begun.in" >"$begun" 3>&- &
		SLOW=$!
		exec 8>"$begun.in"
		patience=200 await grep -q held "$begun"
		ask /healthz | jq -e '.status == "ok"' >/dev/null
		ask '/api/v1/users?per_page=1' | jq -e '.meta.total > 0' \
		    >/dev/null
		echo >&8
		patience=200 await grep -q stalled "$begun"
		[[ $kind == body ]] || grep -qx 'stalled 12' "$begun"
		kill -0 "$SLOW"
		exec 8>&-
		wait "$SLOW"
	done
}

# How many users the source has.
ask_users() {
	sql -c "SELECT count(*) FROM cccp_v1.user WHERE source = '$1'"
}

# A CGI program cannot wait: it says so, and what it needs.
check_no_events() {
	run ask /api/v1/events
	jq -e '.status == 501 and
	    .type == "urn:cccp-board:problem:events-need-fastcgi"' \
	    <<<"$output" >/dev/null
}

# Headers by which a client may try to be somebody else; %s is USER or GROUPS.
FORGED=(Remote-%s Remote_%s REMOTE_%s X-Remote-%s HTTP_REMOTE_%s Proxy-Remote-%s
    X-Forwarded-%s X-Auth-Request-%s OIDC_CLAIM_%s)

# With each of them a GET of a URL, by the curl that is given: the answers.
forge() {
	local url=$1 as asked=()
	shift
	for as in "${FORGED[@]}"; do
		asked+=(--next "$@" -H "${as/\%s/User}: eve"
		    -H "${as/\%s/Groups}: Nord" "$url")
	done
	curl "${asked[@]:1}"
}

# Nothing that a client says names a user, and no other site's name works.
check_closed() {
	CCCP_ANONYMOUS=none tcp_start
	CCCP_ANONYMOUS=none behind "$1" "$TCP"
	{ forge "$URL/api/v1/users" -sS
	  ask /api/v1/users -u eve:x
	  ask /api/v1/users -H 'CCCP_ANONYMOUS: admin'
	} | jq -es --argjson n "${#FORGED[@]}" 'length == $n + 2 and
	    all(.type == "urn:cccp-board:problem:unauthorized")' >/dev/null
	is "$(ask /healthz | jq -r .status)" ok
	[[ ${2-} == any-host ]] ||
	    [[ $(ask /healthz -H 'Host: evil.example') != *'"status"'* ]]
	run ask /%2e%2e%2fsecret.txt
	[[ $output != secret ]]
}

# The file's web server by its samples with TLS; sets TLS_URL, and SIGNED, a curl
# that believes its certificate.
behind_tls() {
	local name
	sql -c "INSERT INTO cccp.access_grant (who_kind, who, role)
	    VALUES ('group', 'nord', 'admin')"
	CCCP_ANONYMOUS=none tcp_start
	CCCP_ANONYMOUS=none TLS=${TLS-yes} behind '' "$TCP"
	TLS_URL=https://board.example:$((PORT + 1))
	SIGNED=(-sS --max-time 60 --cacert "$WEBROOT/etc/board.crt")
	for name in board other; do
		SIGNED+=(--resolve "$name.example:$((PORT + 1)):127.0.0.1"
		    --resolve "$name.example:$((PORT + 2)):127.0.0.1")
	done
}

# A header that nobody can send makes no other reader: with a sign-in the answer
# is that without the headers, and without one there is none.
check_forged() {
	local me
	me=$(curl "${SIGNED[@]}" "$@" "$TLS_URL/api/v1/me")
	is "$(forge "$TLS_URL/api/v1/me" "${SIGNED[@]}" "$@" | sort -u)" "$me"
	is "$(forge "$TLS_URL/api/v1/me" "${SIGNED[@]}" -o /dev/null \
	    -w '%{http_code}\n' | sort | uniq -c | xargs)" "${#FORGED[@]} 401"
}

# With TLS, a public name and passwords: the sign-in says who it is, in which
# groups; health is open, and nothing is without TLS or by another name.
check_sign_in() {
	local me=$TLS_URL/api/v1/me to
	is "$(curl "${SIGNED[@]}" -u zoe:s3same "$me" |
	    jq -c '.me | [.user, .groups, .role]')" \
	    "${ZOE:-[\"zoe\",[\"superviseurs\",\"Nord\"],\"admin\"]}"
	is "$(curl "${SIGNED[@]}" -u lea:s3cret "$me" |
	    jq -c '.me | [.user, .groups, .role]')" \
	    '["lea",[],"supervisor"]'
	is "$(curl "${SIGNED[@]}" -o /dev/null -w '%{http_code} ' "$me" \
	    --next "${SIGNED[@]}" -o /dev/null -w '%{http_code} ' -u zoe:x \
	    "$me" --next "${SIGNED[@]}" -o /dev/null -w '%{http_code} ' \
	    -u eve:s3same "$me" --next "${SIGNED[@]}" -o /dev/null \
	    -w '%{http_code}' "$TLS_URL/metrics")" '401 401 401 401'
	check_forged -u zoe:s3same
	# Health needs no sign-in, nor believes one.
	is "$(curl "${SIGNED[@]}" "$TLS_URL/healthz" --next "${SIGNED[@]}" \
	    -u eve:x "$TLS_URL/healthz" --next "${SIGNED[@]}" \
	    "$TLS_URL/readyz" | jq -r .status | xargs)" 'ok ok ok'
	# Figures, for this machine.
	grep -q '^cccp_build_info' <(ask /metrics)
	# The handler knows that it is TLS: a page without it is another's.
	for to in https http; do
		curl "${SIGNED[@]}" -u zoe:s3same -H 'Content-Type: application/json' \
		    -H "Origin: $to${TLS_URL#https}" -d '{"who_kind":"nobody"}' \
		    "$TLS_URL/api/v1/grants" | jq .status
	done >"$BATS_TEST_TMPDIR/posted"
	is "$(xargs <"$BATS_TEST_TMPDIR/posted")" "${POSTED:-400 403}"
	to=$(curl "${SIGNED[@]}" -o /dev/null -w '%{http_code} %{redirect_url}' \
	    "http://board.example:$((PORT + 2))/api/v1/users?q=a")
	[[ $to =~ ^30[18]\ https://board.example(:[0-9]+)?/api/v1/users\?q=a$ ]]
	[[ $(curl "${SIGNED[@]}" "${TLS_URL/board/other}/healthz" 2>&1) != \
	    *'"status"'* ]]
}
