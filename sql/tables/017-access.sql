-- 017-access.sql: who may see what: grants, their version, the schemas of the
-- scoped views and the role for people with a scope.

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cccp_scoped') THEN
		CREATE ROLE cccp_scoped NOLOGIN;
		COMMENT ON ROLE cccp_scoped IS
		    'For people''s own roles: reads cccp_scoped, in which each'
		    ' sees what the grants of his role permit.';
	END IF;
EXCEPTION
WHEN duplicate_object OR unique_violation THEN
	NULL;	-- Roles are shared: another database made it.
WHEN insufficient_privilege THEN
	RAISE EXCEPTION 'role cccp_scoped is missing and % may not create roles',
	    current_user USING HINT =
	    'A superuser can: CREATE ROLE cccp_scoped NOLOGIN;';
END $$;

DO $$
BEGIN
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO cccp_scoped',
	    current_database());
END $$;

CREATE SCHEMA cccp_web AUTHORIZATION cccp_owner;
CREATE SCHEMA cccp_scoped AUTHORIZATION cccp_owner;

SET LOCAL ROLE cccp_owner;

COMMENT ON SCHEMA cccp_web IS
    'What cccp.fcgi reads: the views of cccp_v1, limited to the scope that the'
    ' transaction has set in cccp.scope. Without it they have no rows.';
COMMENT ON SCHEMA cccp_scoped IS
    'The views of cccp_v1, limited to what the grants of the session''s user'
    ' permit. For members of the role cccp_scoped.';
GRANT USAGE ON SCHEMA cccp_web TO cccp_web;
GRANT USAGE ON SCHEMA cccp, cccp_scoped TO cccp_scoped;

CREATE TABLE cccp.access_grant (
	grant_id	bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	who_kind	text NOT NULL CONSTRAINT access_grant_who_kind_check
	    CHECK (who_kind IN ('user', 'group', 'everyone')),
	who		text CONSTRAINT access_grant_who_check CHECK (who <> ''),
	role		text NOT NULL CONSTRAINT access_grant_role_check
	    CHECK (role IN ('wall', 'reader', 'supervisor', 'admin', 'auditor')),
	source		text CONSTRAINT access_grant_source_check
	    CHECK (source ~ '^[a-z0-9_-]{1,32}$'),
	team		text CONSTRAINT access_grant_team_check
	    CHECK (team ~ '^[^/]' AND team ~ '[^/]$'),
	queue		text CONSTRAINT access_grant_queue_check
	    CHECK (queue <> ''),
	detail		boolean,
	history		boolean,
	numbers		boolean,
	export		boolean,
	valid		tstzrange NOT NULL DEFAULT '(,)',
	note		text,
	created_by	text,
	created_at	timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT access_grant_everyone_check
	    CHECK ((who_kind = 'everyone') = (who IS NULL)),
	-- Who manages grants could give himself the rest.
	CONSTRAINT access_grant_whole_check CHECK (role NOT IN ('admin',
	    'auditor') OR num_nonnulls(source, team, queue) = 0)
);
COMMENT ON TABLE cccp.access_grant IS
    'Who may see what through the web server, and through cccp_scoped. A'
    ' reader may see what any of his valid grants permits. Change it with'
    ' cccp.grant_access(), cccp.change_access() and cccp.end_access(), or'
    ' directly as cccp_owner. cccp.scope_of() says what a reader''s grants add'
    ' up to.';
COMMENT ON COLUMN cccp.access_grant.grant_id IS 'Key of the grant.';
COMMENT ON COLUMN cccp.access_grant.who_kind IS
    'user: one user of the web server. group: all users of a group. everyone:'
    ' all users who are signed in.';
COMMENT ON COLUMN cccp.access_grant.who IS
    'Name of the user or group, as the web server gives it; the case of a'
    ' group does not matter. Null for everyone.';
COMMENT ON COLUMN cccp.access_grant.role IS
    'wall: counts and queues, never a person. reader: users and queues as they'
    ' are now, active calls, numbers masked. supervisor: detail, history,'
    ' numbers and export as well. admin: everything, and manages grants.'
    ' auditor: the access log and exports of one person, and nothing else.';
COMMENT ON COLUMN cccp.access_grant.source IS
    'Only this source; null: all. The source need not exist yet.';
COMMENT ON COLUMN cccp.access_grant.team IS
    'Only users of this team and of the teams below it, as in cccp_v1.user;'
    ' null: all.';
COMMENT ON COLUMN cccp.access_grant.queue IS
    'Only this queue, by its technical name, its calls, and the users who'
    ' serve it. Without a team they are seen as they are now, without figures.'
    ' Null: all.';
COMMENT ON COLUMN cccp.access_grant.detail IS
    'Whether details of a person are shown. Null: as the role says, which is'
    ' true for supervisor and admin. So are the next three. wall and auditor'
    ' never have them.';
COMMENT ON COLUMN cccp.access_grant.history IS
    'Whether the past is shown: ended calls, and with detail, past states.';
COMMENT ON COLUMN cccp.access_grant.numbers IS
    'Whether phone numbers are shown whole; else they are masked.';
COMMENT ON COLUMN cccp.access_grant.export IS
    'Whether lists may be saved as files.';
COMMENT ON COLUMN cccp.access_grant.valid IS
    'When the grant is valid, by the clock of the database. Empty when it was'
    ' ended before it began.';
COMMENT ON COLUMN cccp.access_grant.note IS 'Why, for people.';
COMMENT ON COLUMN cccp.access_grant.created_by IS
    'Who made or last changed it: a user of the web server, or a role of the'
    ' database; null: the installation, or an admin who was not signed in.';
COMMENT ON COLUMN cccp.access_grant.created_at IS
    'When it was made or last changed.';

INSERT INTO cccp.access_grant (who_kind, role, note) VALUES
    ('everyone', 'supervisor', 'As installed: everybody who signs in sees'
	' everything. Give an admin, then narrow or end this grant.');

CREATE TABLE cccp.access_clock (
	one		boolean PRIMARY KEY DEFAULT true
	    CONSTRAINT access_clock_one_check CHECK (one),
	version		bigint NOT NULL DEFAULT 1
);
COMMENT ON TABLE cccp.access_clock IS
    'One row: the version of the grants. Programs that keep scopes compare it.';
COMMENT ON COLUMN cccp.access_clock.one IS
    'Always true, so that there is only one row.';
COMMENT ON COLUMN cccp.access_clock.version IS
    'A number that each change of cccp.access_grant increases by one. It is'
    ' also sent as NOTIFY cccp_access.';
GRANT SELECT ON cccp.access_clock TO cccp_web;
INSERT INTO cccp.access_clock DEFAULT VALUES;

-- The users of a team and of the teams below it.
CREATE INDEX agent_team_idx ON cccp.agent (source_id, team COLLATE "C");
