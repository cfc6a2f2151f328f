#include <stdio.h>
#include <string.h>

#include "tests/sim/world/names.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static const char *const first[] = {
	"Adèle", "Agathe", "Aïcha", "Alban", "Alexis", "Aline", "Alix",
	"Amélie", "Anaïs", "André", "Anouk", "Antoine", "Armand", "Aurélie",
	"Axel", "Barnabé", "Bastien", "Béatrice", "Benoît", "Bérénice",
	"Bilal", "Blaise", "Camille", "Capucine", "Carole", "Cécile", "Céline",
	"Chloé", "Clémence", "Clément", "Cléo", "Côme", "Cyril", "Damien",
	"Daphné", "Désiré", "Diane", "Dimitri", "Édith", "Élise", "Éloïse",
	"Émilie", "Enzo", "Éric", "Estelle", "Étienne", "Eugène", "Ève",
	"Fabrice", "Fanny", "Farid", "Félix", "Fleur", "Florent", "François",
	"Frédéric", "Gaël", "Gaspard", "Geneviève", "Gérald", "Gisèle",
	"Grégory", "Guénolé", "Hélène", "Henri", "Hervé", "Héloïse", "Hugo",
	"Inès", "Irène", "Isaure", "Ismaël", "Jacqueline", "Jérémie", "Jérôme",
	"Joël", "Joséphine", "Judith", "Karim", "Laëtitia", "Lætitia", "Léa",
	"Léonie", "Lilian", "Loïc", "Lucie", "Maël", "Maëlle", "Maïté",
	"Marceau", "Margaux", "Mathéo", "Mélanie", "Mélissa", "Mickaël",
	"Moïse", "Myriam", "Nadège", "Naël", "Nathanaël", "Noé", "Noémie",
	"Océane", "Odile", "Ophélie", "Oscar", "Pénélope", "Perrine", "Philip",
	"Quentin", "Rachel", "Raphaël", "Régis", "Rémi", "Renée", "Romane",
	"Sacha", "Salomé", "Samia", "Séverine", "Siméon", "Solène", "Stéphane",
	"Sylvère", "Tanguy", "Théo", "Thérèse", "Timothée", "Ulysse", "Valérie",
	"Victoire", "Violette", "Xavier", "Yaël", "Yann", "Yasmine", "Yoël",
	"Youssef", "Yvonne", "Zacharie", "Zélie", "Zoé"
};

static const char *const last[] = {
	"Abéran", "Aiguemorte", "Alézan", "Ancelin", "Ardoisier", "Argelès",
	"Aubépin", "Auvrel", "Balivert", "Barbançon", "Béchamin", "Bellerive",
	"Bérange", "Bois-Joli", "Boisfleury", "Bonnefoi", "Boutefeu",
	"Brindavoine", "Brûlard", "Cadoret", "Calvière", "Cendrier",
	"Châtaignier", "Chantelune", "Chènevert", "Clairambault", "Clochevert",
	"Coquelin", "Cormeran", "Crèvecœur", "D'Alembourg", "D'Ormeval",
	"Dauphinel", "De La Brière", "Des Aulnes", "Desprairies", "Douvremer",
	"Du Châtelier", "Dubreuillet", "Échalier", "Églantin", "Épinay-Roux",
	"Estrémon", "Faucheval", "Fenouillard", "Ferrandel", "Fleurdépine",
	"Fontenelle", "Fougeret", "Fraisinet", "Frémillon", "Gadelin",
	"Garancière", "Genêtrier", "Giroflet", "Goélan", "Grandpré",
	"Grosbœuf", "Guérandel", "Hautecloque", "Hérissel", "Hurlevent",
	"Îlebelle", "Jacinthe", "Jasminet", "Jolivard", "Kérambrun", "Kermadec",
	"L'Hermitte", "La Fontanelle", "Lachênaie", "Lalouvière", "Le Goëlec",
	"Le Tréguier", "Lefrêne", "Letourneul", "Lièvremont", "Lilatier",
	"Longuépée", "Luciolle", "Maisonneuve", "Malvoisin", "Marjolin",
	"Martin", "Maupertuis", "Mélisson", "Mérangel", "Mirabelier",
	"Montbrûlé", "Montcharmant", "Mûrier", "Myrtillot", "Nénufart",
	"Noisetier", "Noyerot", "Œillet", "Olivarès", "Oréval", "Orgelin",
	"Pâquerel", "Passereau", "Pervenchel", "Petit-Jean", "Piédargent",
	"Pimprenel", "Poirelle", "Pommeraie", "Prévaudes", "Primevère",
	"Quatresous", "Quimpérel", "Rambouillard", "Réséda", "Ribaudin",
	"Rocambert", "Romarin", "Roncevert", "Rosemonde", "Rougegorge",
	"Sablonnier", "Saint-Aubert", "Saint-Évrard", "Sainfoin", "Sansregret",
	"Sauvageot", "Séverac", "Sorbier", "Taillefer", "Tamarisque",
	"Thymerel", "Tillac", "Tournesol", "Trèfleur", "Troènel", "Tulipier",
	"Valbelle", "Valériane", "Vauvert", "Verbenel", "Verdurin", "Véronelle",
	"Vieilleville", "Villefranc", "Vif-Argent", "Vignerot", "Yeuse",
	"Ysambert", "Zéphirin"
};

