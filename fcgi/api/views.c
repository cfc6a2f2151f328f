/*
 * /api/v1/views: saved views, parameters that open a list.  They widen nobody's
 * scope; the database checks who may save, share and change them.
 */
#include <stdlib.h>

#include "fcgi/api/api.h"
#include "fcgi/api/rows.h"

static const char *const lists[] = { "users", "queues", "calls", NULL };

/* What a new view has to have, and a change may leave out. */
#define NAME	.name = "name", .type = PARAM_TEXT, .max_len = 320
#define LIST	.name = "list", .type = PARAM_SET, .choices = lists
#define OTHERS								\
	{ .name = "query", .type = PARAM_TEXT, .max_len = 2000 },	\
	{ .name = "columns", .type = PARAM_TEXT, .max_len = 2000,	\
	    .null = true },						\
	{ .name = "sort", .type = PARAM_TEXT, .max_len = 200,		\
	    .null = true },						\
	{ .name = "shared", .type = PARAM_TEXT, .max_len = 2000 },	\
	{ .name = "is_default", .type = PARAM_BOOL },			\
	{ .name = "position", .type = PARAM_NUMBER, .min = -1000,	\
	    .max = 1000 }

static const struct param new_fields[] = {
	{ NAME, .required = true }, { LIST, .required = true }, OTHERS
};

static const struct param fields[] = { { NAME }, { LIST }, OTHERS };

#define VIEWS	"SELECT view_id AS id, name, list, query, columns, sort," \
		" shared, mine, may_change, is_default, shipped, position," \
		" version::text, outside FROM cccp.saved_views(" \
		ROWS_READER ")"

/* What is no number is the version of no view. */
#define VERSION_OF(param)	"CASE WHEN " param "::text ~ '^[0-9]{1,18}$'" \
			" THEN " param "::text::bigint ELSE 0 END"

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

void
views_answer(struct context *ctx)
{
	rows_list(ctx, "views", VIEWS);
}

void
view_answer(struct context *ctx)
{
	rows_one(ctx, "view", VIEWS
	    " WHERE view_id = $4::bigint", "version");
}

/* The body, whose fields were checked, as JSON (new); NULL: a problem. */
static char *
take_view(struct context *ctx)
{
	char *view = json_dumps(ctx->body.object, JSON_COMPACT);

	if (view == NULL)
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
	return view;
}

static void
add_view(struct context *ctx)
{
	char *view = take_view(ctx);
	const char *const param[] = { view };

	if (view != NULL)
		rows_add(ctx, "SELECT cccp.save_view(view => $4::jsonb, "
		    ROWS_READER ")", 1, param);
	free(view);
}

static void
change_view(struct context *ctx)
{
	char *view = take_view(ctx);
	const char *param[1 + ROWS_EDIT] = { view };

	if (view != NULL)
		rows_edit(ctx, "SELECT cccp.change_view(view => $4::jsonb,"
		    " view_id => $5::bigint, version => " VERSION_OF("$6") ", "
		    ROWS_READER ")", 1, param);
	free(view);
}

static void
delete_view(struct context *ctx)
{
	const char *param[ROWS_EDIT];

	rows_edit(ctx, "SELECT cccp.delete_view(view_id => $4::bigint,"
	    " version => " VERSION_OF("$5") ", " ROWS_READER ")", 0, param);
}

const struct action views_actions[] = {
	{ .method = METHOD_POST, .fields = new_fields, .nfields = FIELDS,
	    .answer = add_view },
	{ .answer = NULL }
};

const struct action view_actions[] = {
	{ .method = METHOD_PUT, .edits = true, .fields = fields,
	    .nfields = FIELDS, .answer = change_view },
	{ .method = METHOD_DELETE, .edits = true, .answer = delete_view },
	{ .answer = NULL }
};
