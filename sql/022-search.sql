-- 022-search.sql: searching costs less.
--
-- Agents lie in the order of their names: boards are sorted by name, and who is
-- looked for by a name is one of many of that name, so that a page of 8 kB
-- holds what is wanted together.  New agents come in at the end.  Now and then
-- CLUSTER cccp.agent puts them in their place, if it matters; nobody reads or
-- writes them meanwhile (a second for 100 000).

SET LOCAL ROLE cccp_owner;

CLUSTER cccp.agent USING agent_name_idx;
ANALYZE cccp.agent, cccp.agent_now;

-- As in 009, but in order.
CREATE OR REPLACE FUNCTION cccp.flush_agent_insert(ctx cccp.flush_context)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	added bigint;
BEGIN
	INSERT INTO cccp.agent (agent_id, source_id, login, kind, hidden, state,
	    state_since, object_id, name, profile, team, phone_uri, logged,
	    mode, mode_label, mode_since, mode_started_at, interface, task,
	    task_label, task_started_at, task_managed_at, task_ended_at,
	    busy_count, login_at, logout_at, session_id, last_record,
	    record_active, spies, queues, total_inbound, lost_inbound,
	    managed_inbound, total_tasks, transferred_inbound,
	    redirected_inbound, contact_seconds_max, held_seconds_max,
	    ringing_seconds_max, pause_seconds, outbound_seconds, held_seconds,
	    ringing_seconds, contact_seconds, outbound_call_id, outbound_state,
	    outbound_hold, outbound_started_at, outbound_contact_at,
	    outbound_target, generation)
	OVERRIDING SYSTEM VALUE
	SELECT t.agent_id, ctx.source_id, n.login, t.kind,
	    n.login = ANY (ctx.hidden_logins), t.state, t.since, n.object_id,
	    coalesce(n.name, ''), n.profile, n.team, n.phone_uri, n.logged,
	    n.mode, n.mode_label, n.mode_since, n.mode_started_at, n.interface,
	    n.task, n.task_label, n.task_started_at, n.task_managed_at,
	    n.task_ended_at, n.busy_count, n.login_at, n.logout_at,
	    n.session_id, n.last_record, n.record_active, n.spies, n.queues,
	    n.total_inbound, n.lost_inbound, n.managed_inbound, n.total_tasks,
	    n.transferred_inbound, n.redirected_inbound, n.contact_seconds_max,
	    n.held_seconds_max, n.ringing_seconds_max, n.pause_seconds,
	    n.outbound_seconds, n.held_seconds, n.ringing_seconds,
	    n.contact_seconds, n.outbound_call_id, n.outbound_state,
	    n.outbound_hold, n.outbound_started_at, n.outbound_contact_at,
	    n.outbound_target, ctx.generation
	FROM pg_temp.agent_in n JOIN pg_temp.agent_todo t USING (login)
	WHERE t.is_new
	ORDER BY n.name COLLATE cccp.french;
	GET DIAGNOSTICS added = ROW_COUNT;
	RETURN added;
END $$;

-- What cccp.fold() does is written out: a function that is STABLE, and does not
-- say to be more than what it calls, becomes part of the statement.
DO $$
BEGIN
	EXECUTE (SELECT format($f$
		CREATE FUNCTION cccp.pattern(word text) RETURNS text
		LANGUAGE sql STABLE PARALLEL SAFE
		RETURN '%%' || replace(replace(replace(lower(%I.unaccent(
		    %L::regdictionary, word) COLLATE cccp.french),
		    '\', '\\'), '%%', '\%%'), '_', '\_') || '%%'
	$f$, home, format('%I.unaccent', home))
	FROM (SELECT n.nspname AS home FROM pg_extension e
	    JOIN pg_namespace n ON n.oid = e.extnamespace
	    WHERE e.extname = 'unaccent') x);
END $$;
COMMENT ON FUNCTION cccp.pattern(text) IS
    'What search_key is LIKE when it holds a word: the word as cccp.fold() has'
    ' it, none of whose characters is special.';
GRANT EXECUTE ON FUNCTION cccp.pattern TO cccp_poller, cccp_web, cccp_reader;
COMMENT ON COLUMN cccp.agent.search_key IS
    'Login, name, phone, profile and team, folded: LIKE cccp.pattern(word).';
COMMENT ON COLUMN cccp_v1.user.search_key IS
    'For searching: LIKE cccp.pattern(word), for each word.';
COMMENT ON FUNCTION cccp.fold(text) IS
    'Text for searching: lower case, without accents; the search key goes'
    ' through it, and so do words, see cccp.pattern().';
