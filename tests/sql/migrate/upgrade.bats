#!/usr/bin/env bats
# An update of a database with data: the tables as they were when the schema was
# first made, with a row in each and a value in each column, become those of now.

load stand

# A database with the tables of 001 to 006, and of the code only what tells the
# version and makes months: the rest uses later columns.
first_schema() {
	local file
	spoil
	for file in "$SQL"/tables/*; do
		[[ ${file##*/} < 007 ]] || rm "$file"
	done
	find "$SQL/code" -type f ! -name '00-*' -delete
	sed -n '/FUNCTION cccp.schema_version() RETURNS/,/^    FROM/p
	    /FUNCTION cccp_private.make_partition/,/^END \$\$;/p' \
	    "$PG_ROOT"/sql/code/{10,20}-*.sql >"$SQL/code/10-some.sql"
	migrate
	unset SQL
	sql -o /dev/null <<-'SQL'
		SET ROLE cccp_owner;
		SELECT cccp_private.make_partition(p.partrelid, date_trunc('month',
		    now() + n * interval '1 month', 'UTC'))
		FROM pg_partitioned_table p, generate_series(-1, 2) n;
	SQL
}

# The month before, which a new database does not have.
last_month() {
	sql -o /dev/null -c "SELECT cccp.ensure_partitions(p::regclass,
	    now() - interval '1 month', now()) FROM unnest(ARRAY[
	    'cccp.agent_state', 'cccp.call', 'cccp.queue_sample']) p"
}

# One row in each table, whose columns are read from the catalogue.  Where a
# constraint wants more than a type says, the value is here.
fill() {
	sql <<-'SQL'
		CREATE FUNCTION public.sample(field text, type text)
		RETURNS text LANGUAGE sql AS $$
			SELECT CASE
			    WHEN field IN ('source_id', 'agent_id', 'queue_id')
				THEN '1'
			    WHEN field = 'rule_id' THEN '777'
			    WHEN field = 'since' THEN 'now() - interval ''2 h'''
			    WHEN field = 'until' THEN 'now() - interval ''1 h'''
			    WHEN field = 'minute'
				THEN 'date_trunc(''minute'', now(), ''UTC'')'
			    WHEN field = 'status' THEN '''down'''
			    WHEN field = 'kind' THEN '''agent'''
			    WHEN field = 'direction' THEN '''inbound'''
			    WHEN field = 'state' THEN '''available'''
			    WHEN field = 'phase' THEN '''ringing'''
			    WHEN field = 'outbound' THEN '''call'''
			    WHEN field = 'phone_uri' THEN '''tel:+33639984125'''
			    WHEN field = 'name' THEN '''prod'''
			    WHEN field IN ('gap', 'hidden') THEN 'false'
			    WHEN type = 'text' THEN quote_literal(field)
			    WHEN type = 'text[]' THEN format('ARRAY[%L]', field)
			    WHEN type = 'boolean' THEN 'true'
			    WHEN type = 'interval' THEN '''1 min'''
			    WHEN type ~ '^timestamp'
				THEN 'now() - interval ''90 min'''
			    WHEN type IN ('integer', 'bigint') THEN '7'
			    WHEN type = 'double precision' THEN '1.5'
			END
		$$;
		DO $$
		DECLARE
			t record;
		BEGIN
			FOR t IN SELECT c.oid::regclass AS name,
			    string_agg(quote_ident(attname), ', ') AS fields,
			    string_agg(public.sample(attname,
				format_type(atttypid, NULL)), ', ') AS sampled
			    FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
			    WHERE relnamespace = 'cccp'::regnamespace
			    AND relkind IN ('r', 'p') AND NOT relispartition
			    AND attnum > 0 AND NOT attisdropped
			    AND attidentity <> 'a' AND attgenerated = ''
			    AND relname NOT IN ('clock', 'migration')
			    GROUP BY c.oid ORDER BY c.oid
			LOOP
				EXECUTE format('INSERT INTO %s (%s) VALUES (%s)',
				    t.name, t.fields, t.sampled);
			END LOOP;
			UPDATE cccp.clock SET generation = 7, purged_at = now();
			-- The state of now.
			INSERT INTO cccp.agent_state (agent_id, state, since)
			SELECT 1, 'available', until FROM cccp.agent_state;
			UPDATE cccp.agent a SET state_since = i.since
			FROM cccp.agent_state i WHERE i.until IS NULL;
			UPDATE cccp.agent_now n SET state_since = a.state_since
			FROM cccp.agent a;
		END $$;
	SQL
}

