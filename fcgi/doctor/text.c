/* The sentences of cccp-doctor, in French and English. */
#include "fcgi/doctor/say.h"

/* U+00A0 is used inside French quotation marks and before ; : ! ? */
static const struct {
	enum verdict	 verdict;
	const char	*sentence[LANG__MAX];
} findings[FOUND__MAX] = {
	[FOUND_CONNECTED] = { VERDICT_OK,
		{ "base de données : PostgreSQL {0}, rôle {1}, base {2}",
		  "database: PostgreSQL {0}, role {1}, database {2}" } },
	[FOUND_STANDBY] = { VERDICT_OK,
		{ "base de données : serveur secondaire (hot standby), les "
		  "changements sont relevés 4 fois par seconde",
		  "database: hot standby, changes are looked for 4 times a "
		  "second" } },
	[FOUND_NO_CONNECTION] = { VERDICT_FAIL,
		{ "base de données : connexion impossible (rôle {0}) : {1} "
		  "— vérifiez PGHOST, PGPORT, PGDATABASE, PGUSER ou "
		  "PGSERVICE, et que PostgreSQL tourne",
		  "database: cannot connect (role {0}): {1} — check PGHOST, "
		  "PGPORT, PGDATABASE, PGUSER or PGSERVICE, and that "
		  "PostgreSQL runs" } },
	[FOUND_QUERY_FAILED] = { VERDICT_FAIL,
		{ "base de données : une requête échoue : {0}",
		  "database: a statement fails: {0}" } },
	[FOUND_SCHEMA] = { VERDICT_OK,
		{ "schéma : version {0}", "schema: version {0}" } },
	[FOUND_SCHEMA_NONE] = { VERDICT_FAIL,
		{ "schéma : absent de cette base — lancez cccp-migrate "
		  "(« make schema PGDATABASE=… »), ou nommez la bonne base",
		  "schema: there is none in this database — run cccp-migrate "
		  "(“make schema PGDATABASE=…”), or name the right database" } },
	[FOUND_SCHEMA_OLD] = { VERDICT_FAIL,
		{ "schéma : version {0}, ce programme attend {1} — lancez "
		  "cccp-migrate (« make schema PGDATABASE=… ») ; s’il n’a "
		  "rien à faire, réinstallez ce programme",
		  "schema: version {0}, this program needs {1} — run "
		  "cccp-migrate (“make schema PGDATABASE=…”); if it finds "
		  "nothing to do, install this program again" } },
	[FOUND_SCHEMA_NEW] = { VERDICT_FAIL,
		{ "schéma : version {0}, ce programme ne connaît que {1} — "
		  "installez-en un plus récent",
		  "schema: version {0}, this program only knows {1} — install "
		  "a newer one" } },
	[FOUND_READS] = { VERDICT_OK,
		{ "droits : {0} lit tout ce qu’il faut",
		  "rights: {0} reads all that is needed" } },
	[FOUND_UNUSABLE] = { VERDICT_FAIL,
		{ "droits : {0} ne peut pas utiliser {1} — accordez-lui ce que "
		  "cccp-migrate accorde à cccp_web (PGUSER)",
		  "rights: {0} cannot use {1} — grant it what cccp-migrate "
		  "grants to cccp_web (PGUSER)" } },
	[FOUND_NO_WRITES] = { VERDICT_OK,
		{ "droits : {0} n’écrit nulle part",
		  "rights: {0} writes nowhere" } },
	[FOUND_WRITES] = { VERDICT_FAIL,
		{ "droits : {0} peut écrire : {1} — retirez-le lui (REVOKE), "
		  "ou prenez un autre rôle (PGUSER)",
		  "rights: {0} can write: {1} — take that from it (REVOKE), or "
		  "use another role (PGUSER)" } },
	[FOUND_CLOCK] = { VERDICT_OK,
		{ "horloges : {0} s entre cette machine et la base",
		  "clocks: {0} s between this machine and the database" } },
	[FOUND_CLOCK_OFF] = { VERDICT_WARN,
		{ "horloges : {0} s entre cette machine et la base — mettez "
		  "les deux à l’heure (NTP)",
		  "clocks: {0} s between this machine and the database — set "
		  "both by NTP" } },
	[FOUND_PURGE] = { VERDICT_OK,
		{ "conservation : dernière purge il y a {0} h",
		  "retention: what is too old was last removed {0} h ago" } },
	[FOUND_PURGE_LATE] = { VERDICT_FAIL,
		{ "conservation : dernière purge il y a {0} h, au lieu de 6 — "
		  "le journal de cccp-poller dit pourquoi (database: "
		  "retention)",
		  "retention: what is too old was last removed {0} h ago, not "
		  "6 — the log of cccp-poller says why (database: "
		  "retention)" } },
	[FOUND_PURGE_NEVER] = { VERDICT_WARN,
		{ "conservation : jamais purgé — lancez cccp-poller ; s’il "
		  "tourne, son journal dit pourquoi (database: retention)",
		  "retention: what is too old has never been removed — start "
		  "cccp-poller; if it runs, its log says why (database: "
		  "retention)" } },
	[FOUND_PURGE_FAILED] = { VERDICT_FAIL,
		{ "conservation : des données trop anciennes restent : {0} — "
		  "la table cccp.retention et le journal de cccp-poller "
		  "disent pourquoi (database: retention)",
		  "retention: data that is too old stays: {0} — the table "
		  "cccp.retention and the log of cccp-poller say why "
		  "(database: retention)" } },
	[FOUND_NO_SOURCES] = { VERDICT_WARN,
		{ "sources : aucune — lancez cccp-poller",
		  "sources: there is none — start cccp-poller" } },
	[FOUND_SOURCE] = { VERDICT_OK,
		{ "source {0} : en direct, dernier signe il y a {1} s, {2} "
		  "utilisateurs",
		  "source {0}: live, last sign {1} s ago, {2} users" } },
	[FOUND_SOURCE_WAITS] = { VERDICT_WARN,
		{ "source {0} : connexion en cours",
		  "source {0}: connecting" } },
	[FOUND_SOURCE_BAD] = { VERDICT_FAIL,
		{ "source {0} : {1}, dernier signe il y a {2} s, erreur : {3} "
		  "— cccp-poller tourne-t-il, et joint-il ce serveur ?",
		  "source {0}: {1}, last sign {2} s ago, error: {3} — "
		  "check that cccp-poller runs and reaches that server" } },
	[FOUND_SKEW] = { VERDICT_WARN,
		{ "source {0} : son horloge a {1} s d’avance sur la base ; "
		  "les durées en tiennent compte — mettez-la à l’heure",
		  "source {0}: its clock is {1} s ahead of the database; "
		  "durations are corrected for it — set the clock" } },
	[FOUND_DEFECTS] = { VERDICT_WARN,
		{ "source {0} : données défectueuses : {1} — corrigez-les à la "
		  "source ; le journal de cccp-poller les nomme",
		  "source {0}: defects in its data: {1} — mend them at the "
		  "source; the log of cccp-poller names them" } },
	[FOUND_HTDOCS] = { VERDICT_OK,
		{ "page : {0}", "page: {0}" } },
	[FOUND_HTDOCS_NONE] = { VERDICT_FAIL,
		{ "page : {0} : {1} — nommez le dossier (-d, CCCP_HTDOCS), ou "
		  "« make install »",
		  "page: {0}: {1} — name the directory (-d, CCCP_HTDOCS), or "
		  "“make install”" } },
	[FOUND_HTDOCS_EMPTY] = { VERDICT_FAIL,
		{ "page : {0} n’a pas d’index.html lisible — nommez le bon "
		  "dossier (-d, CCCP_HTDOCS)",
		  "page: {0} has no index.html that can be read — name the "
		  "right directory (-d, CCCP_HTDOCS)" } },
	[FOUND_BAD_URL] = { VERDICT_FAIL,
		{ "serveur web : l’adresse donnée n’est ni http://… ni "
		  "https://…, sans ? ni #",
		  "web server: the address given is neither http://… nor "
		  "https://…, without ? and #" } },
	[FOUND_UNREACHABLE] = { VERDICT_FAIL,
		{ "serveur web : {0} ne répond pas : {1}",
		  "web server: {0} does not answer: {1}" } },
	[FOUND_HEALTH] = { VERDICT_OK,
		{ "serveur web : {0} mène à ce programme",
		  "web server: {0} leads to this program" } },
	[FOUND_HEALTH_OTHER] = { VERDICT_FAIL,
		{ "serveur web : {0} ne mène pas à ce programme (réponse {1}) "
		  "— vérifiez le chemin où il est monté, SCRIPT_NAME et "
		  "PATH_INFO, et qu’il tourne",
		  "web server: {0} does not lead to this program (answer {1}) "
		  "— check where it is mounted, SCRIPT_NAME and PATH_INFO, "
		  "and that it runs" } },
	[FOUND_VERSION_OTHER] = { VERDICT_WARN,
		{ "serveur web : un programme d’une autre version que {0} y "
		  "répond — relancez-le",
		  "web server: a program of another version than {0} answers "
		  "there — restart it" } },
	[FOUND_READY] = { VERDICT_OK,
		{ "serveur web : le programme est prêt (readyz)",
		  "web server: the program is ready (readyz)" } },
	[FOUND_NOT_READY] = { VERDICT_FAIL,
		{ "serveur web : le programme n’est pas prêt (readyz) : {0}",
		  "web server: the program is not ready (readyz): {0}" } },
	[FOUND_PAGE] = { VERDICT_OK,
		{ "serveur web : la page passe, avec ses en-têtes",
		  "web server: the page passes, with its headers" } },
	[FOUND_PAGE_OTHER] = { VERDICT_FAIL,
		{ "serveur web : la page ne passe pas (réponse {0}) — "
		  "transmettez tout, pas seulement api/",
		  "web server: the page does not pass (answer {0}) — forward "
		  "all paths, not only api/" } },
	[FOUND_PAGE_BARE] = { VERDICT_WARN,
		{ "serveur web : la page a perdu son en-tête {0} — laissez "
		  "passer ceux du programme",
		  "web server: the page has lost its header {0} — pass on the "
		  "headers of the program" } },
	[FOUND_SLASH] = { VERDICT_OK,
		{ "serveur web : l’adresse sans barre finale mène à la page",
		  "web server: the address without its last slash leads to "
		  "the page" } },
	[FOUND_SLASH_OTHER] = { VERDICT_WARN,
		{ "serveur web : l’adresse sans barre finale ne mène pas à la "
		  "page (réponse {0})",
		  "web server: the address without its last slash does not "
		  "lead to the page (answer {0})" } },
	[FOUND_LIST] = { VERDICT_OK,
		{ "serveur web : la liste des utilisateurs passe",
		  "web server: the list of users passes" } },
	[FOUND_LIST_CLOSED] = { VERDICT_WARN,
		{ "serveur web : la liste demande une identification ; le "
		  "reste n’est pas vérifié — nom et mot de passe vont dans "
		  "l’adresse (https://nom:secret@…), ou CCCP_ANONYMOUS=wall "
		  "ouvre à tous",
		  "web server: the list requires a log-in; the rest is not "
		  "checked — give a name and password in the address "
		  "(https://name:secret@…), or set CCCP_ANONYMOUS=wall to "
		  "let everyone read" } },
	[FOUND_LIST_OTHER] = { VERDICT_FAIL,
		{ "serveur web : la liste des utilisateurs ne passe pas "
		  "(réponse {0})",
		  "web server: the list of users does not pass (answer {0})" } },
	[FOUND_ERRORS] = { VERDICT_OK,
		{ "serveur web : les paramètres et les messages d’erreur "
		  "passent",
		  "web server: parameters and error messages pass" } },
	[FOUND_ERRORS_OTHER] = { VERDICT_FAIL,
		{ "serveur web : un paramètre inconnu devrait donner le "
		  "message 400 du programme, pas {0} — transmettez "
		  "QUERY_STRING, et ne remplacez pas les pages d’erreur",
		  "web server: an unknown parameter should be answered by the "
		  "program's message 400, not {0} — pass QUERY_STRING, and do "
		  "not replace error pages" } },
	[FOUND_PATHS] = { VERDICT_OK,
		{ "serveur web : les chemins passent tels quels (%2F, UTF-8)",
		  "web server: paths pass as they are (%2F, UTF-8)" } },
	[FOUND_PATHS_OTHER] = { VERDICT_WARN,
		{ "serveur web : un chemin avec %2F ou de l’UTF-8 n’arrive pas "
		  "(réponse {0}) : un utilisateur dont l’identifiant en a ne "
		  "s’ouvre pas",
		  "web server: a path with %2F or UTF-8 does not arrive "
		  "(answer {0}): a user whose login has them cannot be "
		  "opened" } },
	[FOUND_ETAG] = { VERDICT_OK,
		{ "serveur web : ce qui n’a pas changé n’est pas renvoyé "
		  "(ETag, 304)",
		  "web server: what has not changed is not sent again (ETag, "
		  "304)" } },
	[FOUND_ETAG_NONE] = { VERDICT_WARN,
		{ "serveur web : il retire l’en-tête ETag : chaque demande est "
		  "renvoyée en entier",
		  "web server: it removes the header ETag: each answer is "
		  "sent in full" } },
	[FOUND_ETAG_IGNORED] = { VERDICT_WARN,
		{ "serveur web : If-None-Match n’arrive pas, ou ETag est "
		  "changé : chaque demande est renvoyée en entier",
		  "web server: If-None-Match does not arrive, or ETag is "
		  "changed: each answer is sent in full" } },
	[FOUND_EVENTS] = { VERDICT_OK,
		{ "serveur web : les événements passent aussitôt ({0} s, puis "
		  "{1} s)",
		  "web server: events pass at once ({0} s, then {1} s)" } },
	[FOUND_STREAMS_BOUND] = { VERDICT_OK,
		{ "serveur web : chaque page ouverte occupe une de ses "
		  "connexions, et à sa propre borne toute demande attend — "
		  "{0} ; lancez cccp.fcgi avec -n en dessous",
		  "web server: each open page occupies a connection of it, and "
		  "at its own bound every request waits — {0}; run cccp.fcgi "
		  "with -n below it" } },
	[FOUND_STREAMS_FULL] = { VERDICT_WARN,
		{ "serveur web : il n’y a plus de place pour un flux "
		  "d’événements (-n, CCCP_STREAMS_PER_USER)",
		  "web server: there is no room for one more event stream "
		  "(-n, CCCP_STREAMS_PER_USER)" } },
	[FOUND_EVENTS_CGI] = { VERDICT_WARN,
		{ "serveur web : pas d’événements en CGI ou avec -n 0, la "
		  "page redemande de temps en temps — préférez FastCGI",
		  "web server: no events by CGI or with -n 0, the page "
		  "repeats its requests — use FastCGI" } },
	[FOUND_EVENTS_OTHER] = { VERDICT_FAIL,
		{ "serveur web : les événements ne passent pas (réponse {0})",
		  "web server: events do not pass (answer {0})" } },
	[FOUND_EVENTS_LATE] = { VERDICT_FAIL,
		{ "serveur web : il retient les événements (rien en {0} s) — "
		  "lighttpd : server.stream-response-body = 2 ; nginx : "
		  "fastcgi_buffering off ; Apache : flushpackets=on",
		  "web server: it holds events back (nothing in {0} s) — "
		  "lighttpd: server.stream-response-body = 2; nginx: "
		  "fastcgi_buffering off; Apache: flushpackets=on" } },
	[FOUND_EVENTS_CUT] = { VERDICT_FAIL,
		{ "serveur web : il coupe les événements après {0} s — "
		  "allongez ses délais (30 s au moins)",
		  "web server: it cuts events off after {0} s — give it "
		  "longer time-outs (30 s at least)" } },
};

enum verdict
doctor_text(enum finding what, enum lang lang, const char **sentence)
{
	*sentence = findings[what].sentence[lang];
	return findings[what].verdict;
}
