-- 011-search.sql: what searches do not see, and phone numbers in all forms.

SET LOCAL ROLE cccp_owner;

-- Characters without a glyph go: the control characters that are no blanks, all
-- that Unicode calls Default_Ignorable_Code_Point (soft hyphen, zero-width and
-- bidi controls, variation selectors, fillers, tags …), annotation marks.  They
-- go first, since unaccent makes a hyphen of a soft one.
DO $$
DECLARE
	home name := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n
	    ON n.oid = e.extnamespace WHERE e.extname = 'unaccent');
BEGIN
	EXECUTE format($f$
		CREATE OR REPLACE FUNCTION cccp.fold(text) RETURNS text
		LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
		RETURN lower(%I.unaccent(%L::regdictionary,
		    CASE WHEN $1 ~ '[^ -~\n]' THEN regexp_replace($1,
			'[\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F'
			'\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5'
			'\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F'
			'\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB'
			'\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A'
			'\U000E0000-\U000E0FFF]+', '', 'g') ELSE $1 END)
		    COLLATE cccp.french)
	$f$, home, format('%I.unaccent', home));
END $$;
COMMENT ON FUNCTION cccp.fold(text) IS
    'Text for searching: lower case, without accents, and without characters'
    ' that are not seen, such as soft hyphens and zero-width ones. The search'
    ' key is folded with it, and so are the words of a search, see'
    ' cccp.pattern().';

-- Phone numbers as they are dialled from abroad (+33639984125) and within their
-- country (0639984125); without a country code they may be French ones.  It is
-- run for each call that is looked at, so it replaces fixed texts: each number
-- is a line.
CREATE FUNCTION cccp.search_key(folded text, phones text) RETURNS text
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
		home := regexp_replace(home, '\+(?:[17]|2[07]|3[0-469]|'
		    '4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-689]|3[578]|'
		    '42|5[09]|6[7-9]|8[035789]|9[679])[0-9])0?', '0', 'g');
	END IF;
	RETURN key || home || abroad || replace(abroad, '+', '00');
END $$;
COMMENT ON FUNCTION cccp.search_key(text, text) IS
    'What searches look at: the folded text, whose fields are lines; then the'
    ' same without punctuation between digits, if there is any; then the phone'
    ' numbers, which are lines, in the forms 0639984125, +33639984125 and'
    ' 0033639984125. Look for each word with LIKE cccp.pattern(word).';
GRANT EXECUTE ON FUNCTION cccp.search_key
    TO cccp_poller, cccp_web, cccp_reader;

-- The column is made anew.  The view, which code/ replaces afterwards, has null
-- in its place for as long.
DO $$
BEGIN
	IF to_regclass('cccp_v1.user') IS NOT NULL THEN
		EXECUTE 'CREATE OR REPLACE VIEW cccp_v1.user AS ' || replace(
		    pg_get_viewdef('cccp_v1.user'), 'a.search_key',
		    'NULL::text AS search_key');
	END IF;
END $$;
ALTER TABLE cccp.agent DROP COLUMN search_key;
ALTER TABLE cccp.agent ADD search_key text GENERATED ALWAYS AS (
    cccp.search_key(cccp.fold(login || E'\n' || name
	|| E'\n' || coalesce(cccp.phone(phone_uri), '')
	|| E'\n' || coalesce(profile, '') || E'\n' || coalesce(team, '')),
	coalesce(cccp.phone(phone_uri), ''))) STORED;
COMMENT ON COLUMN cccp.agent.search_key IS
    'Login, name, phone, profile and team, for searching: search_key LIKE'
    ' cccp.pattern(word). See cccp.search_key().';
DO $$
BEGIN
	EXECUTE format('CREATE INDEX agent_search_key_idx ON cccp.agent'
	    ' USING gin (search_key %I.gin_trgm_ops)',
	    (SELECT extnamespace::regnamespace::name FROM pg_extension
	    WHERE extname = 'pg_trgm'));
END $$;
