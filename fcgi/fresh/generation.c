#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/fresh/generation.h"
#include "fcgi/http/json.h"
#include "sql/lib/hash.h"

/*
 * The state of a user depends on the staleness of its source, which changes
 * with time alone.  last_change differs when another database happens to be at
 * the same generation.
 */
const char generation_sql[] =
    "SELECT cccp.schema_version(), c.generation, s.source, s.status,"
    " s.age_seconds, s.stale, extract(epoch FROM s.last_change), s.generation,"
    " extract(epoch FROM now() - c.purged_at),"
    " (SELECT string_agg(format('%s %s %s;', class, round(coalesce(extract("
    "epoch FROM now() - purged_at), -1)), (error IS NOT NULL)::int), ''"
    " ORDER BY class) FROM cccp.retention), a.version"
    " FROM cccp.clock AS c CROSS JOIN cccp.access_clock AS a"
    " LEFT JOIN cccp_web.source AS s ON true"
    " ORDER BY s.source";

enum { VERSION_OF, GENERATION, NAME, STATUS, AGE, STALE, CHANGED, CHANGE,
    PURGE_AGE, RETENTION, ACCESS };

void
generation_free(struct generation *gen)
{
	free(gen->source);
	*gen = (struct generation){ 0 };
}

static void
read_source(struct generation_source *s, const PGresult *res, int row)
{
	snprintf(s->name, sizeof(s->name), "%s", PQgetvalue(res, row, NAME));
	snprintf(s->status, sizeof(s->status), "%s",
	    PQgetvalue(res, row, STATUS));
	s->aged = !PQgetisnull(res, row, AGE);
	s->age_s = strtod(PQgetvalue(res, row, AGE), NULL);
	s->stale = *PQgetvalue(res, row, STALE) == 't';
	s->generation = strtoll(PQgetvalue(res, row, CHANGE), NULL, 10);
}

static uint64_t
hash_row(uint64_t h, const PGresult *res, int row)
{
	static const int cols[] = { NAME, STALE, CHANGED };
	size_t i;

	for (i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		h = hash_add(h, PQgetvalue(res, row, cols[i]),
		    (size_t)PQgetlength(res, row, cols[i]) + 1);
	return h;
}

bool
generation_read(struct generation *gen, const PGresult *res, int64_t now_us)
{
	const int rows = PQntuples(res);
	int row;

	*gen = (struct generation){ .read_us = now_us, .tag = HASH_EMPTY };
	if (rows == 0)
		return true;		/* there is no clock: not ours */
	snprintf(gen->version, sizeof(gen->version), "%s",
	    PQgetvalue(res, 0, VERSION_OF));
	gen->ours = schema_is_ours(gen->version);
	gen->number = strtoll(PQgetvalue(res, 0, GENERATION), NULL, 10);
	gen->access = strtoll(PQgetvalue(res, 0, ACCESS), NULL, 10);
	gen->purged = !PQgetisnull(res, 0, PURGE_AGE);
	gen->purge_age_s = strtod(PQgetvalue(res, 0, PURGE_AGE), NULL);
	snprintf(gen->retention, sizeof(gen->retention), "%s",
	    PQgetvalue(res, 0, RETENTION));
	gen->source = calloc((size_t)rows, sizeof(*gen->source));
	if (gen->source == NULL)
		return false;
	for (row = 0; row < rows; row++) {
		gen->tag = hash_row(gen->tag, res, row);
		if (!PQgetisnull(res, row, NAME))
			read_source(&gen->source[gen->n++], res, row);
	}
	return true;
}

bool
generation_copy(struct generation *to, const struct generation *from)
{
	*to = *from;
	to->source = malloc(from->n * sizeof(*to->source) + 1);
	if (to->source == NULL) {
		*to = (struct generation){ 0 };
		return false;
	}
	if (from->n > 0)
		memcpy(to->source, from->source,
		    from->n * sizeof(*to->source));
	return true;
}

static double
passed_s(const struct generation *gen, int64_t now_us)
{
	return (double)(now_us - gen->read_us) / 1e6;
}

void
generation_live(const struct generation *gen, bool away, int64_t now_us,
    struct live *live)
{
	const double passed = passed_s(gen, now_us);
	size_t i;

	*live = (struct live){ .generation = gen->number, .away = away,
	    .stale = away, .access = gen->access, .tag = gen->tag };
	for (i = 0; i < gen->n; i++) {
		const struct generation_source *s = &gen->source[i];

		live->stale |= s->stale;
		if (s->aged && (!live->aged ||
		    s->age_s + passed > live->age_s)) {
			live->aged = true;
			live->age_s = s->age_s + passed;
		}
	}
	if (away)
		live->tag = hash_add(live->tag, &live->away,
		    sizeof(live->away));
}

/* Without printf(3), which is slow with fractions: each answer has some. */
void
generation_age(struct buf *b, bool aged, double age_s)
{
	const int64_t tenths = (int64_t)(age_s * 10 + (age_s < 0 ? -.5 : .5));

	if (!aged || !(age_s > -1e15 && age_s < 1e15)) {
		buf_str(b, "null");
		return;
	}
	if (tenths < 0)
		buf_char(b, '-');
	buf_u64(b, (uint64_t)llabs(tenths) / 10);
	buf_char(b, '.');
	buf_char(b, (char)('0' + llabs(tenths) % 10));
}

void
generation_json(struct buf *b, const struct generation *gen, bool away,
    int64_t now_us)
{
	const double passed = passed_s(gen, now_us);
	struct live live;
	size_t i;

	generation_live(gen, away, now_us, &live);
	json_add_key(b, "generation");
	buf_printf(b, "%" PRId64, gen->number);
	json_add_key(b, "source_age");
	generation_age(b, live.aged, live.age_s);
	json_add_key(b, "stale");
	buf_str(b, live.stale ? "true" : "false");
	json_add_key(b, "sources");
	buf_char(b, '[');
	for (i = 0; i < gen->n; i++) {
		const struct generation_source *s = &gen->source[i];

		json_add_comma(b);
		buf_char(b, '{');
		json_add_key(b, "source");
		json_add_text(b, s->name);
		json_add_key(b, "status");
		json_add_text(b, generation_status(s, away));
		json_add_key(b, "age_seconds");
		generation_age(b, s->aged, s->age_s + passed);
		json_add_key(b, "stale");
		buf_str(b, away || s->stale ? "true" : "false");
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

const char *
generation_status(const struct generation_source *s, bool away)
{
	return away && strcmp(s->status, "live") == 0 ? "stale" : s->status;
}

static const char meta_age[] = ",\"source_age\":";

void
generation_meta(struct buf *b, const struct live *live)
{
	buf_str(b, meta_age);
	generation_age(b, live->aged, live->age_s);
	json_add_key(b, "stale");
	buf_str(b, live->stale ? "true" : "false");
}

/* No text before it can contain meta_age: a quote in a text is escaped. */
size_t
generation_meta_find(const struct buf *b, size_t *len)
{
	const char *at, *end;

	*len = 0;
	at = memmem(b->data, b->len, meta_age, sizeof(meta_age) - 1);
	if (at == NULL)
		return 0;
	end = memchr(at, '}', b->len - (size_t)(at - b->data));
	if (end != NULL)
		*len = (size_t)(end - at);
	return (size_t)(at - b->data);
}
