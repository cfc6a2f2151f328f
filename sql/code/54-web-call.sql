-- 54-web-call.sql: queues, calls and sources, for a limited scope.

DO $do$
DECLARE
	queues text := 'CROSS JOIN (SELECT cccp.scope_queues() AS queues'
	    ' OFFSET 0) q';
	visible text := $$(r.source || '/' = ANY (q.queues)
	    OR r.source || '/' || %s = ANY (q.queues))$$;
BEGIN
	PERFORM cccp_private.make_part('queue', jsonb_build_object(
	    'source name label type samples', '%s', 'other', '%s'),
	    'cccp_v1.queue r ' || queues || ' WHERE '
	    || format(visible, 'r.name'));

	PERFORM cccp_private.make_part('queue_sample', jsonb_build_object(
	    'source name label', '%s', 'other', '%s'),
	    'cccp_v1.queue_sample r ' || queues || ' WHERE '
	    || format(visible, 'r.name'));

	-- c: the call is visible whoever has it; k: by its agent, whose calls
	-- may be seen.  v says which names and numbers are shown with it.
	PERFORM cccp_private.make_part('call', jsonb_build_object(
	    'source call_key stage direction session_id', '%s',
	    'queue queue_label queue_type', 'CASE WHEN v.queue THEN %s END',
	    'agent agent_name profile', 'CASE WHEN v.agent THEN %s END',
	    -- The same as user_id of a visible agent, but the index of calls
	    -- by agent serves it.
	    'user_id', 'k.id',
	    'caller callee', 'CASE WHEN v.numbers THEN %s'
		' ELSE cccp.mask_number(%1$s) END',
	    'other', '%s'), format($$cccp_v1.call r %s
	    LEFT JOIN cccp.scope_users() k ON k.id = r.user_id AND k.person
	    LEFT JOIN LATERAL (
		SELECT true AS seen, bool_or(s.numbers) AS numbers
		FROM cccp.scope_calls() s WHERE s.source = r.source
		AND (s.queue IS NULL OR s.queue = r.queue)
		AND (r.active OR s.history) HAVING count(*) > 0) c ON true
	    CROSS JOIN LATERAL (
		SELECT %s AS queue,
		    k.id IS NOT NULL OR r.user_id IS NULL AND r.agent IS NOT NULL
			AND cccp.scope_has_login(r.source, r.agent) AS agent,
		    c.numbers OR CASE WHEN r.active THEN k.call_numbers
			ELSE k.past_call_numbers END AS numbers) v
	    WHERE c.seen OR CASE WHEN r.active THEN k.calls
		ELSE k.history END$$, queues, format(visible, 'r.queue')));

	PERFORM cccp_private.make_part('source', jsonb_build_object(
	    'source status server_version unreadable_fields', '%s',
	    'url error', 'CASE WHEN k.admin THEN %s END',
	    'users', 'k.users', 'other', '%s'),
	    'cccp.scope_sources() k'
	    ' JOIN cccp_v1.source r ON r.source = k.source');

	PERFORM cccp_private.make_part('source_defect', jsonb_build_object(
	    'source kind list path field', '%s', 'other', '%s'),
	    'cccp_v1.source_defect r WHERE r.source IN ('
	    'SELECT k.source FROM cccp.scope_sources() k)');
END $do$;
