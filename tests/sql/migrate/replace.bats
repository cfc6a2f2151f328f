#!/usr/bin/env bats
# sql/migrate with files that differ from those applied before: what is replaced,
# what is refused, and that a failure changes nothing.

load stand

# What a poller hands over: logins.
flush_users() {
	PGUSER=cccp_poller sql -v logins="$1" <<-'END'
		SELECT cccp.staging() \g /dev/null
		BEGIN;
		INSERT INTO source_in (name, status, alive_at, complete)
		VALUES ('prod', 'live', now(), true);
		INSERT INTO agent_in (login, name, logged, mode, busy_count, present)
		SELECT login, initcap(login), true, 'inbound', 0, true
		FROM unnest(string_to_array(:'logins', ' ')) AS login;
		SELECT rows_changed FROM cccp.flush() \g /dev/null
		COMMIT;
	END
}

@test "code is replaced whole, and who depends on it notices nothing" {
	migrate
	flush_users 'zoe max'
	sql <<-'END'
		CREATE VIEW public.mine AS SELECT login FROM cccp_v1.user
		WHERE cccp.seconds_since(changed_at, 0) >= 0;
		CREATE ROLE guest;
		GRANT USAGE ON SCHEMA cccp TO guest;
		GRANT EXECUTE ON FUNCTION cccp.state_gaps TO guest;
		GRANT SELECT ON cccp_v1.user TO guest;
		CREATE FUNCTION cccp.mine() RETURNS int LANGUAGE sql RETURN 1;
	END
	spoil
	echo 'COMMENT ON FUNCTION cccp.state_gaps(timestamptz) IS $$Changed.$$;' \
	    >>"$SQL/code/11-state.sql"
	sed -i '/^GRANT EXECUTE ON FUNCTION cccp.retire_source/d
	    s/cccp\.retire_source/cccp.retire/' "$SQL/code/36-owner.sql"
	run -1 migrate --check
	run -0 migrate
	[[ $output != *"applied tables/"* ]]
	[[ $output == *"ROUTINE cccp.retire_source(text) is no longer in any file: dropped"* ]]
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$(migrate --version)" ]
	[ "$(sql -c "SELECT count(*) FROM cccp.migration")" = "$FILES" ]
	[ "$(sql -c "SELECT to_regproc('cccp.retire') IS NOT NULL,
	    to_regproc('cccp.retire_source') IS NULL, cccp.mine(),
	    has_function_privilege('guest', 'cccp.state_gaps(timestamptz)',
	    'EXECUTE'),
	    has_table_privilege('guest', 'cccp_v1.user', 'SELECT'),
	    obj_description('cccp.state_gaps(timestamptz)'::regprocedure)")" = 't|t|1|t|t|Changed.' ]
	[ "$(sql -c "SELECT string_agg(login, ' ' ORDER BY login) FROM mine")" = 'max zoe' ]
	flush_users 'zoe eva'
	[ -z "$(sql -c "SELECT * FROM cccp.state_gaps()")" ]
	sql -c 'DROP OWNED BY guest' -c 'DROP ROLE guest'
}

@test "a code file that is gone leaves nothing behind" {
	spoil
	cat >"$SQL/code/50-more.sql" <<-'END'
		CREATE FUNCTION cccp.one() RETURNS int LANGUAGE sql RETURN 1;
		CREATE FUNCTION cccp.two() RETURNS int LANGUAGE sql
		RETURN cccp.one() + 1;
		CREATE VIEW cccp.more AS SELECT cccp.two();
		CREATE FUNCTION cccp_private.more() RETURNS int LANGUAGE sql RETURN 1;
	END
	migrate
	rm "$SQL/code/50-more.sql"
	run -0 migrate
	[[ $output == *"VIEW cccp.more is no longer in any file: dropped"* ]]
	unset SQL
	run -0 migrate
	[[ $output == *"nothing to do" ]]
	[ "$(sql -c "SELECT to_regclass('cccp.more') IS NULL,
	    to_regproc('cccp.one') IS NULL, to_regproc('cccp.two') IS NULL,
	    to_regproc('cccp_private.more') IS NULL")" = 't|t|t|t' ]
}

