#include <string.h>
#include <syslog.h>

#include "fcgi/http/json.h"
#include "fcgi/http/private.h"
#include "fcgi/http/text.h"

/* U+00A0 is used inside French quotation marks and before ; : ! ? */
static const struct {
	int		 status;
	const char	*type;
	const char	*title[LANG__MAX];
	const char	*detail[LANG__MAX];	/* NULL: see refusal.c */
} problems[PROBLEM__MAX] = {
	[PROBLEM_UNKNOWN_PARAMETER] = { 400, "unknown-parameter",
		{ "Paramètre inconnu", "Unknown parameter" }, { NULL } },
	[PROBLEM_REPEATED_PARAMETER] = { 400, "repeated-parameter",
		{ "Paramètre répété", "Repeated parameter" }, { NULL } },
	[PROBLEM_INVALID_PARAMETER] = { 400, "invalid-parameter",
		{ "Paramètre refusé", "Invalid parameter" }, { NULL } },
	[PROBLEM_UNKNOWN_FIELD] = { 400, "unknown-field",
		{ "Champ inconnu", "Unknown field" }, { NULL } },
	[PROBLEM_REPEATED_FIELD] = { 400, "repeated-field",
		{ "Champ répété", "Repeated field" }, { NULL } },
	[PROBLEM_INVALID_FIELD] = { 400, "invalid-field",
		{ "Champ refusé", "Invalid field" }, { NULL } },
	[PROBLEM_INVALID_BODY] = { 400, "invalid-body",
		{ "Corps refusé", "Invalid body" }, { NULL } },
	[PROBLEM_BODY_LENGTH] = { 400, "wrong-length",
		{ "Longueur fausse", "Wrong length" },
		{ "Le corps de la demande n’a pas la longueur que dit son "
		  "en-tête Content-Length.",
		  "The body of the request does not have the length that its "
		  "header Content-Length says." } },
	[PROBLEM_REFUSED] = { 400, "refused",
		{ "Valeur refusée", "Value refused" },
		{ "La base de données refuse une valeur de cette demande.",
		  "The database refused a value of this request." } },
	[PROBLEM_RULE] = { 400, "refused",
		{ "Valeur refusée", "Value refused" },
		{ "La base de données refuse une valeur ; il faut que : {0}.",
		  "The database refused a value; it demands: {0}." } },
	[PROBLEM_CURSOR] = { 400, "cursor-too-long",
		{ "Curseur trop long", "Cursor too long" },
		{ "Les valeurs de cet ordre sont trop longues pour un curseur : "
		  "triez autrement, ou demandez les pages par numéro.",
		  "The values of this order are too long for a cursor: sort "
		  "otherwise, or ask for pages by number." } },
	[PROBLEM_PERIOD] = { 400, "invalid-period",
		{ "Période refusée", "Invalid period" },
		{ "La période de « from » à « to », ou à maintenant, est vide "
		  "ou dépasse {0} jours.",
		  "The period from “from” to “to”, or to now, is empty, or "
		  "longer than {0} days." } },
	[PROBLEM_UNAUTHORIZED] = { 401, "unauthorized",
		{ "Identification requise", "Authentication required" },
		{ "Le serveur web n’a identifié personne (REMOTE_USER), et "
		  "CCCP_ANONYMOUS n’ouvre pas les données aux anonymes.",
		  "The web server named no user (REMOTE_USER), and "
		  "CCCP_ANONYMOUS does not open the data to anybody." } },
	[PROBLEM_CROSS_SITE] = { 403, "cross-site",
		{ "Demande d’un autre site", "Request of another site" },
		{ "Pour écrire, une demande vient d’une page de ce site : "
		  "Sec-Fetch-Site: same-origin, ou un en-tête Origin qui a "
		  "l’hôte de Host.",
		  "A request that writes comes from a page of this site: "
		  "Sec-Fetch-Site: same-origin, or a header Origin that has "
		  "the host of Host." } },
	[PROBLEM_NO_RIGHT] = { 403, "forbidden",
		{ "Droit manquant", "Not permitted" },
		{ "Vos droits ne permettent pas cela.",
		  "Your grants do not permit that." } },
	[PROBLEM_NO_GRANT] = { 403, "no-grant",
		{ "Aucun droit", "No grant" },
		{ "Aucun droit en vigueur ne concerne l’utilisateur « {0} » ; "
		  "groupes donnés par le serveur web : {1}.",
		  "No grant that is valid now names the user “{0}”; groups "
		  "given by the web server: {1}." } },
	[PROBLEM_FORBIDDEN] = { 403, "forbidden",
		{ "Non permis", "Not permitted" },
		{ "Le rôle « {0} », avec les droits accordés, ne permet pas "
		  "cette demande ; il manque : {1}.",
		  "The role “{0}”, with the grants given, does not permit this "
		  "request; what is missing: {1}." } },
	[PROBLEM_MASKED] = { 403, "masked",
		{ "Numéros masqués", "Masked numbers" },
		{ "Les numéros sont masqués ici : « {0} » ne peut ni chercher, "
		  "ni filtrer, ni trier par eux.",
		  "Numbers are masked here: “{0}” cannot search, filter or "
		  "sort by them." } },
	[PROBLEM_NOT_FOUND] = { 404, "not-found",
		{ "Introuvable", "Not found" },
		{ "Rien ne se trouve à cette adresse.",
		  "There is nothing at this address." } },
	[PROBLEM_PATH] = { 404, "ambiguous-path",
		{ "Adresse ambiguë", "Ambiguous address" },
		{ "Les serveurs web changent les chemins qui ont //, /./ ou "
		  "/../ : donnez un tel nom en paramètre, "
		  "/api/v1/user?source=…&login=… ou "
		  "/api/v1/queue?source=…&name=….",
		  "Web servers change paths that have //, /./ or /../: give "
		  "such a name as a parameter, /api/v1/user?source=…&login=… "
		  "or /api/v1/queue?source=…&name=…." } },
	[PROBLEM_METHOD] = { 405, "method-not-allowed",
		{ "Méthode refusée", "Method not allowed" },
		{ "Méthodes admises ici : {0}.",
		  "Methods allowed here: {0}." } },
	[PROBLEM_NOT_ACCEPTABLE] = { 406, "not-acceptable",
		{ "Aucun format ne convient", "No acceptable format" },
		{ "L’en-tête Accept n’admet aucun de ces formats : "
		  "application/json, text/csv, application/x-ndjson.",
		  "The Accept header takes none of these: application/json, "
		  "text/csv, application/x-ndjson." } },
	[PROBLEM_CONFLICT] = { 409, "exists",
		{ "Existe déjà", "Exists already" },
		{ "Il en existe déjà un pareil ({0}).",
		  "There is one like it already ({0})." } },
	[PROBLEM_MANY] = { 409, "too-many",
		{ "Trop nombreux", "Too many" },
		{ "Il y en a autant qu’il peut y en avoir : supprimez-en un.",
		  "There are as many as there may be: delete one." } },
	[PROBLEM_STATE] = { 409, "state",
		{ "Impossible à présent", "Not possible now" },
		{ "L’état présent des données ne permet pas cela.",
		  "The present state of the data does not permit that." } },
	[PROBLEM_MOVED] = { 409, "generation-gone",
		{ "Les données ont changé", "The data have changed" },
		{ "La génération {0} est passée, celle d’à présent est {1} : "
		  "recommencez à la première page.",
		  "Generation {0} has passed, the present one is {1}: begin "
		  "again at the first page." } },
	[PROBLEM_NO_LENGTH] = { 411, "length-required",
		{ "Longueur manquante", "Length required" },
		{ "Le corps de la demande est sans en-tête Content-Length.",
		  "The body of the request comes without a header "
		  "Content-Length." } },
	[PROBLEM_CHANGED] = { 412, "changed",
		{ "Modifié entre-temps", "Changed meanwhile" },
		{ "Ce n’est plus la version que nomme If-Match : relisez, puis "
		  "recommencez.",
		  "It is no longer the version that If-Match names: read it "
		  "anew, then try again." } },
	[PROBLEM_BODY_LONG] = { 413, "body-too-long",
		{ "Corps trop long", "Body too long" },
		{ "Le corps de la demande dépasse {0} octets.",
		  "The body of the request exceeds {0} bytes." } },
	[PROBLEM_URI_LONG] = { 414, "uri-too-long",
		{ "Adresse trop longue", "Address too long" },
		{ "Le chemin dépasse {0} octets, ou la requête {1} octets.",
		  "The path exceeds {0} bytes, or the query {1} bytes." } },
	[PROBLEM_MEDIA_TYPE] = { 415, "media-type",
		{ "Type de contenu refusé", "Media type refused" },
		{ "Pour écrire, il faut l’en-tête Content-Type: "
		  "application/json.",
		  "A request that writes needs the header Content-Type: "
		  "application/json." } },
	[PROBLEM_NO_VERSION] = { 428, "version-required",
		{ "Version manquante", "Version required" },
		{ "Pour modifier, il faut l’en-tête If-Match avec la version "
		  "lue, entre guillemets.",
		  "A change needs the header If-Match with the version that "
		  "was read, in quotation marks." } },
	[PROBLEM_STREAMS] = { 429, "too-many-streams",
		{ "Trop de flux d’événements", "Too many event streams" },
		{ "Cet utilisateur a déjà autant de flux d’événements que "
		  "CCCP_STREAMS_PER_USER en admet ; redemandez les données de "
		  "temps en temps.",
		  "This user has as many event streams as "
		  "CCCP_STREAMS_PER_USER allows; ask for the data from time "
		  "to time." } },
	[PROBLEM_HEADER_LONG] = { 431, "header-too-long",
		{ "En-tête trop long", "Header too long" },
		{ "Un en-tête de la demande dépasse {0} octets.",
		  "A header of the request exceeds {0} bytes." } },
	[PROBLEM_INTERNAL] = { 500, "internal",
		{ "Erreur interne", "Internal error" },
		{ "Le programme ou sa base de données est en défaut ; le "
		  "journal du serveur en dit plus.",
		  "The program or its database is at fault; the server's log "
		  "says more." } },
	[PROBLEM_ROOT] = { 500, "runs-as-root",
		{ "Lancé en tant que root", "Run as root" },
		{ "Le serveur web lance ce programme en tant que root ; "
		  "qu’il le lance sous un autre utilisateur, ou avec "
		  "CCCP_ALLOW_ROOT=yes.",
		  "The web server runs this program as root; it has to run it "
		  "as another user, or with CCCP_ALLOW_ROOT=yes." } },
	[PROBLEM_EVENTS] = { 501, "events-need-fastcgi",
		{ "Pas d’événements ici", "No events here" },
		{ "Les événements demandent FastCGI ; ce programme est lancé "
		  "en CGI, ou sans événements (-n 0) : redemandez les "
		  "données de temps en temps.",
		  "Events need FastCGI; this program runs as CGI, or without "
		  "events (-n 0): ask for the data from time to time." } },
	[PROBLEM_BUSY] = { 503, "busy",
		{ "Serveur surchargé", "Server busy" },
		{ "La mémoire ou les descripteurs manquent ; réessayez.",
		  "Out of memory or descriptors; try again." } },
	[PROBLEM_EXPORTS] = { 503, "too-many-exports",
		{ "Trop d’exports", "Too many exports" },
		{ "D’autres exports ou demandes lourdes sont en cours, et "
		  "n’occupent pas plus de la moitié du serveur ; réessayez.",
		  "Other exports or long requests are under way, which get no "
		  "more than half of the server; try again." } },
	[PROBLEM_TOO_MUCH] = { 503, "too-much",
		{ "Demande trop lourde", "Too much" },
		{ "La réponse à cette demande prend trop de temps, ou d’autres "
		  "demandes lourdes sont en cours : restreignez la période "
		  "ou les filtres, ou réessayez plus tard.",
		  "To answer this request takes too long, or other long ones "
		  "are being answered: narrow the period or the filters, or "
		  "try again later." } },
	[PROBLEM_SLOW] = { 503, "too-slow",
		{ "Trop long", "Too slow" },
		{ "Ce changement n’a pas été fait : il prend trop de temps. "
		  "Réessayez, ou faites-le en SQL.",
		  "This change was not made: it takes too long. Try again, or "
		  "make it in SQL." } },
	[PROBLEM_DATABASE] = { 503, "database-unavailable",
		{ "Base de données injoignable", "Database unavailable" },
		{ "La base de données ne répond pas, ou pas à temps ; "
		  "réessayez.",
		  "The database does not answer, or not in time; try "
		  "again." } },
	[PROBLEM_AWAY] = { 503, "database-unavailable",
		{ "Base de données injoignable", "Database unavailable" },
		{ "La base de données ne répond pas ; réessayez.",
		  "The database does not answer; try again." } },
	[PROBLEM_AUDIT] = { 503, "audit",
		{ "Journal indisponible", "Access log unavailable" },
		{ "Cette consultation n’a pas pu être inscrite au journal des "
		  "consultations, et CCCP_AUDIT=closed refuse alors la "
		  "réponse ; réessayez.",
		  "This consultation could not be written to the access log, "
		  "and CCCP_AUDIT=closed then refuses the answer; try "
		  "again." } },
	[PROBLEM_NO_WRITER] = { 503, "read-only",
		{ "Lecture seule à présent", "Read-only now" },
		{ "Aucune base de données n’accepte d’écriture à présent ; "
		  "la lecture continue. Relisez avant de réessayer.",
		  "No database takes writes now; reading goes on. Read again "
		  "before you try again." } },
	[PROBLEM_SCHEMA_OLD] = { 503, "schema-too-old",
		{ "Schéma de base de données trop ancien",
		  "Database schema too old" },
		{ "La base a la version {0} du schéma, ce programme attend la "
		  "version {1} : lancez cccp-migrate (« make schema "
		  "PGDATABASE=… ») ; s’il n’a rien à faire, réinstallez "
		  "et relancez ce programme.",
		  "The database has schema version {0}, this program needs "
		  "version {1}: run cccp-migrate (“make schema "
		  "PGDATABASE=…”); if it finds nothing to do, install this "
		  "program anew and restart it." } },
	[PROBLEM_SCHEMA_NEW] = { 503, "schema-too-new",
		{ "Schéma de base de données trop récent",
		  "Database schema too new" },
		{ "La base a la version {0} du schéma, ce programme ne connaît "
		  "que la version {1} : installez-en un plus récent (« make "
		  "install ») et relancez-le.",
		  "The database has schema version {0}, this program only "
		  "knows version {1}: install a newer one (“make install”) "
		  "and start it again." } },
};

