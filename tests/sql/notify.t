#!/bin/bash
# A client that listens is told of each generation once, and of nothing else.

. "${0%/*}/tap.bash"

heard=$(tap <<'SQL' | sed -n 's/^Asynchronous.* "cccp" with payload "\([^"]*\)".*/\1/p'
LISTEN cccp;
SELECT test.flush('{"alive_at": 1}', '[{"login": "zoe"}]') \g /dev/null
SELECT test.flush('{"alive_at": 1}', '[{"login": "zoe"}]') \g /dev/null
SELECT test.flush('{"alive_at": 2}') \g /dev/null
SELECT test.flush('{"alive_at": 2}', '[{"login": "zoe", "mode": "pause"}]')
    \g /dev/null
BEGIN;
SELECT test.flush('{"alive_at": 3}', '[{"login": "max"}]') \g /dev/null
ROLLBACK;
SELECT test.flush('{"status": "stale"}') \g /dev/null
SELECT 'the end';
SQL
)
heard=$(paste -sd, <<<"$heard")
tap -v heard="$heard" <<'SQL'
SELECT plan(1);
SELECT is(:'heard'::text, '1,2,3'::text, 'notified of generations 1, 2 and 3');
SELECT * FROM finish();
SQL
