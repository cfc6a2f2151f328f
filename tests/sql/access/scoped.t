#!/bin/bash
# People with roles of their own and a scope: cccp_scoped, whatever they try.

. "${0%/*}/world.bash"
PGOPTIONS='-c client_min_messages=warning' tap <<'SQL' || exit 1
CREATE ROLE nord_team;
CREATE ROLE zoe LOGIN IN ROLE cccp_scoped, nord_team;
CREATE ROLE boss LOGIN IN ROLE cccp_scoped;
CREATE ROLE nobody LOGIN IN ROLE cccp_scoped;
DELETE FROM cccp.access_grant;
SELECT cccp.grant_access('group', 'NORD_TEAM', 'supervisor', 'prod', 'Nord',
    numbers => false), cccp.grant_access('user', 'boss', 'supervisor')
    \g /dev/null
-- Tells each value that it is given: it is called before the view's own
-- conditions, unless the view is a barrier.
CREATE FUNCTION public.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001
    AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END';
SQL

# What a role gets to see.
as() {
	PGUSER=$1 psql -XAtq -F ' ' -v VERBOSITY=terse -c "$2" 2>&1
}

users='SELECT login, phone FROM cccp_scoped.user ORDER BY login'
forged="SET cccp.scope = 'whole'; SET cccp.need = 'count'; $users"
tricked="SELECT count(*) FROM cccp_scoped.user WHERE public.tell(name)"
all="SELECT (SELECT count(*) FROM cccp_scoped.user), (SELECT count(*)
    FROM cccp_scoped.call), (SELECT count(*) FROM cccp_scoped.user_state),
    (SELECT count(*) FROM cccp_scoped.queue), (SELECT count(*)
    FROM cccp_scoped.queue_sample), (SELECT count(url) FROM cccp_scoped.source),
    (SELECT count(*) FROM cccp_scoped.source_defect)"

tap -v zoe="$(as zoe "$users")" -v forged="$(as zoe "$forged")" \
    -v tricked="$(as zoe "$tricked" | sort | paste -sd, )" \
    -v boss="$(as boss "$all")" -v nobody="$(as nobody "$all")" \
    -v owner="$(as postgres "${all//cccp_scoped/cccp_v1}")" \
    -v search="$(as zoe "SELECT login FROM cccp_scoped.user
	WHERE search_key LIKE cccp.pattern('Léa')")" \
    -v barred="$(for what in cccp_v1.user cccp_web.user cccp_web.user_part \
	cccp.agent cccp.access_grant; do as zoe "SELECT FROM $what"; done)" \
    -v functions="$(for what in "scope_of('boss', '{}')" 'access_grants()' \
	"grant_access('user', 'zoe', 'admin')"; do
	as zoe "SELECT cccp.$what"; done)" <<'SQL'
SELECT plan(10);
SELECT is(:'zoe'::text, 'consistent 
l_lea 01 ·· ·· ·· 02
l_old +33 1 ·· ·· ·· 06
l_zoe +33 1 ·· ·· ·· 01', 'what the groups of the role permit');
SELECT is(:'forged'::text, :'zoe'::text, 'no setting changes that');
SELECT is(:'tricked'::text, '4,NOTICE:  Compte Système,NOTICE:  Léa Petit,'
    'NOTICE:  Ola Partie,NOTICE:  Zoé Dubois',
    'no function is told of others');
SELECT is(:'search'::text, 'l_lea', 'searching works');
SELECT is(:'boss'::text, :'owner'::text, 'who may see everything has every row');
SELECT is(:'nobody'::text, '0 0 0 0 0 0 0', 'who has no grant has none');
SELECT is(regexp_count(:'barred'::text, 'permission denied'), 5,
    'nothing else may be read');
SELECT is(regexp_count(:'functions'::text, 'permission denied'), 3,
    'nor asked for');
SELECT is((SELECT string_agg(relname, ' ') FROM pg_class
    WHERE relnamespace = 'cccp_scoped'::regnamespace
    AND NOT reloptions @> '{security_barrier=true}'), NULL,
    'all views are barriers');
SELECT is((SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
    WHERE relnamespace = 'cccp_scoped'::regnamespace), (SELECT
    string_agg(relname, ' ' ORDER BY relname) FROM pg_class
    WHERE relnamespace = 'cccp_v1'::regnamespace),
    'there is one for each view of cccp_v1');
SELECT * FROM finish();
SQL