@test "a promise that is broken is named, and nothing was changed" {
	migrate
	everything >"$BATS_TEST_TMPDIR/before"
	spoil
	sed -i 's/AS state_seconds,$/AS state_duration,/
	    s/user\.state_seconds/user.state_duration/' "$SQL/code/41-view-user.sql"
	run -1 migrate
	[[ $output == *"code/41-view-user.sql:"*"state_seconds"* ]]
	[[ $output == *"view cccp_v1.user is promised"* ]]
	[[ $output != *SELECT* ]]
	rm "$SQL/code/43-view-call.sql"
	cp "$PG_ROOT/sql/code/41-view-user.sql" "$SQL/code"
	run -1 migrate
	[[ $output == *"VIEW cccp_v1.call is no longer in any file"* ]]
	[[ $output == *"are promised"* ]]
	everything | diff "$BATS_TEST_TMPDIR/before" -
	# Columns at the end are no break.
	cp "$PG_ROOT/sql/code/43-view-call.sql" "$SQL/code"
	sed -i 's/ END AS stage$/ END AS stage, 1 AS more/' "$SQL/code/43-view-call.sql"
	run -0 migrate
	[ "$(sql -c "SELECT count(more) FROM cccp_v1.call")" = 0 ]
}

# Runs SQL in the background, in a transaction that stays open until something
# is written to word.  It is psql itself, without a shell around it that would
# keep the output of bats open when the test fails; teardown ends it.
hold() {
	mkfifo "$BATS_TEST_TMPDIR/word"
	PGAPPNAME=holder psql -Xq -c "BEGIN; $1; SELECT FROM pg_advisory_lock(1)" \
	    -f "$BATS_TEST_TMPDIR/word" >/dev/null 3>&- &
	HOLDER=$!
	until [ "$(sql -c "SELECT count(*) FROM pg_locks
	    WHERE locktype = 'advisory' AND objid = 1 AND granted")" = 1 ]; do
		sleep 0.05
	done
}

@test "who reads for long is named, and nobody waits behind" {
	migrate
	# No function of somebody else is called for one of PostgreSQL's.
	sql -c "CREATE FUNCTION public.format(text, int, name, text, interval)
	    RETURNS text LANGUAGE sql RETURN 'planted'"
	hold 'SELECT FROM cccp_v1.user'
	spoil
	echo '-- More.' >>"$SQL/code/10-base.sql"
	run -1 migrate --tries 1
	[[ $output == *"code/41-view-user.sql:"*": waited for process "*"holder"*", busy for "* ]]
	[[ $output == *"nothing was changed after 1 tries" ]]
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$SCHEMA" ]
	migrate --tries 20 >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	local pid=$!
	until grep -q 'waited for process' "$BATS_TEST_TMPDIR/log"; do
		# Also while it waits.
		PGOPTIONS='-c statement_timeout=6s' sql -c 'TABLE cccp_v1.user'
	done
	echo >"$BATS_TEST_TMPDIR/word"
	wait "$pid" || { cat "$BATS_TEST_TMPDIR/log"; false; }
	grep 'trying again (2 of 20)' "$BATS_TEST_TMPDIR/log"
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$(migrate --version)" ]
}

@test "a deadlock is tried again" {
	migrate
	spoil
	local n
	for n in {1..20}; do
		echo "-- $n" >>"$SQL/code/10-base.sql"
		# It holds what migrate waits for, and then waits for what migrate
		# holds.  Only migrate looks for deadlocks.
		PGAPPNAME=holder PGOPTIONS='-c deadlock_timeout=1h' \
		    sql >"$BATS_TEST_TMPDIR/held" 3>&- <<-'END' &
			BEGIN;
			SELECT FROM cccp_v1.user;
			DO $$ BEGIN
				WHILE NOT EXISTS (SELECT FROM pg_locks
				    WHERE relation = 'cccp.clock'::regclass
				    AND mode = 'RowShareLock'
				    AND pid <> pg_backend_pid()) LOOP
					PERFORM pg_sleep(0.01);
				END LOOP;
			END $$;
			SELECT FROM cccp.clock FOR UPDATE;
			COMMIT;
		END
		HOLDER=$!
		until sql -c "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
		    WHERE relation = 'cccp_v1.user'::regclass
		    AND application_name = 'holder'" | grep -q 1; do
			sleep 0.05
		done
		run -0 migrate --tries 20
		wait "$HOLDER"
		[[ $output == *"trying again (2 of 20)"* ]]
		# After a delay of ours, the limit of its wait came first.
		grep 'deadlock detected' "$PG_DIR/log" && break
	done
	grep 'deadlock detected' "$PG_DIR/log"
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$(migrate --version)" ]
}

