/* The choice of a format, and cells of CSV. */
#include "tests/fcgi/check.h"

#include "fcgi/list/format.h"

static void
the_reader_chooses(void **state)
{
	static const struct {
		const char		*format, *accept;
		enum format	 is;
	} cases[] = {
		{ NULL, NULL, FORMAT_JSON }, { NULL, "", FORMAT_JSON },
		{ NULL, "*/*", FORMAT_JSON },
		{ NULL, "text/csv", FORMAT_CSV },
		{ NULL, "TEXT/CSV;header=present", FORMAT_CSV },
		{ NULL, "text/*", FORMAT_CSV },
		{ NULL, "application/x-ndjson", FORMAT_NDJSON },
		{ NULL, "application/*", FORMAT_JSON },
		{ NULL, "text/csv;q=0.5, application/json;q=0.4", FORMAT_CSV },
		{ NULL, "text/csv;q=0.5,*/*;q=0.8", FORMAT_JSON },
		{ NULL, "application/json;q=0, */*", FORMAT_CSV },
		{ NULL, "application/json;q=0.001,text/csv;q=0.002",
		    FORMAT_CSV },
		{ NULL, "text/html,application/xhtml+xml,*/*;q=0.8",
		    FORMAT_JSON },
		{ NULL, "text/html", FORMAT__MAX },
		{ NULL, "text/csv;q=0", FORMAT__MAX },
		{ NULL, "text", FORMAT__MAX }, { NULL, ";q=1", FORMAT__MAX },
		{ NULL, ",,;;q=,/", FORMAT__MAX },
		{ "ndjson", "text/csv", FORMAT_NDJSON },
		{ "json", "text/html", FORMAT_JSON },
		{ "csv", NULL, FORMAT_CSV },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (format_choose(cases[i].format, cases[i].accept) !=
		    cases[i].is)
			fail_msg("%s: %d", cases[i].accept, format_choose(
			    cases[i].format, cases[i].accept));
}

/* Writes one value as a cell of both dialects. */
static void
check(const char *key, Oid type, const char *value, const char *strict,
    const char *french)
{
	PGresAttDesc desc = { .name = (char *)(intptr_t)key, .typid = type };
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	struct buf b = { 0 };
	enum dialect d;

	assert_true(PQsetResultAttrs(res, 1, &desc));
	assert_true(PQsetvalue(res, 0, 0, (char *)(intptr_t)value,
	    value != NULL ? (int)strlen(value) : -1));
	for (d = DIALECT_STRICT; d <= DIALECT_EXCEL_FR; d++) {
		buf_reset(&b);
		csv_cell(&b, d, key, res, 0, 0);
		buf_char(&b, '\0');
		assert_true(buf_ok(&b));
		assert_string_equal(b.data, d == DIALECT_STRICT ? strict :
		    french);
	}
	buf_free(&b);
	PQclear(res);
}

#define BOOL	16
#define INT	23
#define TEXT	25
#define FLOAT	701
#define ARRAY	1009
#define TIME	1184

static void
cells_are_quoted(void **state)
{
	(void)state;
	check("name", TEXT, "Zoé Le Goff", "Zoé Le Goff", "Zoé Le Goff");
	check("name", TEXT, "a,b", "\"a,b\"", "\"a,b\"");
	check("name", TEXT, "a;b", "\"a;b\"", "\"a;b\"");
	check("name", TEXT, "a\"b", "\"a\"\"b\"", "\"a\"\"b\"");
	check("name", TEXT, "a\nb", "\"a\nb\"", "\"a\nb\"");
	check("name", TEXT, " a", "\" a\"", "\" a\"");
	check("name", TEXT, "a\xc2\x85" "b", "\"a\xc2\x85" "b\"",
	    "\"a\xc2\x85" "b\"");
	check("name", TEXT, "", "", "");
	check("name", TEXT, NULL, "", "");
	check("queues", ARRAY, "{sav,\"a \\\"b\\\", \\\\c\"}",
	    "\"sav, a \"\"b\"\", \\c\"", "\"sav, a \"\"b\"\", \\c\"");
	check("queues", ARRAY, "{}", "", "");
}

static void
nothing_runs(void **state)
{
	(void)state;
	check("name", TEXT, "=1+1", "'=1+1", "'=1+1");
	check("name", TEXT, "@SUM(A1)", "'@SUM(A1)", "'@SUM(A1)");
	check("name", TEXT, "-2", "'-2", "'-2");
	check("name", TEXT, "+1", "'+1", "'+1");
	check("name", TEXT, "\t=1", "\"'\t'=1\"",
	    "\"'\t'=1\"");
	check("queues", ARRAY, "{=1,b}", "\"'=1, b\"", "\"'=1, b\"");
	check("phone", TEXT, "=1", "'=1", "'=1");
	check("caller", TEXT, "+33=1", "'+33=1", "'+33=1");
}

/* A French spreadsheet would change these to a number, date or time. */
static void
text_stays_text(void **state)
{
	(void)state;
	check("profile", TEXT, "007", "'007", "'007");
	check("login", TEXT, "1e5", "'1e5", "'1e5");
	check("team", TEXT, "31/01", "'31/01", "'31/01");
	check("team", TEXT, "08:00-12:00", "'08:00-12:00",
	    "'08:00-12:00");
	check("login", TEXT, "1234567890123456", "'1234567890123456",
	    "'1234567890123456");
	check("login", TEXT, "100%", "'100%", "'100%");
	check("login", TEXT, "1001", "'1001", "'1001");
	check("login", TEXT, "0", "'0", "'0");
	check("login", TEXT, "3e_etage", "3e_etage", "3e_etage");
	check("team", TEXT, "24/7 Nord", "24/7 Nord", "24/7 Nord");
	check("team", TEXT, "12 FÉVRIER 26", "'12 FÉVRIER 26",
	    "'12 FÉVRIER 26");
	check("team", TEXT, "Vrai", "'Vrai", "'Vrai");
	check("team", TEXT, "\xc2\xa0(5)", "\"'\xc2\xa0(5)\"",
	    "\"'\xc2\xa0(5)\"");
	/* Behind the separator of the other dialect too. */
	check("name", TEXT, "Nord;=1+1", "\"Nord;'=1+1\"",
	    "\"Nord;'=1+1\"");
	check("name", TEXT, "Sud,12 %,Est", "\"Sud,'12 %,Est\"",
	    "\"Sud,'12 %,Est\"");
}

static void
phones_stay_themselves(void **state)
{
	(void)state;
	check("phone", TEXT, "+33199001234", "+33199001234",
	    "+33 1 99 00 12 34");
	/* Phone numbers as people write them. */
	check("phone", TEXT, "+33 1 99 00 12 34", "+33 1 99 00 12 34",
	    "+33 1 99 00 12 34");
	check("name", TEXT, "+33 1 99 00 12 34", "+33 1 99 00 12 34",
	    "+33 1 99 00 12 34");
	check("name", TEXT, "+352 621 123 456", "'+352 621 123 456",
	    "'+352 621 123 456");
	check("name", TEXT, "+33 1-99", "'+33 1-99", "'+33 1-99");
	check("name", TEXT, "+ 1", "'+ 1", "'+ 1");
	check("name", TEXT, "+33 ", "\"'+33 \"", "\"'+33 \"");
	check("name", TEXT, "+", "'+", "'+");
	check("caller", TEXT, "0199001234", "0199001234", "01 99 00 12 34");
	check("callee", TEXT, "3900", "3900", "3900");
	check("login", TEXT, "0123", "'0123", "'0123");
}

static void
numbers_and_times(void **state)
{
	(void)state;
	check("n", INT, "-5", "-5", "-5");
	check("n", FLOAT, "1.5", "1.5", "1,5");
	check("n", BOOL, "t", "true", "VRAI");
	check("n", BOOL, "f", "false", "FAUX");
	check("n", TIME, "2026-01-31 09:00:01.25+01",
	    "2026-01-31T09:00:01.25+01:00", "31/01/2026 09:00:01");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reader_chooses),
		cmocka_unit_test(cells_are_quoted),
		cmocka_unit_test(nothing_runs),
		cmocka_unit_test(text_stays_text),
		cmocka_unit_test(phones_stay_themselves),
		cmocka_unit_test(numbers_and_times),
	};

	return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
