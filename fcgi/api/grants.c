/* /api/v1/grants: who may see what.  For admins; the database checks that. */
#include "fcgi/api/api.h"
#include "fcgi/api/rows.h"

static const char *const kinds[] = { "user", "group", "everyone", NULL };
static const char *const roles[] = { "wall", "reader", "supervisor", "admin",
    "auditor", NULL };

/* In the order of the parameters of VALUES. */
static const struct param fields[] = {
	{ .name = "who_kind", .type = PARAM_SET, .choices = kinds,
	    .required = true },
	{ .name = "who", .max_len = 1000, .type = PARAM_TEXT, .null = true },
	{ .name = "role", .type = PARAM_SET, .choices = roles,
	    .required = true },
	{ .name = "source", .max_len = 32, .type = PARAM_TEXT, .null = true },
	{ .name = "team", .max_len = 1000, .type = PARAM_TEXT, .null = true },
	{ .name = "queue", .max_len = 1000, .type = PARAM_TEXT, .null = true },
	{ .name = "detail", .type = PARAM_BOOL, .null = true },
	{ .name = "history", .type = PARAM_BOOL, .null = true },
	{ .name = "numbers", .type = PARAM_BOOL, .null = true },
	{ .name = "export", .type = PARAM_BOOL, .null = true },
	{ .name = "since", .type = PARAM_TIME, .null = true },
	{ .name = "until", .type = PARAM_TIME, .null = true },
	{ .name = "note", .max_len = 4000, .type = PARAM_TEXT, .null = true },
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

#define VALUES	"who_kind => $4::text, who => $5::text," \
		" role => $6::text," \
		" source => $7::text, team => $8::text, queue => $9::text," \
		" detail => $10::boolean, history => $11::boolean," \
		" numbers => $12::boolean, export => $13::boolean," \
		" valid => tstzrange($14::timestamptz, $15::timestamptz)," \
		" note => $16::text"

void
grants_answer(struct context *ctx)
{
	rows_list(ctx, "grants", "SELECT * FROM cccp.access_grants(" ROWS_READER
	    ")");
}

void
grant_answer(struct context *ctx)
{
	rows_one(ctx, "grant", "SELECT * FROM cccp.access_grants(" ROWS_READER ")"
	    " WHERE id = $4::bigint", "etag");
}

/* The values of the fields, as parameters. */
static int
take_values(const struct context *ctx, const char **param)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		param[i] = ctx->body.value[i].text;
	return (int)FIELDS;
}

static void
add_grant(struct context *ctx)
{
	const char *param[FIELDS];

	rows_add(ctx, "SELECT cccp.grant_access(" VALUES ", " ROWS_READER ")",
	    take_values(ctx, param), param);
}

static void
change_grant(struct context *ctx)
{
	const char *param[FIELDS + ROWS_EDIT];

	rows_edit(ctx, "SELECT cccp.change_access(id => $17::bigint,"
	    " etag => $18::text, " VALUES ", " ROWS_READER ")",
	    take_values(ctx, param), param);
}

static void
end_grant(struct context *ctx)
{
	const char *param[ROWS_EDIT];

	rows_edit(ctx, "SELECT cccp.end_access(id => $4::bigint,"
	    " etag => $5::text, " ROWS_READER ")", 0, param);
}

const struct action grants_actions[] = {
	{ .method = METHOD_POST, .fields = fields, .nfields = FIELDS,
	    .answer = add_grant },
	{ .answer = NULL }
};

const struct action grant_actions[] = {
	{ .method = METHOD_PUT, .edits = true, .fields = fields,
	    .nfields = FIELDS, .answer = change_grant },
	{ .method = METHOD_DELETE, .edits = true, .answer = end_grant },
	{ .answer = NULL }
};
