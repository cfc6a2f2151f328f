#!/usr/bin/env bats
#
# cccp-poller as a Unix user meets it: options, sources, passwords.

load ../await

setup() {
	POLLER=${BUILD:-build/release}/cccp-poller
	unset CCCP_SOURCES
	export CCCP_ALLOW_ROOT=yes
}

@test "-h tells every option, -V the version" {
	run "$POLLER" -h
	[ "$status" -eq 0 ]
	for option in -1 -d -f -i -n -r -v -h -V; do
		[[ $output = *"  $option, --"* ]]
	done
	run "$POLLER" --version
	[ "$status" -eq 0 ]
	[[ $output = "cccp-poller "* ]]
}

@test "every option and variable stands in the manual" {
	manual=$(mandoc -T utf8 poller/cccp-poller.8 | col -b)
	for option in $("$POLLER" -h | grep -o -- ' --[a-z-]*'); do
		[[ $manual = *"$option"* ]]
	done
	for variable in $("$POLLER" -h | grep -o 'CCCP_[A-Z_]*' | sed 's/_NAME$//'); do
		[[ $manual = *"$variable"* ]]
	done
	mandoc -T lint -W warning poller/cccp-poller.8
}

@test "a mistake ends with 2 and names itself" {
	run "$POLLER" -x a=cccp://u:p@h
	[ "$status" -eq 2 ]
	run "$POLLER"
	[ "$status" -eq 2 ]
	[[ $output = *CCCP_SOURCES* ]]
	run "$POLLER" -i 5 a=cccp://u:p@h
	[ "$status" -eq 2 ]
	[[ $output = *'-i: "5" is not a number from 10 to 60000'* ]]
	run "$POLLER" -r 10d a=cccp://u:p@h
	[ "$status" -eq 2 ]
	[[ $output = *'"10" is not a number from 31 to'* ]]
	run "$POLLER" --retention=13 a=cccp://u:p@h
	[ "$status" -eq 2 ]
	[[ $output = *'as in 400d'* ]]
	run "$POLLER" -i 12x a=cccp://u:p@h
	[ "$status" -eq 2 ]
}

@test "a source that is none is refused by name, without its secret" {
	while read -r spec word; do
		run "$POLLER" -1n "$spec"
		[ "$status" -eq 2 ]
		[[ $output = *"$word"* ]]
		[[ $output != *s3cret* ]]
	done <<-'EOF'
		cccp://u:s3cret@h NAME=URL
		cccp://u:s3cret=x@h NAME=URL
		Prod=cccp://u:s3cret@h Prod
		=cccp://u:s3cret@h name
		prod=ftp://u:s3cret@h ftp
		prod=cccp://h user
		prod=cccp://u:s3cret@ URL
		prod=cccp://u:s3cret@h:99999999 URL
		prod=nonsense URL
	EOF
	run "$POLLER" a=cccp://u:p@h a=cccp://u:p@i
	[ "$status" -eq 2 ]
	[[ $output = *"given twice"* ]]
}

@test "a server that is away: -1 says so and ends with 1" {
	run "$POLLER" -1n prod=cccp://u:s3cret@127.0.0.1:1
	[ "$status" -eq 1 ]
	[[ $output = *"prod: down: connect to 127.0.0.1 port 1"* ]]
	[[ $output != *s3cret* ]]
}

@test "sources come from CCCP_SOURCES, passwords from a file" {
	echo s3cret >"$BATS_TEST_TMPDIR/password"
	CCCP_PASSWORD_FILE_PROD_2=$BATS_TEST_TMPDIR/password \
	CCCP_SOURCES='prod-2=cccp://u@127.0.0.1:1 other=cccp://u:p@127.0.0.1:1' \
	    run "$POLLER" -1n
	[ "$status" -eq 1 ]
	[[ $output = *"prod-2: down"* && $output = *"other: down"* ]]
	CCCP_PASSWORD_FILE_PROD=/nonexistent/file run "$POLLER" -1n \
	    prod=cccp://u@127.0.0.1:1
	[ "$status" -eq 2 ]
	[[ $output = *"/nonexistent/file"* ]]
	: >"$BATS_TEST_TMPDIR/empty"
	CCCP_PASSWORD_FILE_PROD=$BATS_TEST_TMPDIR/empty run "$POLLER" -1n \
	    prod=cccp://u@127.0.0.1:1
	[ "$status" -eq 2 ]
	[[ $output = *"is empty"* ]]
}

@test "ps does not show a password for long" {
	"$POLLER" -n prod=cccp://u:s3cret@127.0.0.1:1 >/dev/null 2>&1 3>&- &
	pid=$!
	await "tr '\\0' ' ' </proc/$pid/cmdline | grep 'cccp-poller.*u:xxxxxx@'"
	kill $pid
}

@test "a database without the schema, or away, is said" {
	. tests/pg.sh
	PG_SCHEMA=no pg_start
	PGUSER=postgres run "$POLLER" -1 prod=cccp://u:p@127.0.0.1:1
	PG_SCHEMA=no pg_stop
	[ "$status" -eq 1 ]
	[[ $output = *"make schema"* ]]
	PGHOST=/nonexistent run "$POLLER" -1 prod=cccp://u:p@127.0.0.1:1
	[ "$status" -eq 1 ]
	[[ $output = *"database: connect"* ]]
}

@test "root is refused unless it was allowed" {
	((EUID == 0)) || skip 'for root'
	CCCP_ALLOW_ROOT=no run "$POLLER" -1n file=file:///nonexistent
	[ "$status" -eq 2 ]
	[[ $output = *'this is root'*'CCCP_ALLOW_ROOT=yes'* ]]
	CCCP_ALLOW_ROOT=perhaps run "$POLLER" -1n file=file:///nonexistent
	[ "$status" -eq 2 ]
	CCCP_ALLOW_ROOT=yes run "$POLLER" -1n file=file:///nonexistent
	[[ $output = *nonexistent* ]]
}
