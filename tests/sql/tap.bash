# What the SQL tests share: a cluster with the schema, pgTAP, and a schema
# test whose functions say in few words what a source says and what came of it.
#
#	. "${0%/*}/tap.bash"
#	tap <<'SQL'
#	SELECT plan(1); SELECT ok(true, 'it is'); SELECT * FROM finish();
#	SQL

. "$(dirname "${BASH_SOURCE[0]}")/../pg.sh"
pg_start || exit 1

# Each statement is a transaction of its own, and any error ends the test.
tap() {
	psql -XqAt -F $'\n' -v ON_ERROR_STOP=1 -v VERBOSITY=terse -f - "$@"
}

PGOPTIONS='-c client_min_messages=warning' tap <<'SQL' || exit 1
CREATE EXTENSION pgtap;
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;

-- Moments are minutes after a moment some hours ago.
CREATE TABLE test.base AS
SELECT date_trunc('hour', now()) - interval '5 hours' AS at;
GRANT SELECT ON test.base TO PUBLIC;

CREATE FUNCTION test.at(minutes double precision) RETURNS timestamptz
LANGUAGE sql AS 'SELECT at + minutes * interval ''1 min'' FROM test.base';

CREATE FUNCTION test.minute(at timestamptz) RETURNS text
LANGUAGE sql AS $$
	SELECT trim_scale(round(extract(epoch FROM $1 - at) / 60, 3))::text
	FROM test.base
$$;

-- An object whose numbers under …_at and …_since are minutes.
CREATE FUNCTION test.dated(object jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT object || coalesce(jsonb_object_agg(key, test.at(value::float8)),
	    '{}') FROM jsonb_each(object)
	WHERE key ~ '_(at|since)$' AND jsonb_typeof(value) = 'number'
$$;

-- One flush of source prod, live unless said otherwise, by the poller's role.
-- Agents are logged in and idle unless said otherwise.
CREATE FUNCTION test.flush(source jsonb, agents jsonb DEFAULT '[]',
    queues jsonb DEFAULT '[]', calls jsonb DEFAULT '[]',
    OUT generation bigint, OUT rows bigint)
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	PERFORM cccp.staging();
	DELETE FROM source_in;
	DELETE FROM agent_in;
	DELETE FROM queue_in;
	DELETE FROM call_in;
	INSERT INTO source_in SELECT * FROM jsonb_populate_record(
	    NULL::source_in, '{"name": "prod", "url": "cccp://demo:20103",
	    "status": "live", "clock_skew_s": 0}' || test.dated(source));
	INSERT INTO agent_in SELECT r.* FROM jsonb_array_elements(agents) a,
	    jsonb_populate_record(NULL::agent_in, '{"present": true,
	    "logged": true, "mode": "inbound", "mode_label": "Disponible"}'
	    || test.dated(a)) r;
	INSERT INTO queue_in SELECT r.* FROM jsonb_array_elements(queues) q,
	    jsonb_populate_record(NULL::queue_in, '{"present": true,
	    "type": "queue"}' || test.dated(q)) r;
	INSERT INTO call_in SELECT r.* FROM jsonb_array_elements(calls) c,
	    jsonb_populate_record(NULL::call_in, '{"present": true,
	    "direction": "inbound"}' || test.dated(c)) r;
	SELECT f.generation, f.rows_changed INTO generation, rows
	FROM cccp.flush() f;
END $$;
ALTER FUNCTION test.flush OWNER TO cccp_poller;

-- "available 0-5, unknown? 5-7, talking 7-": ? marks a gap.
CREATE FUNCTION test.history(login text) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(format('%s%s %s-%s', s.state,
	    CASE WHEN s.gap THEN '?' END, test.minute(s.since),
	    test.minute(s.until)), ', ' ORDER BY s.since)
	FROM cccp.agent_state s JOIN cccp.agent a USING (agent_id)
	WHERE a.login = history.login
$$;

CREATE FUNCTION test.state(login text) RETURNS text
LANGUAGE sql AS $$
	SELECT a.state || ' ' || test.minute(a.state_since)
	FROM cccp.agent a WHERE a.login = state.login
$$;
SQL
