#!/bin/bash
# Saved views: own and shared ones, who may change them, and that a view tells
# nothing that is outside the scope of whoever sees it.

. "${0%/*}/../tap.bash"
tap <<'SQL'
SELECT plan(46);

SELECT test.flush('{"alive_at": 1}', '[{"login": "zoe", "team": "SAV/Lyon",
    "queues": ["sav__Lyon"]}, {"login": "max", "team": "Ventes"}]',
    '[{"name": "sav__Lyon"}, {"name": "ventes"}]') \g /dev/null
DELETE FROM cccp.access_grant;
INSERT INTO cccp.access_grant (who_kind, who, role, team, queue) VALUES
    ('user', 'sup', 'supervisor', NULL, NULL),
    ('user', 'lyon', 'supervisor', 'SAV/Lyon', NULL),
    ('user', 'sav', 'supervisor', 'SAV', NULL),
    ('user', 'file', 'reader', NULL, 'sav__Lyon'),
    ('user', 'simple', 'reader', NULL, NULL),
    ('user', 'chef', 'admin', NULL, NULL),
    ('user', 'mur', 'wall', NULL, NULL),
    ('user', 'audit', 'auditor', NULL, NULL);

CREATE FUNCTION test.views(reader text, fields text DEFAULT 'name')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	EXECUTE format('SELECT string_agg(concat_ws('' '', %s), '', '')'
	    ' FROM cccp.saved_views($1, ''{}'') WHERE shipped IS NULL', fields)
	INTO found USING reader;
	RETURN found;
END $$;
SET ROLE cccp_web;

-- Those that come with the board.
SELECT is((SELECT string_agg(name || ': ' || query, ', ')
    FROM cccp.saved_views('simple', '{}') WHERE shipped IS NOT NULL
    AND shared = 'all' AND NOT mine AND NOT may_change AND outside = 0),
    'En pause > 15 min: state=paused&state_seconds_gt=900,'
    ' Libres: state=available, Post-appel > 60 s:'
    ' state=wrapup&state_seconds_gt=60, Sessions > 12 h:'
    ' logged=true&login_seconds_gt=43200', 'four come with the board');
SELECT is((SELECT count(*) FROM cccp.saved_views(NULL, '{}', 'reader')),
    4::bigint, 'also for who is not signed in');
SELECT is((SELECT count(*) FROM cccp.saved_views(who, '{}')), 0::bigint,
    'not for ' || who) FROM unnest('{mur, audit, nobody}'::text[]) who;

