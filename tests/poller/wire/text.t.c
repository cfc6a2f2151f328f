/* Latin-1 and Windows-1252 on the wire, UTF-8 here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

/*
 * What each byte of the wire reads as, written out: 16 a line from 0x00.
 * "" is a byte that has no place in our text.
 */
static const char *const meaning[256] = {
	"", "", "", "", "", "", "", "", "", " ", " ", "", "", " ", "", "",
	"", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
	" ", "!", "\"", "#", "$", "%", "&", "'",
	"(", ")", "*", "+", ",", "-", ".", "/",
	"0", "1", "2", "3", "4", "5", "6", "7",
	"8", "9", ":", ";", "<", "=", ">", "?",
	"@", "A", "B", "C", "D", "E", "F", "G",
	"H", "I", "J", "K", "L", "M", "N", "O",
	"P", "Q", "R", "S", "T", "U", "V", "W",
	"X", "Y", "Z", "[", "\\", "]", "^", "_",
	"`", "a", "b", "c", "d", "e", "f", "g",
	"h", "i", "j", "k", "l", "m", "n", "o",
	"p", "q", "r", "s", "t", "u", "v", "w",
	"x", "y", "z", "{", "|", "}", "~", "",
	"€", "", "‚", "ƒ", "„", "…", "†", "‡",
	"ˆ", "‰", "Š", "‹", "Œ", "", "Ž", "",
	"", "‘", "’", "“", "”", "•", "–", "—",
	"˜", "™", "š", "›", "œ", "", "ž", "Ÿ",
	"\u00a0", "¡", "¢", "£", "¤", "¥", "¦", "§",
	"¨", "©", "ª", "«", "¬", "\u00ad", "®", "¯",
	"°", "±", "²", "³", "´", "µ", "¶", "·",
	"¸", "¹", "º", "»", "¼", "½", "¾", "¿",
	"À", "Á", "Â", "Ã", "Ä", "Å", "Æ", "Ç",
	"È", "É", "Ê", "Ë", "Ì", "Í", "Î", "Ï",
	"Ð", "Ñ", "Ò", "Ó", "Ô", "Õ", "Ö", "×",
	"Ø", "Ù", "Ú", "Û", "Ü", "Ý", "Þ", "ß",
	"à", "á", "â", "ã", "ä", "å", "æ", "ç",
	"è", "é", "ê", "ë", "ì", "í", "î", "ï",
	"ð", "ñ", "ò", "ó", "ô", "õ", "ö", "÷",
	"ø", "ù", "ú", "û", "ü", "ý", "þ", "ÿ"
};

static void
every_byte_reads_as_it_should(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		const unsigned char byte = (unsigned char)c;

		buf_reset(&b);
		frame_text(&b, (struct cursor){ &byte, 1 });
		assert_bytes(&b, meaning[c], strlen(meaning[c]));
	}
	buf_free(&b);
}

static void
every_byte_that_is_text_goes_back(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (unsigned c = 0x20; c < 256; c++) {
		const unsigned char byte = (unsigned char)c;

		if (*meaning[c] == '\0')
			continue;
		buf_reset(&b);
		frame_put_text(&b, meaning[c]);
		assert_bytes(&b, &byte, 1);
	}
	buf_free(&b);
}

static void
a_string_is_counted_in_wire_bytes(void **state)
{
	struct buf b = { 0 };

	(void)state;
	frame_put_string(&b, "Zoé – 5 €");
	assert_bytes(&b, "\x09\0\0\0Zo\xe9 \x96 5 \x80", 13);
	buf_reset(&b);
	frame_put_string(&b, "");
	assert_bytes(&b, "\0\0\0\0", 4);
	buf_free(&b);
}

static void
what_the_wire_lacks_is_a_question_mark(void **state)
{
	static const struct {
		const char	*utf8;
		const char	*wire;
	} texts[] = {
		{ "ok \xf0\x9f\x98\x80!", "ok ?!" },	/* 4 bytes */
		{ "\xf4\x8f\xbf\xbf", "?" },		/* the last of all */
		{ "Łódź", "?\xf3""d?" },
		{ "\xc2\x81\xc2\x9f", "??" },	/* controls: not Windows' */
		{ "\ufffd", "?" },
	};
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_reset(&b);
		frame_put_text(&b, texts[i].utf8);
		assert_bytes(&b, texts[i].wire, strlen(texts[i].wire));
	}
	buf_free(&b);
}

/* Bytes that are no UTF-8 never become a character that they are not. */
static void
what_is_not_utf8_is_a_question_mark(void **state)
{
	static const struct {
		const char	*bytes;
		const char	*wire;
	} texts[] = {
		{ "a\xe9z", "a?z" },		/* Latin-1 by mistake */
		{ "\xc3", "?" },		/* cut */
		{ "\xe2\x82", "?" },
		{ "\xf0\x9f\x98", "?" },
		{ "\x80\xbf", "??" },		/* continues nothing */
		{ "\xc0\xaf", "??" },		/* longer than needed */
		{ "\xe0\x80\xaf", "?" },
		{ "\xf0\x80\x80\xaf", "?" },
		{ "\xed\xa0\x80", "?" },	/* half a pair */
		{ "\xf5\x80", "??" },		/* beyond the last */
		{ "\xff\xfe", "??" },
		{ "\xc3""A", "?A" },
	};
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_reset(&b);
		frame_put_text(&b, texts[i].bytes);
		assert_bytes(&b, texts[i].wire, strlen(texts[i].wire));
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_reads_as_it_should),
		cmocka_unit_test(every_byte_that_is_text_goes_back),
		cmocka_unit_test(a_string_is_counted_in_wire_bytes),
		cmocka_unit_test(what_the_wire_lacks_is_a_question_mark),
		cmocka_unit_test(what_is_not_utf8_is_a_question_mark),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
