#!/usr/bin/env bats
# The table of who may see what: all readers of grants.sql and world.sql, all
# resources and formats of the description of the API; and readers who ask at the
# same time.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_start
	psql -Xq -v ON_ERROR_STOP=1 -f "$BATS_TEST_DIRNAME/grants.sql" \
	    -f "$BATS_TEST_DIRNAME/world.sql"
	export CHANGE
	# The description is one of the files.
	HTDOCS=$ROOT/htdocs CCCP_ANONYMOUS=none handler_start
}

teardown_file() {
	. "$BATS_TEST_DIRNAME/../stand.bash"
	stand_stop
}

@test "every reader, resource and format: nothing foreign, and all that is his" {
	node "$BATS_TEST_DIRNAME/table.mjs"
}

@test "1000 rounds of two readers at the same time: each gets what is his" {
	node "$BATS_TEST_DIRNAME/turns.mjs" 1000
}
