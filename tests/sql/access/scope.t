#!/bin/bash
# What the grants of each reader add up to, masked numbers, and the version that
# changes with the grants.

. "${0%/*}/world.bash"
tap <<'SQL'
SELECT plan(36);

CREATE FUNCTION test.told(reader text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r test.reader := (SELECT t FROM test.reader t WHERE name = reader);
BEGIN
	PERFORM test.become(reader);
	RETURN (SELECT concat_ws(' ', role, CASE WHEN persons THEN 'persons' END,
	    CASE WHEN detail THEN 'detail' END,
	    CASE WHEN history THEN 'history' END,
	    CASE WHEN numbers THEN 'numbers' END,
	    CASE WHEN export THEN 'export' END, CASE WHEN audit THEN 'audit' END,
	    team, scope) FROM cccp.scope_of(r.login, r.groups, r.anonymous));
END $$;
SELECT is(test.told(name), told, name) FROM (VALUES
('nobody', NULL),
('anonymous reader', 'reader persons [{}]'),
('anonymous wall', 'wall [{"w": 1}]'),
('everyone', 'reader persons [{}]'),
('user', 'supervisor persons detail history numbers export Nord [{"d": 1,'
    ' "e": 1, "h": 1, "n": 1, "s": "prod", "t": "Nord"}]'),
('group in other case', 'supervisor persons detail history numbers export'
    ' [{"d": 1, "e": 1, "h": 1, "n": 1, "s": "prod"}]'),
('two grants', 'supervisor persons detail history export [{"q": "secret"},'
    ' {"d": 1, "e": 1, "h": 1, "n": 1, "t": "Nord"}]'),
('expired', NULL),
('future', NULL),
('one of two expired', 'reader persons Sud [{"t": "Sud"}]'),
('wall', 'wall [{"t": "Nord", "w": 1}]'),
('wall and reader', 'reader persons Sud [{"t": "Sud"},'
    ' {"q": "vente", "w": 1}]'),
('auditor', 'auditor audit []'),
('auditor and reader', 'reader persons audit [{"s": "lyon"}]'),
('team', 'supervisor persons detail history export Nord [{"d": 1, "e": 1,'
    ' "h": 1, "t": "Nord"}]'),
('queue', 'supervisor persons detail history numbers export [{"d": 1, "e": 1,'
    ' "h": 1, "n": 1, "q": "accueil"}]'),
('team and queue', 'supervisor persons detail numbers export Nord [{"d": 1,'
    ' "e": 1, "n": 1, "q": "accueil", "t": "Nord"}]'),
('source', 'reader persons [{"s": "lyon"}]'),
('admin without numbers', 'admin persons detail history export [{"a": 1,'
    ' "d": 1, "e": 1, "h": 1}]'),
('whole', 'supervisor persons detail history numbers export whole'))
q (name, told);

SELECT test.become('two grants') \g /dev/null
SELECT is((SELECT jsonb_path_query_array(grants, '$.queue')
    FROM cccp.scope_of('x', NULL)),
    '["secret", null]', 'the grants are told, each once');

-- The digest is of the rights, not of the name.
CREATE FUNCTION test.digest(reader text, rights jsonb) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM cccp.access_grant;
	INSERT INTO cccp.access_grant (who_kind, who, role, team, numbers)
	SELECT 'user', reader, g.role, g.team, g.numbers FROM
	jsonb_populate_recordset(NULL::cccp.access_grant, rights) g;
	RETURN (SELECT digest FROM cccp.scope_of(reader, NULL));
END $$;
SELECT is(test.digest('a', '[{"role": "reader", "team": "x"},
    {"role": "reader", "team": "y"}]'), test.digest('b', '[{"role": "reader",
    "team": "y"}, {"role": "reader", "team": "x", "numbers": false}]'),
    'the same rights have the same digest');
SELECT is((SELECT count(DISTINCT test.digest('a', g)) FROM unnest(ARRAY[
    '[{"role": "reader"}]', '[{"role": "reader", "numbers": true}]',
    '[{"role": "wall"}]', '[{"role": "auditor"}]', '[{"role": "supervisor"}]',
    '[{"role": "admin"}]', '[{"role": "reader"}, {"role": "auditor"}]',
    '[{"role": "reader", "team": "x"}]']::jsonb[]) g), 8::bigint,
    'other rights have another one');

-- Who is not signed in has no part in what everyone has.
SELECT test.become('whole') \g /dev/null
SELECT is((SELECT scope FROM cccp.scope_of('', '{}', 'none')), NULL,
    'nobody is not everyone');
SELECT is((SELECT scope FROM cccp.scope_of(NULL, '{x}', 'wall')), '[{"w": 1}]',
    'without a user no group counts');

SELECT is(cccp.mask_number(number), masked, number) FROM (VALUES
    ('+33199009812', '+33 1 ·· ·· ·· 12'), ('0033199009812', '+33 1 ·· ·· ·· 12'),
    ('06 39 98 41 25', '06 ·· ·· ·· 25'), ('+352621990012', '+352 6 ·· ·· ·· 12'),
    ('3305', '··05'), ('112', '···'), ('jean', '··an'), ('', '')) n (number, masked);

SELECT version AS version FROM cccp.access_clock \gset
BEGIN;
INSERT INTO cccp.access_grant (who_kind, role) VALUES ('everyone', 'wall');
UPDATE cccp.access_grant SET note = 'x';
DELETE FROM cccp.access_grant;
COMMIT;
SELECT is(version, :version + 3::bigint, 'each change has a version')
FROM cccp.access_clock;
TRUNCATE cccp.access_grant;
SELECT is(version, :version + 4::bigint, 'so has a removal of all')
FROM cccp.access_clock;
SELECT throws_ok($$INSERT INTO cccp.access_grant (who_kind, who, role, source)
    VALUES ('user', 'x', 'admin', 'prod')$$, '23514', NULL,
    'an admin is admin of everything');
SELECT * FROM finish();
SQL
