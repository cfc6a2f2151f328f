#!/usr/bin/env bats
#
# Searching users, queues and calls: phone numbers in any form find each other,
# and characters that are not seen hide nobody, in what is stored and in what is
# asked for.

load ../stand

setup_file() {
	stand_start
	sql >/dev/null <<-'EOF'
		CREATE TABLE form AS SELECT row_number() OVER () AS i, form
		FROM unnest(ARRAY['0639984125', '06 39 98 41 25', '06.39.98.41.25',
		    '+33639984125', '+33 6 39 98 41 25', '+33 (0)6 39 98 41 25',
		    '0033639984125', '0033 6 39-98-41-25', '33639984125',
		    E'\u202a+33\u00a06\u00a039\u00a098\u00a041\u00a025\u202c']) form;
		GRANT SELECT ON form TO cccp_poller;
		SET ROLE cccp_poller;
		SELECT cccp.staging(), cccp.keep_partitions();
		BEGIN;
		INSERT INTO source_in (name, url, status, alive_at, clock_skew_s,
		    complete, resumed)
		VALUES ('formes', 'cccp://formes.example:20103', 'live', now(), 0,
		    true, true);
		INSERT INTO agent_in (login, name, phone_uri, logged, mode, present,
		    seen_at)
		SELECT 'f' || i, 'Forme', 'tel:' || form, true, 'inbound', true, now()
		FROM form;
		INSERT INTO agent_in (login, name, phone_uri, present, seen_at)
		VALUES ('marcel', E'Mar\u00adcel Du\u00adbois', NULL, true, now()),
		('lea', E'\u202bL\u200be\u0301a\ufe0f\u202c O\u2060tt', NULL, true, now()),
		('autre', 'Forme', 'tel:0639982541', true, now());
		INSERT INTO queue_in (name, display_name, type, present)
		VALUES ('cache', E'File ca\u00adch\u00e9e', 'queue', true);
		INSERT INTO call_in (call_key, direction, queue, queue_label, caller,
		    callee, queued_at, present)
		SELECT 'f' || i, 'inbound', 'cache', E'File ca\u00adch\u00e9e',
		    CASE WHEN i % 2 = 0 THEN form ELSE '0199001234' END,
		    CASE WHEN i % 2 = 1 THEN form ELSE '0199001234' END, now(), true
		FROM form;
		INSERT INTO call_in (call_key, direction, queue, queue_label, caller,
		    queued_at, present)
		VALUES ('autre', 'inbound', 'q', E'L\u2060yon', '0639982541', now(),
		    true);
		SELECT * FROM cccp.flush();
		COMMIT;
	EOF
	stay_fresh
	handler_start
	web_start
}

teardown_file() {
	stand_stop
}

# finds LIST KEY KEYS Q ...: each Q finds the rows of this source with these keys.
finds() {
	local list=$1 key=$2 keys=$3 q asked=()
	shift 3
	for q; do
		asked+=(--next -sS -G "$URL/api/v1/$list?source=formes&per_page=500"
		    --data-urlencode "q=$q")
	done
	curl "${asked[@]:1}" | jq -es --arg list "$list" --arg key "$key" \
	    --arg keys "$keys" 'length == ($ARGS.positional | length) and
	    ([., $ARGS.positional] | transpose | map([.[1], (.[0][$list] |
		map(.[$key]) | sort | join(" "))] | select(.[1] != $keys)) |
	    . == [] or (debug | false))' --args -- "$@"
}

all='f1 f10 f2 f3 f4 f5 f6 f7 f8 f9'

@test "a phone number in any form finds it in any form" {
	local forms
	mapfile -t forms < <(sql -c 'SELECT form FROM form'
	    printf '%s\n' '+330639984125' '00 33 6 39 98 41 25' \
	    '+33 (0) 6 39 98 41 25' '(06) 39 98 41 25' '063 998 4125')
	is ${#forms[@]} 15
	finds users login "$all" "${forms[@]}"
	finds calls call_key "$all" "${forms[@]}" "${forms[@]/#/cachee }"
	finds users login f3 'forme +33 (0)6 39 98 41 25 f3'
	finds users login autre '06 39 98 25 41'
	finds calls call_key autre '+33 6 39 98 25 41'
}

@test "what is not seen hides nobody" {
	finds users login marcel 'marcel dubois' MARCEL $'mar\u00adcel' \
	    $'\u200bdu\u200dbois' $'ma\ufe0frcel\u202e'
	finds users login lea 'léa' lea 'lea ott' $'le\u0301\u2066a\u2069' \
	    $'o\u00adtt'
	finds queues name cache cachee 'file cachée' $'ca\u200cche'
	finds calls call_key "$all" cachee 'file cachée' $'ca\u200cche'
	finds calls call_key autre lyon
}
