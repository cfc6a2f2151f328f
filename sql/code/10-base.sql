-- 10-base.sql: the version of the schema, search patterns, and calculations
-- that the flush and the views share.

-- The same as sql/migrate --version prints, from lines as sha256sum prints them.
CREATE OR REPLACE FUNCTION cccp.schema_version() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT count(*) FILTER (WHERE file LIKE 'tables/%') || '-'
    || left(encode(sha256(convert_to(string_agg(hash || '  ' || file
	|| E'\n', '' ORDER BY file), 'UTF8')), 'hex'), 12)
    FROM cccp.migration);
COMMENT ON FUNCTION cccp.schema_version() IS
    'The number of applied files of sql/tables, and a hash of all files that'
    ' made this schema. Programs compare it with the version that they were'
    ' built for.';
GRANT EXECUTE ON FUNCTION cccp.schema_version
    TO cccp_poller, cccp_web, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.country_codes() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]'
    '|(?:2[1-689]|3[578]|42|5[09]|6[7-9]|8[035789]|9[679])[0-9]';
COMMENT ON FUNCTION cccp.country_codes() IS
    'Regular expression of the country codes of phone numbers.';
GRANT EXECUTE ON FUNCTION cccp.country_codes
    TO cccp_poller, cccp_web, cccp_reader;

