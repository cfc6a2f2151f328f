-- users.sql: the grants of the made-up users of `make run USERS=1`.  What is
-- granted already stays, so that it may run again.  Prints the supervisor's team.

\set QUIET on
CREATE TEMP TABLE wanted AS
WITH team AS (
	SELECT team FROM cccp_v1.user
	WHERE present AND NOT hidden AND team <> ''
	GROUP BY team ORDER BY count(*) DESC, team LIMIT 1
)
SELECT * FROM (VALUES ('mur', 'wall', NULL), ('lecteur', 'reader', NULL),
    ('superviseur', 'supervisor', (SELECT team FROM team)),
    ('admin', 'admin', NULL), ('auditeur', 'auditor', NULL))
    AS w (who, role, team)
WHERE role <> 'supervisor' OR team IS NOT NULL;

CREATE TEMP TABLE granted AS
SELECT g.grant_id, g.who, EXISTS (SELECT FROM wanted w
    WHERE (g.who_kind, g.who, g.role, g.team)
    IS NOT DISTINCT FROM ('user', w.who, w.role, w.team)
    AND num_nonnulls(g.source, g.queue, g.detail, g.history, g.numbers,
	g.export) = 0) AS stays
FROM cccp.access_grant g
WHERE g.valid @> now() AND CASE g.who_kind
    WHEN 'user' THEN g.who IN ('mur', 'lecteur', 'superviseur', 'admin',
	'auditeur')
    -- The first one, by which whoever signs in sees everything.
    WHEN 'everyone' THEN g.role = 'supervisor'
	AND num_nonnulls(g.source, g.team, g.queue) = 0
    ELSE false END;

SELECT cccp.end_access(grant_id) FROM granted WHERE NOT stays \g /dev/null
SELECT cccp.grant_access('user', who, role, team => team,
    note => 'Made up by make run USERS=1.')
FROM wanted WHERE who NOT IN (SELECT who FROM granted WHERE stays
    AND who IS NOT NULL) \g /dev/null

SELECT team FROM wanted WHERE role = 'supervisor';
