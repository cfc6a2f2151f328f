#!/usr/bin/env bats
#
# Two sites with the same names: a queue, and an agent, is one of a source.

load ../stand

# calls_of SOURCE: calls of two agents and of a queue whose name looks like one
# of the other site's; the snapshot's own call stays.
calls_of() {
	psql -Xq -v ON_ERROR_STOP=1 -v source="$1" <<-'EOF'
		SET ROLE cccp_poller;
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in (name, url, status, alive_at, clock_skew_s)
		VALUES (:'source', 'file:///site.json', 'live', now(), 0);
		INSERT INTO queue_in (name, display_name, present)
		VALUES ('site-lyon/accueil', 'Renvoi', true), ('commun', 'Commun', true);
		INSERT INTO call_in (call_key, direction, queue, agent_login,
		    queued_at, managed_at, present)
		VALUES ('talk', 'inbound', 'accueil', 'dupont', now(), now(), true),
		    ('slash', 'inbound', 'site-lyon/accueil', 'a/b', now(), now(), true);
		SELECT * FROM cccp.flush() \g /dev/null
		COMMIT;
	EOF
}

setup_file() {
	local site
	stand_start
	for site in paris lyon; do
		cp "$ROOT/tests/data/sites/$site.json" "$STAND/$site.json"
		PGUSER=cccp_poller CCCP_ALLOW_ROOT=yes "$BUILD/cccp-poller" -1 \
		    "site-$site=file://$STAND/$site.json"
		calls_of "site-$site"
	done
	stay_fresh
	handler_start
	web_start
}

teardown_file() {
	stand_stop
}

# What the filter of calls, or users, of the two sites finds.
found() {
	ask "/api/v1/$1?source=site-paris,site-lyon&sort=$2,source&$3" |
	    jq -c "[.$1[] | .source[5:] + \" \" + .$2]"
}

calls() { found calls call_key "$1"; }

@test "a call has the label of its own source's queue" {
	ask '/api/v1/calls?source=site-paris,site-lyon' | jq -e '
	    [.calls[] | select(.queue == "accueil") | [.source, .queue_label]] |
	    unique == [["site-lyon", "Accueil Lyon"],
	    ["site-paris", "Accueil Paris"]]'
	ask '/api/v1/users/site-lyon/dupont' | jq -e '.user.queue == "Accueil Lyon"
	    and .user.queue_name == "accueil" and
	    [.calls[].queue_label] == ["Accueil Lyon"]'
}

@test "source/name is one queue, a name alone is that of any source" {
	is "$(calls queue=site-paris/accueil)" '["paris c-paris","paris talk"]'
	is "$(calls queue=accueil)" \
	    '["lyon c-lyon","paris c-paris","lyon talk","paris talk"]'
	is "$(calls queue=-site-paris/accueil)" \
	    '["lyon c-lyon","lyon slash","paris slash","lyon talk"]'
	is "$(calls queue=-accueil)" '["lyon slash","paris slash"]'
	is "$(calls queue=site-lyon/accueil,commun)" '["lyon c-lyon","lyon talk"]'
	is "$(calls queue=nowhere/accueil)" '[]'
	# A name with a slash is never taken for a source and a name.
	is "$(calls queue=site-paris/site-lyon/accueil)" '["paris slash"]'
	is "$(found users login queue=site-lyon/accueil)" '["lyon dupont"]'
	is "$(found users login queue=accueil)" '["lyon dupont","paris dupont"]'
}

@test "source/login is one agent, a login alone is that of any source" {
	is "$(calls agent=site-paris/dupont)" '["paris talk"]'
	is "$(calls agent=dupont)" '["lyon talk","paris talk"]'
	is "$(calls agent=site-lyon/a/b)" '["lyon slash"]'
	is "$(calls agent=-dupont,-site-lyon/a/b)" \
	    '["lyon c-lyon","paris c-paris","paris slash"]'
	is "$(calls agent=)" '["lyon c-lyon","paris c-paris"]'
}

@test "queues are counted by source, and have labels" {
	local both='source=site-paris,site-lyon' list
	ask "/api/v1/calls?$both" | jq -e '.facets.queue == {
	    "site-lyon/accueil": 2, "site-lyon/site-lyon/accueil": 1,
	    "site-paris/accueil": 2, "site-paris/site-lyon/accueil": 1} and
	    .labels.queue == {"site-lyon/accueil": "Accueil Lyon",
	    "site-lyon/site-lyon/accueil": "Renvoi",
	    "site-paris/accueil": "Accueil Paris",
	    "site-paris/site-lyon/accueil": "Renvoi"}'
	ask "/api/v1/users?$both" | jq -e '.facets.queue == {
	    "site-lyon/accueil": 1, "site-paris/accueil": 1} and
	    .labels.queue == {"site-lyon/accueil": "Accueil Lyon",
	    "site-paris/accueil": "Accueil Paris"}'
	# Each count is what its filter gives.
	for list in users calls; do
		ask "/api/v1/$list?$both" | jq -r '.facets.queue | to_entries[] |
		    "\(.key) \(.value)"' >"$BATS_TEST_TMPDIR/counts"
		while read -r queue n; do
			is "$(ask "/api/v1/$list?$both&queue=$queue" |
			    jq .meta.filtered)" "$n"
		done <"$BATS_TEST_TMPDIR/counts"
	done
}

# The labels in the answer to a filter that no row passes.
labels() {
	ask "/api/v1/calls?q=xyzzy&queue=$1" | jq -cS .labels.queue
}

@test "a queue that is filtered by has its label without any row" {
	is "$(labels site-lyon/accueil,-site-paris/accueil,site-paris/commun)" \
	    '{"site-lyon/accueil":"Accueil Lyon","site-paris/accueil":"Accueil Paris","site-paris/commun":"Commun"}'
	# A name alone has one when it is the same in all sources.
	is "$(labels commun,accueil,nobody,)" '{"commun":"Commun"}'
	is "$(labels commun,commun,-commun)" '{"commun":"Commun"}'
}

@test "calls are found by every name of their queue" {
	is "$(calls q=accueil+paris)" '["paris c-paris","paris talk"]'
	is "$(calls q=renvoi)" '["lyon slash","paris slash"]'
	is "$(calls q=SITE-LYON/accu)" '["lyon slash","paris slash"]'
}