@test "a table file that was applied is not edited" {
	migrate
	spoil
	echo '-- More.' >>"$SQL/tables/002-source.sql"
	run -1 migrate
	[[ $output == *"tables/002-source.sql was changed after it was applied"* ]]
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$SCHEMA" ]
	cp "$PG_ROOT/sql/tables/002-source.sql" "$SQL/tables"
	printf '%s\n' 'SET LOCAL ROLE cccp_owner;' 'CREATE TABLE cccp.later ();' \
	    >"$SQL/tables/$(printf %03d $((${SCHEMA%-*} + 1)))-later.sql"
	run -0 migrate
	[[ ${lines[0]} == *"applied tables/"*"-later.sql" ]]
	[[ $output == *"now has schema $((${SCHEMA%-*} + 1))-"* ]]
	[ "$(sql -c "SELECT tableowner FROM pg_tables
	    WHERE tablename = 'later'")" = cccp_owner ]
}

@test "a column that is added is staged, compared and written" {
	migrate
	flush_users 'zoe max'
	spoil
	cat >"$SQL/tables/$(printf %03d $((${SCHEMA%-*} + 1)))-badge.sql" <<-'END'
		SET LOCAL ROLE cccp_owner;
		ALTER TABLE cccp.agent ADD badge text;
		ALTER TABLE cccp.queue ADD skill text NOT NULL DEFAULT 'none';
		ALTER TABLE cccp.call ADD subject text;
	END
	migrate
	# Each row is badge, skill, subject, and how many rows that changed.
	told() {
		PGUSER=cccp_poller sql -v badge="$1" -v skill="$2" -v subject="$3" <<-'END'
			SELECT cccp.staging() \g /dev/null
			BEGIN;
			INSERT INTO source_in (name, status, alive_at)
			VALUES ('prod', 'live', '2026-03-02 08:00Z');
			INSERT INTO agent_in (login, logged, mode, busy_count, badge)
			VALUES ('zoe', true, 'inbound', 0, :'badge');
			INSERT INTO queue_in (name, skill)
			VALUES ('q', nullif(:'skill', ''));
			INSERT INTO call_in (call_key, direction, queued_at, subject)
			SELECT 'c', 'inbound', date_trunc('day', now()), :'subject';
			SELECT rows_changed FROM cccp.flush();
			COMMIT;
		END
		sql -c "SELECT badge, skill, subject FROM cccp.agent, cccp.queue,
		    cccp.call WHERE login = 'zoe'"
	}
	told one '' first
	[ "$(told one '' first)" = $'0\none|none|first' ]
	[ "$(told two some second)" = $'3\ntwo|some|second' ]
	sql -c "UPDATE cccp.state_rule SET state = 'withdrawn' WHERE mode = 'inbound'" \
	    -c 'SET ROLE cccp_owner' -c 'SELECT cccp.apply_rules()'
	[ "$(sql -c "SELECT state, badge FROM cccp.agent
	    WHERE login = 'zoe'")" = 'withdrawn|two' ]
}

