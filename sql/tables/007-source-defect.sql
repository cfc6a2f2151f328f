-- 007-source-defect.sql: what is wrong with the data of the sources.

SET LOCAL ROLE cccp_owner;

CREATE TABLE cccp.source_defect (
	source_id	int NOT NULL REFERENCES cccp.source,
	kind		text NOT NULL CONSTRAINT source_defect_kind_check
	    CHECK (kind IN ('unreadable', 'same_key', 'left_out')),
	list		text NOT NULL CONSTRAINT source_defect_list_check
	    CHECK (list IN ('users', 'queues', 'calls')),
	path		text NOT NULL,
	field		text,
	count		bigint NOT NULL
	    CONSTRAINT source_defect_count_check CHECK (count > 0),
	PRIMARY KEY (source_id, kind, list, path)
);
COMMENT ON TABLE cccp.source_defect IS
    'What is wrong with the data that each source reports now. A row stays'
    ' until the source reports data without that defect.';
COMMENT ON COLUMN cccp.source_defect.source_id IS 'Source.';
COMMENT ON COLUMN cccp.source_defect.kind IS
    'unreadable: values of the field that cannot be read; they are unknown, or'
    ' of a text, only what is readable is stored. same_key: objects that are'
    ' not stored because another one has the same key. left_out: objects that'
    ' are not stored because they have no valid key, or cannot be read at all.';
COMMENT ON COLUMN cccp.source_defect.list IS
    'The list that the objects belong to: users, queues or calls.';
COMMENT ON COLUMN cccp.source_defect.path IS
    'CCCP''s name of the field; of the key, for same_key and left_out.';
COMMENT ON COLUMN cccp.source_defect.field IS
    'The column of cccp.agent, cccp.queue or cccp.call that the field fills;'
    ' null when there is none.';
COMMENT ON COLUMN cccp.source_defect.count IS 'How many values or objects.';
GRANT SELECT ON cccp.source_defect TO cccp_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON cccp.source_defect TO cccp_poller;