# The rows of each table, as JSON: name, row.
rows() {
	sql -F $'\t' <<-'SQL'
		SELECT format('SELECT %L, to_jsonb(t) FROM %s t ORDER BY 2', c.oid::
		    regclass, c.oid::regclass) FROM pg_class c
		WHERE relnamespace = 'cccp'::regnamespace AND relkind IN ('r', 'p')
		AND NOT relispartition ORDER BY c.oid \gexec
	SQL
}

@test "an update keeps each row and value, and makes what a new database has" {
	local new fresh
	first_schema
	fill
	rows >"$BATS_TEST_TMPDIR/rows"
	[ "$(cut -f 1 "$BATS_TEST_TMPDIR/rows" | sort -u | wc -l)" -eq 11 ]
	# No column is null in all rows.
	[ "$(jq -rRn '[inputs | split("\t") | {t: .[0], r: (.[1] | fromjson)}]
	    | group_by(.t)[] | .[0].t as $t | map(.r) | (.[0] | keys[]) as $k
	    | select(all(.[]; .[$k] == null)) | "\($t) \($k)"' \
	    "$BATS_TEST_TMPDIR/rows")" = "" ]

	migrate
	# The columns that a file of tables/ gave another name or a new value.
	sql <<-'SQL'
		CREATE TABLE public.kept (name text, row jsonb);
	SQL
	sed 's/\\/\\\\/g' "$BATS_TEST_TMPDIR/rows" |
	    sql -c '\copy public.kept FROM pstdin'
	sql <<-'SQL'
		UPDATE kept SET row = row - 'contact_seconds' - 'search_key'
		    || jsonb_build_object('talk_seconds', row->'contact_seconds')
		WHERE name = 'cccp.agent';
		DELETE FROM kept WHERE name = 'cccp.migration'
		AND row->>'file' LIKE 'code/%';
	SQL
	rows | sed 's/\\/\\\\/g' >"$BATS_TEST_TMPDIR/now"
	sql -c 'CREATE TABLE public.is (name text, row jsonb)' \
	    -c '\copy public.is FROM pstdin' <"$BATS_TEST_TMPDIR/now"
	run -0 sql -c "SELECT name, row FROM kept k WHERE NOT EXISTS (
	    SELECT FROM public.is i WHERE i.name = k.name AND i.row @> k.row)"
	[ "$output" = "" ]
	[ "$(sql -c "SELECT search_key LIKE cccp.pattern('06 39 98 41 25')
	    FROM cccp.agent")" = t ]
	[ "$(sql -c 'SELECT count(*) FROM cccp.state_gaps()')" = 0 ]
	sql -c 'DROP TABLE kept, public.is' -c 'DROP FUNCTION sample'

	# The poller goes on with it.
	PGUSER=cccp_poller sql <<-'SQL'
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in (name, status, alive_at, complete)
		VALUES ('prod', 'live', now(), true);
		INSERT INTO agent_in (login, name, logged, mode, present)
		VALUES ('login', 'prod', true, 'pause', true);
		SELECT FROM cccp.flush();
		COMMIT;
	SQL
	[ "$(sql -c "SELECT id, state FROM cccp_v1.user")" = '1|paused' ]
	[ "$(sql -c 'SELECT count(*) FROM cccp.state_gaps()')" = 0 ]

	# And nothing tells it from a new one.
	new=$PGDATABASE fresh=${PGDATABASE}_fresh
	psql -Xq -d postgres -c "CREATE DATABASE $fresh"
	PGDATABASE=$fresh migrate
	PGDATABASE=$fresh last_month
	diff <(PGDATABASE=$fresh pg_dump -s | sed '/^\\\(un\)*restrict /d') \
	    <(PGDATABASE=$new pg_dump -s | sed '/^\\\(un\)*restrict /d')
	psql -Xq -d postgres -c "DROP DATABASE $fresh"
}