@test "a search key of before is made anew, and who depends on it notices nothing" {
	local file
	file=$(basename "$PG_ROOT"/sql/tables/*-search.sql)
	migrate
	flush_users 'zoe max'
	# As it was before that file.
	sql <<-END
		CREATE FUNCTION public.other(old text, new text) RETURNS void
		LANGUAGE plpgsql AS \$\$ BEGIN
			EXECUTE 'CREATE OR REPLACE VIEW cccp_v1.user AS '
			    || replace(pg_get_viewdef('cccp_v1.user'), old, new);
		END \$\$;
		SET ROLE cccp_owner;
		SELECT public.other('a.search_key', 'NULL::text AS search_key');
		DROP VIEW cccp_web.user_part, cccp_scoped.user CASCADE;
		ALTER TABLE cccp.agent DROP search_key;
		DROP FUNCTION cccp.patterns, cccp.pattern, cccp.search_key;
		ALTER TABLE cccp.agent ADD search_key text GENERATED ALWAYS AS
		    (cccp.fold(login || ' ' || name)) STORED;
		SELECT public.other('NULL::text AS search_key', 'a.search_key');
		DELETE FROM cccp.migration WHERE file = 'tables/$file';
		RESET ROLE;
		DROP FUNCTION public.other;
		CREATE VIEW public.mine AS SELECT login, search_key FROM cccp_v1.user;
		UPDATE cccp.agent SET name = E'Zo\u00ade', phone_uri =
		    'tel:+33639984125' WHERE login = 'zoe';
	END
	[ "$(sql -c "SELECT count(*) FROM mine WHERE search_key ~ '0639984125'")" = 0 ]
	migrate
	[ "$(sql -c "SELECT login FROM mine WHERE search_key LIKE ALL
	    (cccp.patterns('{ZOÉ, 06, 39, 98, 41, 25}'))")" = zoe ]
	[ "$(sql -c "SELECT count(*) FROM pg_indexes
	    WHERE indexname = 'agent_search_key_idx'")" = 1 ]
}

@test "whoever never logged in before an update has no time in the state" {
	migrate
	flush_users 'zoe max'
	# As it was before: zoe was logged out before a gap and after it, max
	# has logged out.
	sql <<-'END'
		BEGIN;
		UPDATE cccp.agent SET state = 'offline', since_known = true;
		UPDATE cccp.agent_now SET state = 'offline', since_known = true;
		UPDATE cccp.agent_state SET since = now() - interval '3 min';
		UPDATE cccp.agent_state SET state = 'offline' WHERE agent_id =
		    (SELECT agent_id FROM cccp.agent WHERE login = 'zoe');
		UPDATE cccp.agent_state SET until = now() - interval '2 min';
		INSERT INTO cccp.agent_state (agent_id, state, since, until, gap)
		SELECT agent_id, 'unknown', now() - interval '2 min',
		    now() - interval '1 min', true FROM cccp.agent;
		INSERT INTO cccp.agent_state (agent_id, state, since)
		SELECT agent_id, 'offline', now() - interval '1 min'
		FROM cccp.agent;
		UPDATE cccp.agent a SET state_since = s.since
		FROM cccp.agent_state s
		WHERE s.agent_id = a.agent_id AND s.until IS NULL;
		UPDATE cccp.agent_now w SET state_since = a.state_since
		FROM cccp.agent a WHERE a.agent_id = w.agent_id;
		DELETE FROM cccp.migration WHERE file ~ 'since-known';
		COMMIT;
	END
	[ "$(sql -c "SELECT count(state_seconds) FROM cccp_v1.user")" = 2 ]
	migrate
	[ "$(sql -c "SELECT login FROM cccp_v1.user
	    WHERE state = 'offline' AND state_seconds IS NULL")" = zoe ]
	[ -z "$(sql -c "SELECT * FROM cccp.state_gaps()")" ]
}

@test "a file that fails undoes everything, and is named with its line" {
	spoil
	printf '%s\n' 'CREATE TABLE cccp.half ();' 'SELECT nonsense;' \
	    >>"$SQL/tables/002-source.sql"
	run -1 migrate
	[[ $output == *"tables/002-source.sql:$(wc -l <"$SQL/tables/002-source.sql"): ERROR:"* ]]
	[[ $output != *applied* ]]
	[ "$(sql -c "SELECT to_regnamespace('cccp') IS NULL")" = t ]
	cp "$PG_ROOT/sql/tables/002-source.sql" "$SQL/tables"
	run -0 migrate
	[ "$(sql -c "SELECT cccp.schema_version()")" = "$SCHEMA" ]
}