-- As in tables/011-search.sql, where its comment is: columns use it.
CREATE OR REPLACE FUNCTION cccp.search_key(folded text, phones text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key text := folded;
	abroad text;
	home text;
BEGIN
	IF folded ~ '[0-9][-\u00A0\u2009\u202F ./()_]+[0-9]' THEN
		key := key || E'\n' || regexp_replace(folded,
		    '([0-9])[-\u00A0\u2009\u202F ./()_]+(?=[0-9])', '\1', 'g');
	END IF;
	IF length(phones) < 8 THEN
		RETURN key;
	END IF;
	abroad := E'\n' || translate(phones, E'-\u00A0\u2009\u202F\u2010\u2011'
	    '\u00AD\u200B\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2066'
	    '\u2067\u2068\u2069\uFEFF ./()_', '');
	abroad := replace(abroad, E'\n00', E'\n+');
	abroad := replace(abroad, E'\n0', E'\n+33');
	abroad := replace(abroad, E'\n33', E'\n+33');
	abroad := replace(abroad, E'\n+330', E'\n+33');
	home := replace(abroad, E'\n+33', E'\n0');
	IF strpos(home, '+') > 0 THEN
		home := regexp_replace(home, '\+(?:' || cccp.country_codes()
		    || ')0?', '0', 'g');
	END IF;
	RETURN key || home || abroad || replace(abroad, '+', '00');
END $$;

-- A phone number is looked for by the digits that all its forms share: 639984125
-- for 06 39 98 41 25, +33 (0)6 39 98 41 25 or 0033.6.39.98.41.25.  In a part of
-- one, any punctuation may be anywhere.
CREATE OR REPLACE FUNCTION cccp.pattern(word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT '%' || CASE
	WHEN folded ~ '[^-\u00A0\u2009\u202F ./()_+0-9]'
	    OR folded !~ '[0-9]([^0-9]*[0-9]){3}|\(0\)'
	    THEN replace(replace(replace(folded, '\', '\\'), '%', '\%'), '_',
		'\_')
	WHEN number ~ '^0[1-9][0-9]{6,13}$' THEN substr(number, 2)
	ELSE regexp_replace(regexp_replace(folded, '\(0\)', '%'),
	    '[^0-9+]+', '%', 'g')
	END || '%'
    FROM (SELECT folded, regexp_replace(regexp_replace(folded,
	'[^0-9+]', '', 'g'), '^(?:\+|00)(?:' || cccp.country_codes()
	|| ')0?|^330?(?=[1-9][0-9]{8}$)', '0') AS number
	FROM (SELECT cccp.fold(word) AS folded OFFSET 0) f OFFSET 0) n);
COMMENT ON FUNCTION cccp.pattern(text) IS
    'LIKE pattern that matches a search_key which contains the word. The word'
    ' is folded as cccp.fold() does, and its special characters are escaped. A'
    ' phone number is found in whatever form it is written; its blanks may be in'
    ' the word.';
GRANT EXECUTE ON FUNCTION cccp.pattern TO cccp_poller, cccp_web, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.patterns(words text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	patterns text[] := '{}';
	bare text[] := ARRAY(SELECT regexp_replace(cccp.fold(w),
	    '[-\u00A0\u2009\u202F ./()_]', '', 'g')
	    FROM unnest(words) WITH ORDINALITY u (w, n) ORDER BY n);
	first int := 1;
	last int;
BEGIN
	WHILE first <= cardinality(words) LOOP
		last := first;
		IF bare[first] ~ '^(\+|[03])' THEN
			-- A number has no more groups of digits.
			last := least(first + 7, cardinality(words));
		END IF;
		-- The most words that are one whole number, or one word.
		WHILE last > first AND array_to_string(bare[first:last], '')
		    !~ '^(0[1-9][0-9]{8}|330?[1-9][0-9]{8}'
		    '|(\+|00)(330?[1-9][0-9]{8}|(?!33)[1-9][0-9]{6,14}))$' LOOP
			last := last - 1;
		END LOOP;
		patterns := patterns
		    || cccp.pattern(array_to_string(words[first:last], ' '))
		    || array_fill('%'::text, ARRAY[last - first]);
		first := last + 1;
	END LOOP;
	RETURN patterns;
END $$;
COMMENT ON FUNCTION cccp.patterns(text[]) IS
    'cccp.pattern() of each word. When several words in a row are one whole'
    ' phone number, the first has the pattern of the number, the others %.';
GRANT EXECUTE ON FUNCTION cccp.patterns TO cccp_poller, cccp_web, cccp_reader;

-- The number of the locks is arbitrary.  A place is free again at the end of the
-- transaction, however that ends.
CREATE OR REPLACE FUNCTION cccp.long_place() RETURNS boolean
LANGUAGE plpgsql PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	FOR place IN 1 .. 8 LOOP
		IF pg_try_advisory_xact_lock(6735004, place) THEN
			RETURN true;
		END IF;
	END LOOP;
	RAISE EXCEPTION 'too many long questions are being answered'
	    USING ERRCODE = 'query_canceled';
END $$;
COMMENT ON FUNCTION cccp.long_place() IS
    'Takes one of the 8 places that there are in the database for questions'
    ' that take long, until the end of the transaction, so that they leave'
    ' room for short ones. Fails with query_canceled when there is none.';
GRANT EXECUTE ON FUNCTION cccp.long_place TO cccp_web;

CREATE OR REPLACE FUNCTION cccp.is_stale(status text, alive_at timestamptz,
    clock_skew_s double precision, stale_after interval) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN status = 'stale' OR coalesce(
    now() + clock_skew_s * interval '1 s' - alive_at > stale_after, true);
COMMENT ON FUNCTION cccp.is_stale IS
    'Whether the data of a source is too old to be called current.';
GRANT EXECUTE ON FUNCTION cccp.is_stale
    TO cccp_poller, cccp_web, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.seconds_since(at timestamptz,
    clock_skew_s double precision) RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN at IS NOT NULL THEN greatest(0,
    date_part('epoch', now() - at) + clock_skew_s) END;
COMMENT ON FUNCTION cccp.seconds_since IS
    'Seconds from a time of a source''s clock to now, exact, never negative;'
    ' null without a time.';
GRANT EXECUTE ON FUNCTION cccp.seconds_since
    TO cccp_poller, cccp_web, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.seconds_between(since timestamptz,
    until timestamptz)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN since IS NOT NULL AND until IS NOT NULL THEN greatest(0,
    date_part('epoch', until - since)) END;
COMMENT ON FUNCTION cccp.seconds_between IS
    'Seconds between two times, exact, never negative; null when one of them is'
    ' null.';
GRANT EXECUTE ON FUNCTION cccp.seconds_between
    TO cccp_poller, cccp_web, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.seconds_of_day(since timestamptz,
    until timestamptz, midnight timestamptz)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN since IS NOT NULL THEN cccp.seconds_between(
    greatest(since, midnight), until) END;
COMMENT ON FUNCTION cccp.seconds_of_day IS
    'The running part of a figure of the day: seconds between two times that'
    ' are after midnight; null when since or until is null.';
GRANT EXECUTE ON FUNCTION cccp.seconds_of_day
    TO cccp_poller, cccp_web, cccp_reader;

-- A number is a zone too, but date_trunc() and SET TimeZone count it in opposite
-- directions.
CREATE OR REPLACE FUNCTION cccp.known_zone(zone text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM date_trunc('day', now(), zone);
	RETURN CASE WHEN zone !~ '^[-+ 0-9.:]*$' THEN zone END;
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION cccp.known_zone IS
    'The zone, when PostgreSQL knows it; else null.';
GRANT EXECUTE ON FUNCTION cccp.known_zone TO cccp_poller, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.check_zone() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF cccp.known_zone(new.time_zone) IS NULL THEN
		RAISE EXCEPTION 'source %: "%" is no time zone', new.name,
		    new.time_zone USING ERRCODE = 'invalid_parameter_value',
		    HINT = 'pg_timezone_names has the zones, such as'
		    ' Europe/Paris.';
	END IF;
	RETURN new;
END $$;
COMMENT ON FUNCTION cccp.check_zone IS
    'Trigger of cccp.source: refuses a time zone that is not known.';
CREATE OR REPLACE TRIGGER source_time_zone BEFORE INSERT OR UPDATE OF time_zone
    ON cccp.source FOR EACH ROW EXECUTE FUNCTION cccp.check_zone();

CREATE OR REPLACE FUNCTION cccp.midnight_before(at timestamptz, zone_s int,
    time_zone text) RETURNS timestamptz
LANGUAGE sql STABLE
RETURN CASE WHEN zone_s IS NULL
	THEN date_trunc('day', at, coalesce(cccp.known_zone(time_zone), 'UTC'))
	ELSE date_trunc('day', at + zone_s * interval '1 s', 'UTC')
	- zone_s * interval '1 s' END;
COMMENT ON FUNCTION cccp.midnight_before IS
    'The last midnight at or before a time: by an offset from UTC in seconds, or'
    ' by a time zone when that is null. A zone that is not known is UTC.';
GRANT EXECUTE ON FUNCTION cccp.midnight_before TO cccp_poller, cccp_reader;

-- CCCP makes a counter when it counts for the first time.
CREATE OR REPLACE FUNCTION cccp.counts(counters bigint, listed_at timestamptz,
    passed_at timestamptz, clock_skew_s double precision) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN counters > 0 OR coalesce(
    listed_at + clock_skew_s * interval '1 s' < passed_at, false);
COMMENT ON FUNCTION cccp.counts IS
    'Whether a counter of the day that a user or queue lacks is 0; else it is'
    ' unknown. It is 0 when the object has other counters (their number is the'
    ' first parameter), or was listed at a midnight that its source passed while'
    ' it was live.';
GRANT EXECUTE ON FUNCTION cccp.counts
    TO cccp_poller, cccp_web, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.turned_away(max_waiting bigint,
    max_estimated_waiting bigint, not_manageable_with_latent bigint,
    not_manageable_without_latent bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN coalesce(max_waiting, max_estimated_waiting,
    not_manageable_with_latent, not_manageable_without_latent) IS NOT NULL
THEN coalesce(max_waiting, 0) + coalesce(max_estimated_waiting, 0)
    + coalesce(not_manageable_with_latent, 0)
    + coalesce(not_manageable_without_latent, 0) END;
COMMENT ON FUNCTION cccp.turned_away IS
    'Calls that a queue turned away, for all four reasons; null when the'
    ' server reported none of the four numbers.';
GRANT EXECUTE ON FUNCTION cccp.turned_away
    TO cccp_poller, cccp_web, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.queue_counts(q cccp.queue,
    passed_at timestamptz, clock_skew_s double precision) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN cccp.counts(num_nonnulls((q).managed_tasks, (q).failed_tasks,
    (q).max_waiting, (q).max_estimated_waiting,
    (q).not_manageable_with_latent, (q).not_manageable_without_latent,
    (q).contact_seconds, (q).contact_seconds_max, (q).waiting_seconds,
    (q).waiting_seconds_max), (q).listed_at, passed_at, clock_skew_s);
COMMENT ON FUNCTION cccp.queue_counts IS
    'Whether a counter of the day that the queue lacks is 0: see cccp.counts().';
GRANT EXECUTE ON FUNCTION cccp.queue_counts
    TO cccp_poller, cccp_web, cccp_reader;

CREATE OR REPLACE FUNCTION cccp.agent_counts(a cccp.agent,
    passed_at timestamptz, clock_skew_s double precision) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN cccp.counts(num_nonnulls((a).total_inbound, (a).lost_inbound,
    (a).managed_inbound, (a).total_tasks, (a).transferred_inbound,
    (a).redirected_inbound, (a).talk_seconds, (a).held_seconds,
    (a).ringing_seconds, (a).pause_seconds, (a).outbound_seconds,
    (a).contact_seconds_max, (a).held_seconds_max,
    (a).ringing_seconds_max), (a).listed_at, passed_at, clock_skew_s);
COMMENT ON FUNCTION cccp.agent_counts IS
    'Whether a counter of the day that the user lacks is 0: see cccp.counts().';
GRANT EXECUTE ON FUNCTION cccp.agent_counts
    TO cccp_poller, cccp_web, cccp_reader;
