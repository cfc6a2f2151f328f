/* Finding elements again, giving them ids; text for people. */
#include "tests/poller/check.h"

#include "poller/json/roster.h"
#include "poller/json/scan.h"
#include "poller/source/plain.h"

static struct roster old, new;
static size_t left_out[ENTRY_ERR__MAX];

static int
teardown(void **state)
{
	(void)state;
	roster_free(&old);
	roster_free(&new);
	memset(left_out, 0, sizeof(left_out));
	return 0;
}

static void
out(void *arg, enum entry_list list, size_t place, enum entry_err err)
{
	(void)arg;
	(void)list;
	(void)place;
	left_out[err]++;
}

static void
add(struct roster *r, uint64_t key, uint32_t id, bool made, bool same)
{
	struct roster_item item = { .hash = key + 1000 * id, .key = key,
	    .id = id, .place = (uint32_t)r->n, .list = ENTRY_USERS,
	    .view = VIEW_USER, .made = made, .same = same };

	assert_true(roster_add(r, &item));
}

static void
test_unique(void **state)
{
	(void)state;
	add(&new, 1, 10, false, false);
	add(&new, 1, 11, false, false);		/* the key of another */
	add(&new, 3, 12, false, false);
	roster_unique(&new, out, NULL);
	roster_number(&new, out, NULL);
	assert_int_equal(left_out[ENTRY_SAME_KEY], 1);
	assert_int_equal(roster_count(&new, VIEW_USER), 2);
	assert_int_equal(roster_count(&new, VIEW_QUEUE), 0);
	assert_true(roster_has(&new, VIEW_USER, 10));
	assert_true(roster_has(&new, VIEW_USER, 12));
	assert_false(roster_has(&new, VIEW_USER, 11));
	assert_false(roster_has(&new, VIEW_QUEUE, 10));
}

/* Of several with one id one keeps it; the others always get the same one. */
static void
test_same_ids(void **state)
{
	uint32_t id[4] = { 0 };
	uint64_t key;
	size_t i, turn;

	(void)state;
	for (turn = 0; turn < 2; turn++) {
		for (key = 1; key <= 3; key++)
			add(&new, key, 10, false, false);
		roster_unique(&new, out, NULL);
		roster_number(&new, out, NULL);
		assert_int_equal(left_out[ENTRY_NO_ID], 0);
		assert_int_equal(roster_count(&new, VIEW_USER), 3);
		assert_true(roster_has(&new, VIEW_USER, 10));
		for (i = 0; i < 3; i++) {
			if (i > 0)
				assert_true(new.item[i - 1].id <
				    new.item[i].id);
			key = new.item[i].key;
			if (turn > 0)
				assert_int_equal(new.item[i].id, id[key]);
			id[key] = new.item[i].id;
		}
		roster_free(&new);
	}
}

/* Ids of our own give way to each other, and what is known keeps its id. */
static void
test_made(void **state)
{
	const uint32_t wanted = UINT32_C(0x80000005);
	size_t i;

	(void)state;
	add(&new, 9, wanted, true, true);	/* unchanged: it stays */
	add(&new, 5, 0, true, false);
	add(&new, UINT64_C(0x100000005), 0, true, false);
	add(&new, 6, wanted, false, false);	/* real, but taken */
	roster_unique(&new, out, NULL);
	roster_number(&new, out, NULL);
	assert_int_equal(new.n, 4);
	for (i = 0; i < new.n; i++) {
		if (new.item[i].key == 9)
			assert_int_equal(new.item[i].id, wanted);
		if (i > 0)
			assert_true(new.item[i - 1].id < new.item[i].id);
	}
	assert_int_equal(left_out[ENTRY_NO_ID], 0);
}

/* Thousands that all want the same id: no endless search. */
static void
test_crowd(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < 10000; i++)
		add(&new, i << 32 | 7, 0, true, false);
	roster_unique(&new, out, NULL);
	roster_number(&new, out, NULL);
	assert_int_equal(new.n + left_out[ENTRY_NO_ID], 10000);
	assert_true(new.n > 9900);
	for (i = 1; i < new.n; i++)
		assert_true(new.item[i - 1].id < new.item[i].id);
}

static void
test_same(void **state)
{
	const struct roster_item *item;

	(void)state;
	assert_null(roster_same(&old, ENTRY_USERS, 1));
	add(&old, 1, 1, false, false);
	add(&old, 2, 2, false, true);
	add(&old, 3, 3, false, false);
	roster_sort(&old);
	item = roster_same(&old, ENTRY_USERS, 2002);
	assert_non_null(item);
	assert_int_equal(item->key, 2);
	assert_null(roster_same(&old, ENTRY_QUEUES, 2002));
	assert_null(roster_same(&old, ENTRY_USERS, 2003));
	assert_int_equal(roster_missing(&old, &new, VIEW_USER), 3);
	add(&new, 2, 77, false, false);		/* the same, with another id */
	assert_int_equal(roster_missing(&old, &new, VIEW_USER), 2);
	assert_int_equal(roster_missing(&old, &new, VIEW_QUEUE), 0);
}

static void
check_plain(const char *text, size_t size, const char *should)
{
	char is[64];

	memset(is, 'x', sizeof(is));
	plain_text(is, size, text, strlen(text));
	assert_string_equal(is, should);
	if (size < sizeof(is))
		assert_int_equal(is[size], 'x');
}

static void
test_plain(void **state)
{
	(void)state;
	check_plain("Zoé €\U0001f600", 64, "Zoé €\U0001f600");
	check_plain("a\x1b[1m\n\x7f", 64, "a\\x1b[1m\\x0a\\x7f");
	check_plain("\xc2\x85\xe9 \xc0\xaf\xed\xa0\x80\xf5", 64,
	    "\\xc2\\x85\\xe9 \\xc0\\xaf\\xed\\xa0\\x80\\xf5");
	check_plain("aé", 3, "a");
	check_plain("aé", 4, "aé");
	check_plain("a\x01", 5, "a");
	check_plain("a\x01", 6, "a\\x01");
	check_plain("a", 1, "");
	check_plain("\xe2\x82", 64, "\\xe2\\x82");
}

static void
test_hash(void **state)
{
	char a[40] = "0123456789012345678901234567890123456";
	uint64_t before;
	size_t i, bit;

	(void)state;
	before = scan_hash(a, 37);
	assert_int_equal(scan_hash(a, 37), before);
	assert_int_not_equal(scan_hash(a, 36), before);
	assert_int_not_equal(scan_hash(a, 38), before);
	for (i = 0; i < 37; i++)
		for (bit = 0; bit < 8; bit++) {
			a[i] = (char)(a[i] ^ 1 << bit);
			assert_int_not_equal(scan_hash(a, 37), before);
			a[i] = (char)(a[i] ^ 1 << bit);
		}
}

#define T(f)	cmocka_unit_test_teardown(f, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_unique), T(test_same_ids), T(test_made), T(test_crowd),
		T(test_same), T(test_plain), T(test_hash),
	};

	return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
