-- 020-saved-view.sql: views of lists that readers saved.

SET LOCAL ROLE cccp_owner;

CREATE TABLE cccp.saved_view (
	view_id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	owner		text CONSTRAINT saved_view_owner_check
	    CHECK (owner <> '' AND length(owner) <= 200),
	shipped		text CONSTRAINT saved_view_shipped_key UNIQUE,
	name		text NOT NULL CONSTRAINT saved_view_name_check CHECK
	    (name ~ '[^[:space:]]' AND length(name) <= 80
	    AND name !~ '[[:cntrl:]]'),
	list		text NOT NULL CONSTRAINT saved_view_list_check
	    CHECK (list IN ('users', 'queues', 'calls')),
	query		text NOT NULL DEFAULT ''
	    CONSTRAINT saved_view_query_check CHECK (length(query) <= 2000
	    AND query ~ '^([a-z_]+=[A-Za-z0-9_.~%+,:*-]*(&(?=.)|$))*$'),
	columns		text CONSTRAINT saved_view_columns_check CHECK
	    (length(columns) <= 2000 AND columns ~ '^[a-z_]+(,[a-z_]+)*$'),
	sort		text CONSTRAINT saved_view_sort_check CHECK
	    (length(sort) <= 200 AND sort ~ '^-?[a-z_]+(,-?[a-z_]+)*$'),
	shared		text NOT NULL DEFAULT 'none'
	    CONSTRAINT saved_view_shared_check CHECK (length(shared) <= 500
	    AND shared ~ '^(none|all|team:[^/].*)$'),
	is_default	boolean NOT NULL DEFAULT false,
	position	int NOT NULL DEFAULT 0,
	version		bigint NOT NULL DEFAULT 1,
	changed_at	timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT saved_view_owned_check
	    CHECK ((owner IS NULL) = (shipped IS NOT NULL)),
	CONSTRAINT saved_view_nobody_check
	    CHECK (owner IS NOT NULL OR shared = 'all' AND NOT is_default)
);
CREATE INDEX saved_view_owner_idx ON cccp.saved_view (owner);
CREATE UNIQUE INDEX saved_view_default_key ON cccp.saved_view (owner)
    WHERE is_default;
COMMENT ON TABLE cccp.saved_view IS
    'Views of lists that readers saved: parameters that open a list, and no'
    ' right to see anything. See cccp.saved_views().';
COMMENT ON COLUMN cccp.saved_view.view_id IS 'Key.';
COMMENT ON COLUMN cccp.saved_view.owner IS
    'User of the web server who saved it; null for those that come with the'
    ' board.';
COMMENT ON COLUMN cccp.saved_view.shipped IS
    'Name in the program of a view that comes with the board; null for others.';
COMMENT ON COLUMN cccp.saved_view.name IS 'Name that readers see.';
COMMENT ON COLUMN cccp.saved_view.list IS 'The list: users, queues or calls.';
COMMENT ON COLUMN cccp.saved_view.query IS
    'Filter, as parameters of /api/v1/users, /queues or /calls.';
COMMENT ON COLUMN cccp.saved_view.columns IS
    'Columns, separated by commas; null: those that the reader has.';
COMMENT ON COLUMN cccp.saved_view.sort IS
    'Order, as the parameter sort; null: the usual one.';
COMMENT ON COLUMN cccp.saved_view.shared IS
    'none: for its owner only. team:PATH: for readers of that team, of the'
    ' teams below and above it. all: for everybody.';
COMMENT ON COLUMN cccp.saved_view.is_default IS
    'Whether the board opens with it for its owner.';
COMMENT ON COLUMN cccp.saved_view.position IS
    'Place among the views of its owner, then by name.';
COMMENT ON COLUMN cccp.saved_view.version IS
    'A number that each change increases; a change has to name it.';
COMMENT ON COLUMN cccp.saved_view.changed_at IS 'When it last changed.';

INSERT INTO cccp.saved_view (shipped, name, list, query, sort, shared, position)
VALUES
('paused', 'En pause > 15 min', 'users',
    'state=paused&state_seconds_gt=900', '-state_seconds', 'all', 1),
('available', 'Libres', 'users', 'state=available', '-state_seconds', 'all', 2),
('wrapup', 'Post-appel > 60 s', 'users',
    'state=wrapup&state_seconds_gt=60', '-state_seconds', 'all', 3),
('sessions', 'Sessions > 12 h', 'users',
    'logged=true&login_seconds_gt=43200', '-login_seconds', 'all', 4);
