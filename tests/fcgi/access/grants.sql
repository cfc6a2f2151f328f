-- grants.sql: the readers of access.bats, and what each may see.  The oracle
-- knows the users of ../users.sql only, and not how scopes are computed.

DELETE FROM cccp.access_grant;
INSERT INTO cccp.access_grant (who_kind, who, role, source, team, queue,
    detail, history, numbers, export, valid)
VALUES
('user', 'ada', 'admin', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('group', 'Admins', 'admin', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    '(,)'),
('group', 'Chefs', 'supervisor', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    '(,)'),
('user', 'rene', 'reader', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'nora', 'supervisor', NULL, 'Nord', NULL, NULL, NULL, NULL, NULL,
    '(,)'),
('user', 'louis', 'reader', 'lyon', NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'quentin', 'supervisor', 'prod', NULL, 'accueil', NULL, NULL, NULL,
    NULL, '(,)'),
('user', 'sarah', 'reader', NULL, 'Sud', NULL, true, NULL, NULL, NULL, '(,)'),
('user', 'mix', 'supervisor', 'prod', 'Nord', NULL, NULL, NULL, false, NULL,
    '(,)'),
('user', 'mix', 'wall', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'mur', 'wall', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'murnord', 'wall', NULL, 'Nord', NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'audrey', 'auditor', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '(,)'),
('user', 'vieux', 'admin', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    '(,2020-01-01)');

CREATE TABLE public.reader (name text PRIMARY KEY, sees text, numbers boolean,
    detail boolean, export boolean);
INSERT INTO public.reader VALUES
('ada', 'true', true, true, true),
('chef', 'true', true, true, true),
('rene', 'true', false, false, false),
('nora', $$team = 'Nord'$$, true, true, true),
('louis', $$source = 'lyon'$$, false, false, false),
('quentin', $$'accueil' = ANY (queues)$$, false, false, true),
('sarah', $$team = 'Sud'$$, false, true, false),
('mix', $$team = 'Nord'$$, false, true, true),
('mur', 'false', false, false, false),
('murnord', 'false', false, false, false),
('audrey', 'false', false, false, false);

-- Who sees whom: reader, user.
CREATE TABLE public.sees (reader text, id int);
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT * FROM public.reader LOOP
		EXECUTE format('INSERT INTO public.sees SELECT %L, id'
		    ' FROM cccp_v1.user WHERE present AND NOT hidden AND (%s)',
		    r.name, r.sees);
	END LOOP;
END $$;

-- Texts that no answer to the reader may have.
CREATE VIEW public.foreign_text AS
WITH hidden AS (
	SELECT r.name AS reader, u.* FROM public.reader r
	CROSS JOIN cccp_v1.user u
	WHERE NOT EXISTS (SELECT FROM public.sees s
	    WHERE s.reader = r.name AND s.id = u.id)
)
SELECT reader, login AS text FROM hidden WHERE length(login) >= 4
AND login <> 'sans'
UNION SELECT reader, name FROM hidden WHERE length(name) > 5
UNION SELECT reader, phone FROM hidden WHERE phone IS NOT NULL
UNION SELECT r.name, u.phone FROM public.reader r CROSS JOIN cccp_v1.user u
WHERE NOT r.numbers AND u.phone IS NOT NULL
UNION SELECT r.name, c.caller FROM public.reader r CROSS JOIN cccp_v1.call c
WHERE NOT r.numbers AND r.name <> 'quentin'
UNION SELECT name, unnest(ARRAY['Nord', 'Est, Ouest']) FROM public.reader
WHERE name IN ('louis', 'sarah')
UNION SELECT name, 'sav \"express' FROM public.reader
WHERE name IN ('quentin', 'louis')
UNION SELECT name, 'cccp://' FROM public.reader WHERE name <> 'ada'
AND name <> 'chef';
