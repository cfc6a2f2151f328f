-- 37-known-end.sql: what a poller that starts need not read again.

CREATE OR REPLACE FUNCTION cccp.known_ends()
RETURNS TABLE (source text, url text, ended_us bigint, zone_s int)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.name, s.read_url, (extract(epoch FROM c.ended_at)
	    * 1000000)::bigint, s.zone_s
	FROM cccp.source s CROSS JOIN LATERAL (
		SELECT c.ended_at FROM cccp.call c
		WHERE c.source_id = s.source_id AND NOT c.lost
		AND c.ended_at BETWEEN s.alive_at - interval '2 days'
		    AND s.alive_at
		ORDER BY c.ended_at DESC LIMIT 1
	) c
	WHERE s.read_url IS NOT NULL AND s.zone_s IS NOT NULL
$$;
COMMENT ON FUNCTION cccp.known_ends IS
    'The last end of a call of each source that the database knows, in'
    ' microseconds since 1970 by the source''s clock; not that of a lost call,'
    ' nor one after the source was last heard of, or two days before. The'
    ' poller asks at its start, and then reads the calls that ended later, less'
    ' a margin. url: of the server that they were read from. zone_s: the offset'
    ' of its time, in seconds east of UTC.';
GRANT EXECUTE ON FUNCTION cccp.known_ends TO cccp_poller;
