-- 53-web-user.sql: users and their states, for a limited scope.
--
-- k, from cccp.scope_users(), says how much of the user is visible: one who is
-- visible by a queue only is shown as he is now, without figures and without what
-- tells more of him.  q has the queues whose names may be shown; OFFSET 0 has it
-- computed once, and not at all when they are not asked for.

DO $do$
BEGIN
	PERFORM cccp_private.make_part('user', jsonb_build_object(
	    'source kind state known_state stale logged state_seconds'
	    ' login_seconds present hidden id', '%s',
	    'login name state_since mode mode_label mode_since interface task'
	    ' task_label task_since task_started_at task_managed_at'
	    ' task_ended_at login_at logout_at busy_count recording'
	    ' outbound_state outbound_started_at changed_at generation'
	    ' state_from login_from', 'CASE WHEN k.person THEN %s END',
	    'profile team', 'CASE WHEN k.full THEN %s END',
	    'session_id', 'CASE WHEN k.figures THEN %s END',
	    'phone outbound_target', 'CASE WHEN k.numbers THEN %s'
		' WHEN k.figures THEN cccp.mask_number(%1$s) END',
	    'phone_uri', 'CASE WHEN k.numbers THEN %s END',
	    'queue queue_name', $$CASE WHEN r.source || '/' = ANY (q.queues)
		OR r.source || '/' || r.queue_name = ANY (q.queues)
		THEN %s END$$,
	    'queues', $$CASE WHEN r.queues IS NULL
		OR r.source || '/' = ANY (q.queues) THEN %s
		ELSE ARRAY(SELECT n FROM unnest(r.queues) n
		WHERE r.source || '/' || n = ANY (q.queues)) END$$,
	    'spies', 'CASE WHEN k.figures AND r.spies IS NOT NULL THEN'
		' ARRAY(SELECT l FROM unnest(%s) l'
		' WHERE cccp.scope_has_login(r.source, l)) END',
	    'search_key', $$CASE WHEN NOT k.person THEN NULL
		WHEN k.numbers OR k.full AND r.phone IS NULL THEN %s
		ELSE cccp.search_key(cccp.fold(concat_ws(E'\n', r.login, r.name,
		CASE WHEN k.full THEN r.profile END,
		CASE WHEN k.full THEN r.team END)), '') COLLATE "default" END$$,
	    'running', $$CASE WHEN k.figures THEN %s ELSE '{}' END$$,
	    'other', 'CASE WHEN k.figures THEN %s END'),
	    'cccp.scope_users() k JOIN cccp_v1.user r ON r.id = k.id'
	    ' CROSS JOIN (SELECT cccp.scope_queues() AS queues OFFSET 0) q'
	    ' WHERE k.listed');

	PERFORM cccp_private.make_part('user_state', jsonb_build_object(
	    'source login name state mode mode_label', '%s', 'other', '%s'),
	    'cccp.scope_users() k JOIN cccp_v1.user_state r ON r.user_id = k.id'
	    ' WHERE k.history AND k.person');
END $do$;