/* Appends a template; args has a text for each {0} to {9} in it. */
static void
fill(struct buf *b, const char *template, const char *const *args)
{
	for (; *template != '\0'; template++) {
		if (template[0] == '{' && template[1] >= '0' &&
		    template[1] <= '9' && template[2] == '}') {
			buf_str(b, args[template[1] - '0']);
			template += 2;
		} else {
			buf_char(b, *template);
		}
	}
}

/*
 * Is it not worth a line for each request?  The reason why no request can be
 * answered is logged by those who find it, at intervals.
 */
static bool
is_common(enum problem p)
{
	return p == PROBLEM_AWAY || p == PROBLEM_SCHEMA_OLD ||
	    p == PROBLEM_SCHEMA_NEW;
}

/*
 * The id is in the answer and in the log.  The path is logged as in a URL,
 * because terminals also obey control characters beyond ASCII.
 */
static void
log_problem(const struct request *req, enum problem p)
{
	const bool fault = problems[p].status >= 500 && p != PROBLEM_EVENTS &&
	    p != PROBLEM_EXPORTS && p != PROBLEM_TOO_MUCH;
	struct buf path = { 0 };

	text_encode(&path, req->path, strlen(req->path));
	buf_char(&path, '\0');
	syslog(fault ? LOG_ERR : LOG_INFO, "request %s: %d %s, %s", req->id,
	    problems[p].status, problems[p].type,
	    buf_ok(&path) ? path.data : "");
	buf_free(&path);
}