const struct queue_name names_queue[] = {
	{ "acc__Accueil", "Accueil général", "queue" },
	{ "sav__Dépannage", "Dépannage", "queue" },
	{ "com__Ventes", "Ventes et devis", "queue" },
	{ "fac__Facturation", "Facturation", "queue" },
	{ "sav__Garantie", "Garantie étendue", "queue" },
	{ "VQ_accueil_nuit", "VQ accueil nuit", "queue" },
	{ "acc__Réclamations", "", "queue" },
	{ "cdep:agence_nord", "Agence Nord (débordement)", "queue" },
	{ "log__Livraisons", "Livraisons & retours", "queue" },
	{ "vip__Prioritaires", "Clients prioritaires", "queue" },
	{ "direct_zmartin", "Appels directs", "user" },
	{ "tec__Support_N2", "Support niveau 2", "queue" },
	{ "com__Abonnements", "Abonnements", "queue" },
	{ "acc__Rendez-vous", "Prise de rendez-vous", "queue" },
	{ "fac__Recouvrement", "Recouvrement", "queue" },
	{ "int__Standard", "Standard interne", "queue" },
};
const size_t names_queue_n = N(names_queue);

const struct mode_name names_pause[] = {
	{ "pause", "Pause café" },
	{ "pause_dejeuner", "Pause déjeuner" },
	{ "pause_formation", "Formation" },
	{ "pause_reunion", "Réunion d'équipe" },
	{ "pause_briefing", "Briefing" },
	{ "pause_dossier", "Traitement de dossier" },
	{ "pause_technique", "Problème technique" },
	{ "pause_coaching", "Entretien «qualité»" },
};
const size_t names_pause_n = N(names_pause);

const char *const names_team[] = {
	"/default", "/plateau/Lille", "/plateau/Nîmes", "/plateau/Angoulême",
	"/plateau/Saint-Étienne", "/plateau/Saint-Étienne/nuit",
	"/plateau/Besançon", "/plateau/Brest", "/télétravail"
};
const size_t names_team_n = N(names_team);

/* The lower-case ASCII letter of a UTF-8 letter of the lists, 0: none. */
static char
fold(const char **p)
{
	static const struct { const char *letters; char plain; } accents[] = {
		{ "ÀÂÄàâäÆæ", 'a' }, { "Çç", 'c' }, { "ÉÈÊËéèêë", 'e' },
		{ "ÎÏîï", 'i' }, { "ÔÖôöŒœ", 'o' }, { "ÙÛÜùûü", 'u' }
	};
	const char *at = *p;
	char two[3] = { at[0], at[1], '\0' };

	(*p)++;
	if (*at >= 'a' && *at <= 'z')
		return *at;
	if (*at >= 'A' && *at <= 'Z')
		return (char)(*at - 'A' + 'a');
	if ((*at & 0xe0) != 0xc0)
		return '\0';
	(*p)++;
	for (size_t i = 0; i < N(accents); i++)
		if (strstr(accents[i].letters, two) != NULL)
			return accents[i].plain;
	return '\0';
}

void
names_login(const char *name, char login[NAME_SIZE])
{
	const char *p = name;
	size_t len = 0;
	char c;

	if ((c = fold(&p)) != '\0')
		login[len++] = c;
	if ((p = strchr(name, ' ')) == NULL)
		p = name;
	while (*p != '\0' && len < NAME_SIZE - 16)
		if ((c = fold(&p)) != '\0')
			login[len++] = c;
	login[len] = '\0';
}

void
names_person(struct sched *sched, char name[NAME_SIZE],
    char login[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s %s", first[random_below(sched, N(first))],
	    last[random_below(sched, N(last))]);
	names_login(name, login);
}

void
names_mobile(struct sched *sched, char phone[PHONE_SIZE])
{
	snprintf(phone, PHONE_SIZE, "+3363998%04u", random_below(sched, 10000));
}

void
names_line(uint32_t n, char phone[PHONE_SIZE])
{
	snprintf(phone, PHONE_SIZE, "+3319900%04u", n % 10000);
}
