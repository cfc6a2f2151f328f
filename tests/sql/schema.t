#!/bin/bash
# The schema as a DBA meets it: everything explained, owned, closed and bound.

. "${0%/*}/tap.bash"

version=$("$PG_ROOT/sql/migrate" --version)
files=$(cd "$PG_ROOT/sql" && printf '%s\n' {code,tables}/*.sql)
long=$(cd "$PG_ROOT/sql" && wc -l {code,tables}/*.sql |
    awk '$1 >= 400 && $2 != "total"')

# What the code files make a second time in a database is the same.
twice=$(dump() { pg_dump -s | sed '/^\\\(un\)*restrict /d'; }
    dump >"$PG_DIR/once"
    psql -Xq -c 'UPDATE cccp.migration SET hash = $$other$$ WHERE file ~ $$^code/$$'
    # As in a partition that is older than the comment of a column.
    psql -Xq <<<"SELECT format('COMMENT ON COLUMN %s.caller IS NULL',
	inhrelid::regclass) FROM pg_inherits
	WHERE inhparent = 'cccp.call'::regclass \gexec"
    "$PG_ROOT/sql/migrate" >/dev/null
    dump | diff "$PG_DIR/once" - 2>&1)

tap -v version="$version" -v files="$files" -v long="$long" \
    -v twice="$twice" <<'SQL'
SELECT plan(22);

-- What is ours: everything in our schemas but what extensions brought.
CREATE VIEW test.relation AS
SELECT c.* FROM pg_class c
WHERE relnamespace::regnamespace::text ~ '^cccp(_|$)';
CREATE VIEW test.function AS
SELECT p.* FROM pg_proc p
WHERE pronamespace::regnamespace::text ~ '^cccp(_|$)'
AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.objid = p.oid AND d.deptype = 'e');

SELECT is_empty($$
	SELECT nspname FROM pg_namespace WHERE nspname ~ '^cccp'
	AND obj_description(oid, 'pg_namespace') IS NULL
$$, 'every schema has its comment');
SELECT is_empty($$
	SELECT oid::regclass FROM test.relation WHERE relkind IN ('r','p','v')
	AND obj_description(oid, 'pg_class') IS NULL
$$, 'every table and view has its comment');
SELECT is_empty($$
	SELECT c.oid::regclass, attname FROM test.relation c
	JOIN pg_attribute ON attrelid = c.oid
	WHERE relkind IN ('r','p','v') AND attnum > 0 AND NOT attisdropped
	AND col_description(c.oid, attnum) IS NULL
$$, 'every column has its comment');
SELECT is_empty($$
	SELECT oid::regprocedure FROM test.function
	WHERE obj_description(oid, 'pg_proc') IS NULL
$$, 'every function has its comment');
SELECT is_empty($$
	SELECT t.oid::regtype FROM pg_type t
	WHERE typnamespace::regnamespace::text IN ('cccp', 'cccp_private')
	AND (typtype IN ('d','e','r')
	    OR typtype = 'c' AND EXISTS (SELECT FROM pg_class c
	    WHERE c.oid = typrelid AND relkind = 'c'))
	AND obj_description(t.oid, 'pg_type') IS NULL
$$, 'every type and domain has its comment');
SELECT is_empty($$
	SELECT collname FROM pg_collation
	WHERE collnamespace = 'cccp'::regnamespace
	AND obj_description(oid, 'pg_collation') IS NULL
$$, 'every collation has its comment');
SELECT is_empty($$
	SELECT rolname FROM pg_roles WHERE rolname ~ '^cccp_'
	AND shobj_description(oid, 'pg_authid') IS NULL
$$, 'every role has its comment');
SELECT is((SELECT string_agg(DISTINCT relkind::text, ''
    ORDER BY relkind::text) FROM test.relation), 'ISciprv',
    'there are no other kinds of relations');

SELECT is_empty($$
	SELECT oid::regclass::text FROM test.relation
	WHERE pg_get_userbyid(relowner) <> 'cccp_owner' UNION ALL
	SELECT oid::regprocedure::text FROM test.function
	WHERE pg_get_userbyid(proowner) <> 'cccp_owner' UNION ALL
	SELECT nspname FROM pg_namespace WHERE nspname ~ '^cccp'
	AND pg_get_userbyid(nspowner) <> 'cccp_owner'
$$, 'all is cccp_owner''s');
SELECT is_empty($$
	SELECT oid::regprocedure FROM test.function
	WHERE has_function_privilege('public', oid, 'EXECUTE')
$$, 'PUBLIC may run no function');
SELECT is_empty($$
	SELECT oid::regprocedure FROM test.function WHERE prosqlbody IS NULL
	AND NOT coalesce(proconfig::text LIKE '%search_path=pg_catalog%', false)
$$, 'every function is bound to its names: by its body or a search_path');
SELECT is_empty($$
	SELECT oid::regprocedure FROM test.function WHERE prosecdef
	AND proname NOT IN ('access_grants', 'change_access', 'change_view',
	    'delete_view', 'end_access', 'ensure_partitions', 'export_person',
	    'forget_agent', 'grant_access', 'keep_partitions', 'log_access',
	    'purge', 'save_view', 'saved_views', 'scope_calls',
	    'scope_has_login', 'scope_of', 'scope_queues', 'scope_sources',
	    'scope_users')
$$, 'only these functions run with their owner''s rights');

SELECT is_empty($$
	SELECT c.oid::regclass, attname FROM test.relation c
	JOIN pg_attribute ON attrelid = c.oid
	WHERE relkind IN ('r','p','v') AND attnum > 0 AND NOT attisdropped
	AND atttypid IN ('timestamp'::regtype, 'time'::regtype,
	    'json'::regtype, 'jsonb'::regtype)
$$, 'moments have a time zone, and nothing hides in JSON');
SELECT is_empty($$
	SELECT conrelid::regclass, conname FROM pg_constraint
	WHERE connamespace = 'cccp'::regnamespace AND contype = 'c'
	AND conname ~ '_check\d+$'
$$, 'no constraint has a name that only counts');
SELECT is_empty($$
	SELECT c.oid::regclass FROM test.relation c
	WHERE relkind IN ('r','p') AND NOT EXISTS (SELECT FROM pg_constraint
	    WHERE conrelid = c.oid AND contype = 'p')
$$, 'every table has a primary key');

-- An index on what changes by the minute would spoil each update of an agent.
SELECT is((SELECT string_agg(DISTINCT attname, ' ' ORDER BY attname)
    FROM pg_index JOIN pg_attribute ON attrelid = indrelid
	AND attnum = ANY (indkey)
    WHERE indrelid = 'cccp.agent'::regclass),
    'agent_id login name search_key source_id team',
    'only what identifies an agent is indexed');
SELECT is_empty($$
	SELECT attname FROM pg_attribute
	WHERE attrelid = 'cccp.queue'::regclass AND attnum > 0
	AND attnum IN (SELECT unnest(indkey) FROM pg_index
	    WHERE indrelid = attrelid)
	AND attname NOT IN ('queue_id', 'source_id', 'name')
$$, 'nor of a queue');

-- What others use may be replaced at any time, so it rests on nothing that is
-- dropped then.
SELECT is_empty($$
	SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend
	WHERE deptype = 'n' AND refobjid IN (SELECT oid FROM pg_proc
	    WHERE pronamespace = 'cccp_private'::regnamespace UNION ALL
	    SELECT oid FROM pg_type
	    WHERE typnamespace = 'cccp_private'::regnamespace)
	AND objid NOT IN (SELECT oid FROM pg_proc
	    WHERE pronamespace = 'cccp_private'::regnamespace)
$$, 'nothing but itself depends on cccp_private');
SELECT is(cccp.schema_version(), :'version'::text,
    'the schema has the version that its files have');
SELECT is(:'twice'::text, ''::text, 'code that is replaced stays the same');
SELECT is(:'long'::text, ''::text, 'no file has 400 lines or more');
SELECT is((SELECT string_agg(file, E'\n' ORDER BY file) FROM cccp.migration),
    :'files'::text, 'every file was recorded');
SELECT * FROM finish();
SQL