void
problem_start(struct response *res, const struct request *req,
    enum problem p, const char *detail, const char *const *args)
{
	struct buf text = { 0 };

	response_reset(res);
	res->status = problems[p].status;
	response_header(res, "Content-Type", "application/problem+json");
	response_header(res, "Content-Language", "%s", lang_codes[req->lang]);
	response_header(res, "Vary", "Accept-Language");
	response_header(res, "Cache-Control", "no-store");
	response_header(res, "X-Request-Id", "%s", req->id);
	if (res->status == 405)
		response_header(res, "Allow", "%s", args[0]);
	if (res->status == 401)		/* a scheme that browsers ignore */
		response_header(res, "WWW-Authenticate",
		    "Remote-User realm=\"cccp-board\"");
	if (res->status == 503 || res->status == 429)
		response_header(res, "Retry-After", "%s",
		    res->status == 503 && p != PROBLEM_TOO_MUCH ? "2" : "30");
	fill(&text, detail, args);
	buf_char(&res->body, '{');
	json_add_key(&res->body, "type");
	buf_char(&res->body, '"');
	buf_str(&res->body, PROBLEM_URN);
	buf_str(&res->body, problems[p].type);
	buf_char(&res->body, '"');
	json_add_key(&res->body, "title");
	json_add_text(&res->body, problems[p].title[req->lang]);
	json_add_key(&res->body, "status");
	buf_u64(&res->body, (uint64_t)res->status);
	json_add_key(&res->body, "detail");
	json_add_string(&res->body, text.data, text.len);
	json_add_key(&res->body, "request_id");
	json_add_text(&res->body, req->id);
	if (!buf_ok(&text))
		res->body.failed = true;
	buf_free(&text);
	if (!is_common(p))
		log_problem(req, p);
}

void
problem_field(struct response *res, const struct request *req,
    enum problem p, const char *const *args, const char *field)
{
	problem_start(res, req, p, problems[p].detail[req->lang], args);
	if (field != NULL) {
		json_add_key(&res->body, "field");
		json_add_text(&res->body, field);
	}
	buf_str(&res->body, "}\n");
}

void
problem_answer(struct response *res, const struct request *req,
    enum problem p, const char *const *args)
{
	problem_field(res, req, p, args, NULL);
}