-- Own ones.
SELECT is(cccp.save_view('{"name": "Mon périmètre", "list": "users", "query":
    "team=Ventes", "is_default": true, "sort": "-name",
    "columns": "name,state"}', 'simple', '{}') > 4, true, 'a reader saves one');
SELECT is(test.views('simple', 'name, query, columns, sort, shared, mine,'
    ' may_change, is_default, version'), 'Mon périmètre team=Ventes name,state'
    ' -name none t t t 1', 'and sees it');
SELECT is(test.views(who), NULL, who || ' does not')
FROM unnest('{sup, chef}'::text[]) who;
SELECT throws_ok(format('SELECT cccp.save_view(%L, %L, ''{}'', %L)', view, who,
    anon), code, NULL, concat_ws(' ', who, anon, view))
FROM (VALUES ('{"name": "x", "list": "users", "shared": "all"}', 'simple', NULL,
	'42501'),
    ('{"name": "x", "list": "users", "shared": "team:SAV"}', 'lyon', NULL,
	'42501'),
    ('{"name": "x", "list": "users"}', NULL, 'admin', '42501'),
    ('{"name": "x", "list": "users"}', 'mur', NULL, '42501'),
    ('{"name": "x", "list": "users"}', 'audit', NULL, '42501'),
    ('{"name": "x", "list": "users", "owner": "sup"}', 'simple', NULL, '22023'),
    ('{"name": ["x"], "list": "users"}', 'simple', NULL, '22023'),
    ('7', 'simple', NULL, '22023'), ('{"list": "users"}', 'simple', NULL,
	'23502'),
    ('{"name": "x", "list": "wall"}', 'simple', NULL, '23514'),
    ('{"name": " ", "list": "users"}', 'simple', NULL, '23514'),
    ('{"name": "x", "list": "users", "query": "a=<b>"}', 'simple', NULL,
	'23514'),
    ('{"name": "x", "list": "users", "query": "a=b&"}', 'simple', NULL,
	'23514'),
    ('{"name": "x", "list": "users", "shared": "team:"}', 'sup', NULL, '23514'),
    ('{"name": "x", "list": "users", "is_default": "x"}', 'sup', NULL, '22P02'))
    v (view, who, anon, code);

-- Shared ones, and what they tell to whom.
SELECT cccp.save_view('{"name": "Tous", "list": "users", "shared": "all",
    "query": "state=paused&team=SAV%2FLyon,Ventes&q=zoe&queue=prod%2Fsav__Lyon"
    }', 'sup', '{}') \g /dev/null
SELECT cccp.save_view('{"name": "SAV", "list": "users", "shared": "team:SAV"}',
    'sav', '{}') \g /dev/null
SELECT cccp.save_view('{"name": "Ventes", "list": "calls",
    "shared": "team:Ventes"}', 'sup', '{}') \g /dev/null
SELECT is(test.views('lyon', 'name, shared, query, outside'), 'SAV team  0,'
    ' Tous all state=paused&team=SAV%2FLyon&queue=prod%2Fsav__Lyon 2',
    'a team sees those of the team above, but no names of others');
SELECT is(test.views('file', 'name, shared, query, outside'),
    'Tous all state=paused&queue=prod%2Fsav__Lyon 2', 'so does a queue');
SELECT is(test.views('sav', 'name, query, outside'), 'SAV  0, Tous'
    ' state=paused&team=SAV%2FLyon&queue=prod%2Fsav__Lyon 2', 'and one above');
SELECT is(test.views('chef', 'name, query, outside'), 'SAV  0, Tous'
    ' state=paused&team=SAV%2FLyon,Ventes&q=zoe&queue=prod%2Fsav__Lyon 0,'
    ' Ventes  0', 'who sees everything sees all of it');

-- Changes.
RESET ROLE;
CREATE TABLE test.view AS SELECT view_id AS id, name FROM cccp.saved_view;
GRANT SELECT ON test.view TO PUBLIC;
CREATE FUNCTION test.id(word text) RETURNS bigint LANGUAGE sql
AS 'SELECT id FROM test.view WHERE name = word';
SET ROLE cccp_web;
SELECT is(cccp.change_view(test.id('Tous'), 1, '{"name": "Tout"}', 'sup', '{}'),
    2::bigint, 'the owner changes it');
SELECT throws_ok(format('SELECT cccp.change_view(%s, %s, %L, %L, ''{}'')',
    test.id(name), version, view, who), code, NULL, concat_ws(' ', who, view))
FROM (VALUES ('Tous', 1, '{"name": "old"}', 'sup', '40001'),
    ('Tous', 2, '{"name": "x"}', 'simple', '42501'),
    ('Ventes', 1, '{"name": "x"}', 'lyon', 'P0002'),
    ('Mon périmètre', 1, '{"name": "x"}', 'chef', 'P0002'),
    ('Mon périmètre', 1, '{"shared": "all"}', 'simple', '42501'),
    ('Libres', 1, '{"name": "x"}', 'sup', '42501'),
    ('SAV', 1, '{"view_id": 1}', 'sav', '22023'),
    ('SAV', 1, '{"shared": "team:Ventes"}', 'sav', '42501'))
    v (name, version, view, who, code);
SELECT is(cccp.change_view(test.id('Tous'), 2, '{"position": 3}', 'chef', '{}'),
    3::bigint, 'an admin changes a shared one');
SELECT cccp.save_view('{"name": "Autre", "list": "users", "is_default": true}',
    'simple', '{}') \g /dev/null
SELECT is(test.views('simple', 'name, is_default, version'), 'Autre t 1,'
    ' Mon périmètre f 2, SAV f 1, Ventes f 1, Tout f 3', 'one is the default');
SELECT is(cccp.change_view(test.id('Mon périmètre'), 2, '{"is_default": true,
    "columns": null}', 'simple', '{}'), 3::bigint, 'another');
SELECT is(test.views('simple', 'name, is_default, columns'), 'Autre f,'
    ' Mon périmètre t, SAV f, Ventes f, Tout f', 'is');
SELECT throws_ok(format('SELECT cccp.delete_view(%s, 2, ''simple'', ''{}'')',
    test.id('Mon périmètre')), '40001', NULL, 'not with another version');
SELECT lives_ok(format('SELECT cccp.delete_view(%s, 3, ''simple'', ''{}'')',
    test.id('Mon périmètre')), 'it is deleted');
SELECT is(test.views('simple', 'name'), 'Autre, SAV, Ventes, Tout', 'and gone');
SELECT is((SELECT count(cccp.save_view('{"name": "x", "list": "calls"}',
    'simple', '{}')) FROM generate_series(2, 100)), 99::bigint, 'a hundred');
SELECT throws_ok('SELECT cccp.save_view(''{"name": "x", "list": "calls"}'',
    ''simple'', ''{}'')', '54000', NULL, 'and no more');
SELECT * FROM finish();
SQL
