/* Problems of parameters and of bodies: which one, and what is allowed. */
#include "fcgi/http/json.h"
#include "fcgi/http/private.h"

/*
 * {0}: the parameter; {1}: the bound, or what is allowed; {2}: the item; {3} and
 * {4}: the words for a parameter or a field.
 */
static const struct {
	enum problem	 problem;
	const char	*detail[LANG__MAX];
} refusals[PARAM_ERR__MAX] = {
	[PARAM_UNKNOWN] = { PROBLEM_UNKNOWN_PARAMETER,
		{ "Il n’y a pas de paramètre « {0} » ici ; admis : {1}.",
		  "There is no {4} “{0}” here; allowed: {1}." } },
	[PARAM_MISSING] = { PROBLEM_INVALID_PARAMETER,
		{ "{3} « {0} » est obligatoire ici.",
		  "{3} “{0}” is required here." } },
	[PARAM_REPEATED] = { PROBLEM_REPEATED_PARAMETER,
		{ "Le paramètre « {0} » est donné plusieurs fois.",
		  "{3} “{0}” is given more than once." } },
	[PARAM_NOT_TEXT] = { PROBLEM_INVALID_PARAMETER,
		{ "Le paramètre « {0} » n’est pas un texte UTF-8 sans octet "
		  "nul, ou un % y est sans ses deux chiffres hexadécimaux.",
		  "The parameter “{0}” is not UTF-8 text without a NUL, or a "
		  "% in it lacks its two hexadecimal digits." } },
	[PARAM_LONG] = { PROBLEM_INVALID_PARAMETER,
		{ "Le paramètre « {0} » dépasse {1} octets.",
		  "{3} “{0}” exceeds {1} bytes." } },
	[PARAM_MANY] = { PROBLEM_INVALID_PARAMETER,
		{ "Le paramètre « {0} » a plus de {1} mots ou valeurs.",
		  "The parameter “{0}” has more than {1} words or values." } },
	[PARAM_NOT_NUMBER] = { PROBLEM_INVALID_PARAMETER,
		{ "Le paramètre « {0} » doit être un nombre entier : {1}.",
		  "{3} “{0}” must be a whole number: {1}." } },
	[PARAM_NOT_BOOL] = { PROBLEM_INVALID_PARAMETER,
		{ "Le paramètre « {0} » ne peut être que : {1}.",
		  "{3} “{0}” can only be: {1}." } },
	[PARAM_NOT_TIME] = { PROBLEM_INVALID_PARAMETER,
		{ "{3} « {0} » n’est pas une date, comme 2026-01-31, "
		  "ni un moment, comme 2026-01-31T09:00:00+01:00 (RFC 3339).",
		  "{3} “{0}” is neither a date, as 2026-01-31, nor a "
		  "time, as 2026-01-31T09:00:00+01:00 (RFC 3339)." } },
	[PARAM_NOT_CHOICE] = { PROBLEM_INVALID_PARAMETER,
		{ "Le paramètre « {0} » n’admet pas « {2} » ; admis : {1}.",
		  "{3} “{0}” does not take “{2}”; allowed: {1}." } },
	[PARAM_NOT_CURSOR] = { PROBLEM_INVALID_PARAMETER,
		{ "Le paramètre « {0} » n’est pas un curseur qu’une réponse "
		  "ait donné pour cette liste, cet ordre et ces filtres.",
		  "The parameter “{0}” is no cursor that an answer gave for "
		  "this list, order and filters." } },
	[PARAM_AGAINST] = { PROBLEM_INVALID_PARAMETER,
		{ "Les paramètres « {0} » et « {2} » s’excluent.",
		  "The parameters “{0}” and “{2}” exclude one another." } },
	[PARAM_TWICE] = { PROBLEM_INVALID_PARAMETER,
		{ "Le paramètre « {0} » contient « {2} » deux fois.",
		  "The parameter “{0}” has “{2}” twice." } },
	[PARAM_NOT_STRING] = { PROBLEM_INVALID_PARAMETER,
		{ "{3} « {0} » doit être un texte entre guillemets.",
		  "{3} “{0}” must be a text in quotation marks." } },
	[PARAM_NOT_OBJECT] = { PROBLEM_INVALID_BODY,
		{ "Le corps de la demande n’est pas un objet JSON en UTF-8 sans "
		  "octet nul (ligne:colonne {2}).",
		  "The body of the request is not a JSON object in UTF-8 "
		  "without a NUL (line:column {2})." } },
	[PARAM_NO_MEMORY] = { PROBLEM_BUSY,
		{ "La mémoire manque ; réessayez.", "Out of memory; try again." } },
};

