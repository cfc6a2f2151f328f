/* The files of the dashboard: what is found, and what is kept. */
#include "tests/fcgi/check.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "fcgi/page/asset.h"

static char root[] = "/tmp/cccp-asset.XXXXXX";
static struct assets *as;

static void
write_file(const char *name, const char *text, size_t repeat)
{
	FILE *f;

	f = fopen(name, "w");
	assert_non_null(f);
	for (; repeat > 0; repeat--)
		assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int
prepare(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	assert_int_equal(chdir(root), 0);
	write_file("outside.txt", "secret", 1);
	assert_int_equal(mkdir("htdocs", 0755), 0);
	assert_int_equal(chdir("htdocs"), 0);
	assert_int_equal(mkdir("js", 0755), 0);
	write_file("index.html", "<!doctype html>\n", 100);
	write_file("js/main.js", "export const a = 1;\n", 1);
	write_file(".hidden", "x", 1);
	write_file("odd name", "x", 1);
	write_file("empty.css", "", 1);
	assert_int_equal(symlink("../outside.txt", "link.txt"), 0);
	assert_int_equal(symlink("..", "up"), 0);
	assert_int_equal(symlink("js", "alias"), 0);
	assert_int_equal(mkfifo("pipe", 0644), 0);
	as = assets_open(".");
	assert_non_null(as);
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	assets_close(as);
	/* mkdtemp() made it, so no other program uses it. */
	assert_int_equal(chdir("/"), 0);
	if (fork() == 0)
		execl("/bin/rm", "rm", "-rf", root, (char *)NULL);
	return 0;
}

static void
files_are_found_with_their_type(void **state)
{
	struct asset *a, *again;

	(void)state;
	assert_int_equal(asset_get(as, "/", &a), ASSET_OK);
	assert_int_equal(a->len, 1600);
	assert_memory_equal(a->data, "<!doctype html>\n", 16);
	assert_string_equal(a->type, "text/html; charset=utf-8");
	assert_int_equal(asset_get(as, "/index.html", &again), ASSET_OK);
	assert_ptr_equal(again, a);		/* kept, not read again */
	asset_release(as, again);
	asset_release(as, a);
	assert_int_equal(asset_get(as, "/js/main.js", &a), ASSET_OK);
	assert_string_equal(a->type, "text/javascript; charset=utf-8");
	assert_null(a->pack.data);		/* too small */
	asset_release(as, a);
	assert_int_equal(asset_get(as, "/empty.css", &a), ASSET_OK);
	assert_int_equal(a->len, 0);
	asset_release(as, a);
	asset_release(as, NULL);
}

static void
nothing_else_is_found(void **state)
{
	static const char *const paths[] = { "/none", "/js", "/js/", "/.hidden",
	    "/odd name", "/link.txt", "/up/outside.txt", "/alias/main.js",
	    "/../outside.txt", "/js/../../outside.txt", "/./index.html",
	    "//index.html", "/js//main.js", "", "index.html", "/pipe",
	    "/index.html/x", "/%2e%2e/outside.txt", "/js\\..\\index.html",
	    "/indéx.html", "/..", "/index.html\n" };
	char longest[400] = "/";
	struct asset *a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(asset_get(as, paths[i], &a), ASSET_NONE);
		assert_null(a);
	}
	memset(longest + 1, 'a', sizeof(longest) - 2);
	assert_int_equal(asset_get(as, longest, &a), ASSET_NONE);
	assert_false(asset_name_ok(longest));
	longest[256] = '\0';
	assert_false(asset_name_ok(longest));
	longest[255] = '\0';
	assert_true(asset_name_ok(longest));
}

static void
compressed_is_the_same(void **state)
{
	struct asset *a;
	char plain[2000];
	z_stream z = { 0 };

	(void)state;
	assert_int_equal(asset_get(as, "/", &a), ASSET_OK);
	assert_true(a->pack.len > 0 && a->pack.len < a->len);
	assert_string_not_equal(a->gzip_etag, a->etag);
	assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
	z.next_in = (Bytef *)a->pack.data;
	z.avail_in = (uInt)a->pack.len;
	z.next_out = (Bytef *)plain;
	z.avail_out = sizeof(plain);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, a->len);
	assert_memory_equal(plain, a->data, a->len);
	inflateEnd(&z);
	asset_release(as, a);
}

/* The old file stays valid for those who use it. */
static void
a_changed_file_is_read_again(void **state)
{
	struct asset *old, *new;

	(void)state;
	write_file("js/data.json", "[1]", 1);
	assert_int_equal(asset_get(as, "/js/data.json", &old), ASSET_OK);
	write_file("js/data.tmp", "[22]", 1);
	assert_int_equal(rename("js/data.tmp", "js/data.json"), 0);
	assert_int_equal(asset_get(as, "/js/data.json", &new), ASSET_OK);
	assert_memory_equal(old->data, "[1]", 3);
	assert_memory_equal(new->data, "[22]", 4);
	assert_string_not_equal(old->etag, new->etag);
	asset_release(as, old);
	asset_release(as, new);
	assert_int_equal(unlink("js/data.json"), 0);
	assert_int_equal(asset_get(as, "/js/data.json", &new), ASSET_NONE);
}

/* More files than are kept are served; a file that is too large is not. */
static void
memory_is_bounded(void **state)
{
	struct asset *a, *first;
	char name[16];
	int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "/big%d.png", i);
		write_file(name + 1, "0123456789abcdef", ASSET_MAX / 16);
		assert_int_equal(asset_get(as, name, i == 0 ? &first : &a),
		    ASSET_OK);
		if (i > 0)
			asset_release(as, a);
	}
	assert_memory_equal(first->data, "0123", 4);	/* still valid */
	assert_int_equal(asset_get(as, "/big0.png", &a), ASSET_OK);
	assert_ptr_not_equal(a, first);			/* but not kept */
	asset_release(as, a);
	asset_release(as, first);
	write_file("big0.png", "0123456789abcdef", ASSET_MAX / 16 + 1);
	assert_int_equal(asset_get(as, "/big0.png", &a), ASSET_NONE);
}

static void
a_directory_is_needed(void **state)
{
	(void)state;
	assert_null(assets_open("index.html"));
	assert_null(assets_open("/nonexistent"));
	assets_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_found_with_their_type),
		cmocka_unit_test(nothing_else_is_found),
		cmocka_unit_test(compressed_is_the_same),
		cmocka_unit_test(a_changed_file_is_read_again),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(a_directory_is_needed),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
