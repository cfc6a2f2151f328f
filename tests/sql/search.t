#!/bin/bash
#
# Searching: what is not seen hides nobody, and a phone number is found in any
# form, whatever its stored form; in SQL, as the handler looks for words too.

. "${0%/*}/tap.bash"

# Characters that are not seen: Unicode's Default_Ignorable_Code_Point and the
# control characters that are no blanks.
unseen() {
	perl -e 'for (1 .. 0xd7ff, 0xe000 .. 0x10ffff) {
	    print "$_\n" if chr =~ /\p{Default_Ignorable_Code_Point}/ ||
		chr =~ /\p{Cc}/ && chr !~ /\p{White_Space}/ }'
}

psql -Xq -v ON_ERROR_STOP=1 -c 'CREATE TABLE test.unseen (point int)' || exit 1
unseen | psql -Xq -v ON_ERROR_STOP=1 -c '\copy test.unseen FROM pstdin' || exit 1

tap <<'SQL'
SELECT plan(19);

SELECT cmp_ok((SELECT count(*) FROM test.unseen), '>', 4000::bigint,
    'there are characters that are not seen');
SELECT is((SELECT string_agg(to_hex(point), ' ') FROM test.unseen
    WHERE cccp.fold('Mar' || chr(point) || 'cel') <> 'marcel'), NULL,
    'folding leaves them out');
SELECT is((SELECT string_agg(to_hex(point), ' ') FROM test.unseen
    WHERE cccp.search_key(cccp.fold('Marcel'), '')
	NOT LIKE cccp.pattern('MAR' || chr(point) || 'CEL')), NULL,
    'and so do patterns');
SELECT is(cccp.fold(E'\u202a\u200bZoe\u0301\u202c Du\u00adbois\ufe0f'),
    'zoe dubois', 'accents of their own too');
SELECT is(cccp.pattern(E'\u200b'), '%%', 'what is not seen finds all');

-- Phone numbers: each form finds each form, and no other number.
CREATE TABLE test.form AS SELECT form FROM unnest(ARRAY[
    '0639984125', '06 39 98 41 25', '06.39.98.41.25', '06-39-98-41-25',
    '06/39/98/41/25', '06_39_98_41_25', '(06) 39 98 41 25', '063 998 4125',
    '+33639984125', '+33 6 39 98 41 25', '+33 (0)6 39 98 41 25',
    '+33(0)639984125', '+33 (0) 6 39 98 41 25', '+33-6-39-98-41-25',
    '+33.6.39.98.41.25', '+330639984125', '(+33) 6 39 98 41 25',
    '0033639984125', '0033 6 39 98 41 25', '00 33 6 39 98 41 25',
    '0033 (0)6 39 98 41 25', '00330639984125', '33639984125',
    '33 6 39 98 41 25', '33.6.39.98.41.25',
    E'06\u00a039\u00a098\u00a041\u00a025', E'06\u201139\u201198\u201141\u201125',
    E'\u202a+33\u202f6\u202f39\u202f98\u202f41\u202f25\u202c',
    E'06\u200939\u200998\u200941\u200925', '０６３９９８４１２５']) form;
-- The first line of a key is its phone number.
CREATE FUNCTION test.finds(key text, q text) RETURNS boolean LANGUAGE sql AS $$
	SELECT bool_and(cccp.search_key(cccp.fold(key), split_part(key, E'\n', 1))
	    LIKE pattern)
	FROM unnest(cccp.patterns(regexp_split_to_array(q, '\s+'))) pattern
$$;
SELECT is((SELECT string_agg(format('%s by %s', s.form, q.form), E'\n')
    FROM test.form s, test.form q WHERE NOT test.finds(
	format(E'%s\nu12\nZoé Martin\nP1', s.form), q.form)), NULL,
    'each form finds each form');
SELECT is((SELECT string_agg(format('%s by %s', s.form, q.form), E'\n')
    FROM test.form s, test.form q WHERE NOT test.finds(
	format(E'\nu12\nZoé Martin %s (2)\n12', s.form), 'zoé ' || q.form || ' u12')),
    NULL, 'among other words, in a name');
SELECT is((SELECT string_agg(format('%s by %s', other, form), E'\n')
    FROM test.form, unnest(ARRAY['0639982541', '+33639984126', '0639984225',
	'06 39 98 25 41', '+33 6 98 39 41 25', '0033639984152']) other
    WHERE test.finds(format(E'%s\nu063998\n4125 25 41 39 98 06', other), form)), NULL,
    'and no other number');
SELECT is((SELECT string_agg(form, E'\n') FROM test.form, unnest(ARRAY[
	'06', '0639', '063998412', '3998', '4125', '+33', '+336', '+33639984',
	'0033', '0033639', '+33 (0)6', '+33 (0)6 39', '06 39 98', '06.39.98.4',
	'+33.6.39', '+33(0)63', '639984125', '6 39 98 41 25']) part
    WHERE form ~ '[0-9]'
    AND NOT test.finds(format(E'%s\nu12\nZoé', form), part)), NULL,
    'a part of a number is found too, while it is typed');

-- A number of another country, dialled there and from here.
SELECT is((SELECT string_agg(format('%s by %s', s, q), E'\n')
    FROM unnest(ARRAY['+352621123456', '00352 621 123 456',
	'+352 621 123 456', '+352-621-123-456']) s,
    unnest(ARRAY['+352621123456', '00352621123456', '00352 621 123 456',
	'+352 621 123 456', '621 123 456', '0621123456']) q
    WHERE NOT test.finds(s, q)), NULL, 'numbers of other countries');

-- What looks a little like a number is text.
SELECT ok(test.finds(w, w), format('is found by itself: %s', w))
FROM unnest(ARRAY['24/7', '08:00-12:00', '2026-01-31', 'a_1', '_', '(0)5']) w;
SELECT ok(test.finds(E'1269\nPoste 12\n2024', '1269 12 2024'),
    'several numbers are several words');
SELECT is(cccp.patterns(ARRAY['zoé', '06', '39', '98', '41', '25', '12']),
    ARRAY['%zoe%', '%639984125%', '%', '%', '%', '%', '%12%'],
    'the words of a number are one');
SELECT is(cccp.patterns('{}'), '{}', 'no words, no patterns');
SELECT * FROM finish();
SQL
