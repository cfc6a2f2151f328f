#include "fcgi/access/permit.h"

const char *const permit_names[PERMIT__MAX] = {
	[PERMIT_USERS] = "users",
	[PERMIT_PERSONS] = "persons",
	[PERMIT_QUEUES] = "queues",
	[PERMIT_CALLS] = "calls",
	[PERMIT_DETAIL] = "detail",
	[PERMIT_HISTORY] = "history",
	[PERMIT_NUMBERS] = "numbers",
	[PERMIT_EXPORT] = "export",
	[PERMIT_VIEWS] = "views",
	[PERMIT_SHARE] = "share",
	[PERMIT_ADMIN] = "admin",
	[PERMIT_AUDIT] = "audit",
};

const char *const permit_words[PERMIT__MAX][LANG__MAX] = {
	[PERMIT_USERS] = { "les utilisateurs", "users" },
	[PERMIT_PERSONS] = { "les noms des personnes", "names of persons" },
	[PERMIT_QUEUES] = { "les files", "queues" },
	[PERMIT_CALLS] = { "les appels", "calls" },
	[PERMIT_DETAIL] = { "le détail d’une personne",
	    "the detail of a person" },
	[PERMIT_HISTORY] = { "l’historique", "the history" },
	[PERMIT_NUMBERS] = { "les numéros en clair", "unmasked numbers" },
	[PERMIT_EXPORT] = { "l’export", "the export" },
	[PERMIT_VIEWS] = { "les vues enregistrées", "saved views" },
	[PERMIT_SHARE] = { "le partage de vues", "sharing of views" },
	[PERMIT_ADMIN] = { "l’administration", "administration" },
	[PERMIT_AUDIT] = { "le journal des consultations", "the access log" },
};

bool
permit_has(const struct scope *s, enum permit permit)
{
	switch (permit) {
	case PERMIT_USERS:
	case PERMIT_QUEUES:
		return s->role != ROLE_AUDITOR;
	case PERMIT_PERSONS:
	case PERMIT_CALLS:
	case PERMIT_VIEWS:
		return s->persons;
	case PERMIT_SHARE:
		return s->persons && (s->role == ROLE_ADMIN ||
		    s->role == ROLE_SUPERVISOR);
	case PERMIT_DETAIL:
		return s->detail;
	case PERMIT_HISTORY:
		return s->history;
	case PERMIT_NUMBERS:
		return s->numbers;
	case PERMIT_EXPORT:
		return s->export;
	case PERMIT_ADMIN:
		return s->role == ROLE_ADMIN;
	case PERMIT_AUDIT:
		return s->audit;
	case PERMIT__MAX:
		return true;
	}
	return false;
}