/* Writes what is allowed, as text and as members of the answer. */
static void
allowed(const struct param_refusal *no, const struct param *table, size_t n,
    struct buf *text, struct buf *members)
{
	static const char *const bools[] = { "true", "false", NULL };
	const char *const *c = no->err == PARAM_NOT_BOOL ? bools : NULL;
	const char *name;
	size_t i;

	if (no->err == PARAM_NOT_CHOICE)
		c = no->param->choices;
	if (no->err == PARAM_NOT_NUMBER) {
		buf_printf(text, "%ld–%ld", no->param->min, no->param->max);
		buf_printf(members, ",\"minimum\":%ld,\"maximum\":%ld",
		    no->param->min, no->param->max);
	} else if (no->err == PARAM_LONG) {
		buf_printf(text, "%zu", no->param == NULL ?
		    (size_t)REQUEST_QUERY_MAX : no->param->max_len);
	} else if (no->err == PARAM_MANY) {
		buf_printf(text, "%zu", no->param->max_items != 0 ?
		    no->param->max_items : (size_t)PARAM_ITEMS_MAX);
	}
	if (no->err != PARAM_UNKNOWN && c == NULL)
		return;
	buf_str(members, ",\"allowed\":[");
	for (i = 0; c != NULL ? c[i] != NULL : i < n; i++) {
		name = c != NULL ? c[i] : table[i].name;
		buf_str(text, i > 0 ? ", " : "");
		buf_str(text, name);
		json_add_comma(members);
		json_add_text(members, name);
	}
	buf_char(members, ']');
}

/* What is said of parameters, and of fields. */
static const struct {
	const char	*member;
	const char	*start[LANG__MAX], *word[LANG__MAX];
} subjects[] = {
	{ "parameter", { "Le paramètre", "The parameter" },
	    { "paramètre", "parameter" } },
	{ "field", { "Le champ", "The field" }, { "champ", "field" } },
};

static void
refuse(struct response *res, const struct request *req,
    const struct param_refusal *no, const struct param *table, size_t n,
    bool is_field)
{
	struct buf text = { 0 }, members = { 0 };
	const char *args[] = { no->name, "", no->item,
	    subjects[is_field].start[req->lang],
	    subjects[is_field].word[req->lang] };
	enum problem p = refusals[no->err].problem;

	if (is_field && p <= PROBLEM_INVALID_PARAMETER)
		p += PROBLEM_UNKNOWN_FIELD - PROBLEM_UNKNOWN_PARAMETER;
	allowed(no, table, n, &text, &members);
	buf_char(&text, '\0');
	if (buf_ok(&text))
		args[1] = text.len > 1 ? text.data : "–";
	problem_start(res, req, p, refusals[no->err].detail[req->lang], args);
	if (no->name[0] != '\0' || !is_field) {
		json_add_key(&res->body, subjects[is_field].member);
		json_add_text(&res->body, no->name);
	}
	if (no->item[0] != '\0') {
		json_add_key(&res->body, "value");
		json_add_text(&res->body, no->item);
	}
	buf_add(&res->body, members.data, members.len);
	buf_str(&res->body, "}\n");
	if (!buf_ok(&text) || !buf_ok(&members))
		res->body.failed = true;
	buf_free(&text);
	buf_free(&members);
}

void
problem_parameter(struct response *res, const struct request *req,
    const struct param_refusal *no, const struct param *table, size_t n)
{
	refuse(res, req, no, table, n, false);
}

void
problem_body(struct response *res, const struct request *req,
    const struct param_refusal *no, const struct param *table, size_t n)
{
	refuse(res, req, no, table, n, true);
}
