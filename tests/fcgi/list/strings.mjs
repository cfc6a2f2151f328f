/**
 * Texts that a spreadsheet may take for something else, one per line as JSON:
 * {text, plain}; plain: an ordinary name, which has to stay as it is.
 */

const french = ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet',
	'août', 'septembre', 'octobre', 'novembre', 'décembre', 'janv.', 'janv',
	'févr.', 'févr', 'avr.', 'avr', 'juil.', 'juil', 'sept.', 'sept', 'oct.',
	'oct', 'nov.', 'nov', 'déc.', 'déc', 'fevrier', 'aout', 'decembre'];
const english = ['January', 'February', 'March', 'April', 'May', 'June', 'July',
	'August', 'September', 'October', 'November', 'December', 'Jan', 'Feb',
	'Mar', 'Apr', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi',
	'dimanche', 'lun.', 'mar.', 'mer.', 'jeu.', 'ven.', 'sam.', 'dim.',
	'Monday', 'Tue', 'Sunday'];
const money = ['€', '$', '£', '¥', '₣', '₤', '₩', '₹', '¢', '¤', 'EUR', 'USD',
	'CHF', 'GBP', 'JPY', 'CAD', 'F', 'FF', 'FRF', 'Fr.', 'DM', 'kr', 'zł', '%',
	'‰', '°', 'h', 'min', 's', 'AM', 'PM', 'am', 'pm', 'e', 'E', 'er', 'x'];
const signs = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', '«', '»', '’', '–', '—',
	'−', '‑', '·', '•', '×', '÷', '±', '²', '½', '°', 'º', '…', '\u00a0',
	'\u202f', '\u2009', '\u200b', '\u00ad', '\ufeff', '\t', ' '];
const numbers = ['5', '0', '007', '1269', '123456789012345', '1234567890123456',
	'1 234', '1\u00a0234', '1\u202f234', '1 234 567', '1 23', '12 34 56',
	'12,5', '12.5', '1.234,5', '1,234.5', '1 234,5', '-5', '5-', '- 5', '(5)',
	'( 5 )', '-(5)', '(-5)', '+5', '1e5', '1E-5', '1,5E+3', '1.5e3', 'E5', '.5',
	',5', '5.', '5,', '0x1F', '1/2', '3 1/2', '1/3', '22/7', '100/3', '½',
	'3½', '1²', '٣', '１２', '१२', '12 345 678,90', "1'234", '1_000', '5+5',
	'5-5', '5*5', '1 2 3', '1.2.3', '1.2.3.4', '192.0.2.1', '1:2', '1-2-3',
	'1/2/3', '1,2,3', '+33 1 99 00 12 34', '0199001234'];
const dates = ['12/03/2026', '12/03/26', '12/03', '12/3', '31/12', '31/13',
	'12-03-2026', '12-03', '12-3-26', '12.03.2026', '12.03.26', '12.03',
	'2026-03-12', '2026/03/12', '2026-03', '03/2026', '2026-13-45', '26-3',
	'20260312', '12 03 2026', '2026 03 12', '2026-03-12T09:00:00',
	'2026-03-12T09:00:00Z', '2026-03-12T09:00:00+01:00', '2026-03-12 09:00',
	'12/03/2026 09:00:00', '2026-03-12T09', '30/02/2026', '2026-W11',
	'1er mars 2026', '12 mars 2026 09:00', 'le 12 mars 2026', 'T1 2026',
	'12 mars 44 av. J.-C.', '12 mars 2026 ap. J.-C.'];
const times = ['9:00', '09:00', '09:00:00', '09:00:00,5', '09:00:00.5', '9:00 AM',
	'9 PM', '9PM', '9h00', '9 h 30', '9h', '24:00', '100:00', '-1:00', '0:60',
	'9:00-10:00', '1:2:3:4', '12:', ':12', '8:00/12:00'];
const words = ['VRAI', 'vrai', 'Vrai', 'FAUX', 'faux', 'TRUE', 'true', 'False',
	'FALSE', 'vrai.', 'OUI', 'NON', '#N/A', '#REF!', '#DIV/0!', '#NOM?',
	'#VALEUR!', 'Err:502', 'NaN', 'Inf', 'PI()', 'A1', 'R1C1', 'null'];
const formulas = ['=1+1', '+1+1', '-1+1', '@SUM(A1:A9)', '=cmd|\' /C calc\'!A0',
	'=HYPERLINK("x";"y")', '-2+3', '+A1', '-A1', '=A1', '="a"', '"=1+1"',
	'\'=1+1', '＝1+1', '＋1', '－1', '＠A1', '−5', '–5', '==1', '=', '+', '-', '@',
	'{=1+1}'];

/* What becomes something else in whatever place. */
const hot = ['=1+1', '-1', '+1', '@A1', '5', '007', '12 mars 2026', '12/03/2026',
	'09:00', '12 %', 'VRAI', '1 234', '12,5', '12.5', '(5)', '5 €', 'Sud'];

const plain = ['Zoé Martin', 'Équipe 1', 'Équipe Nord', 'Nord 12', 'Groupe A',
	'Groupe A2', '3e étage', 'Plateau 2 - Lyon', 'Agent 007', 'Marcelle 12',
	'Mai Nguyen', 'Avril Dupont', 'Jean-Mars', 'mars', 'Juin', 'Mardi', 'Lot 4',
	'Est 3', '24/7 Nord', 'Est, Ouest', 'Nord; Sud', 'A, B et C', 'P1', 'u001',
	'Profil_Ventes', 'm00', 'a.b@c.example', 'Decroix 1', 'Septembre Noir 3',
	'Site 12 (Lyon)', 'Œuvrard', 'O’Neil', 'N°5', 'Lyon/Matin', 'C++', '日本 3',
	'12e RI', '01 99 00 12 34', 'Numéro vert 12', 'VRAI NOM', 'Vraiment', 'L’Été 36'];

const around = (word) => [word, `12 ${word} 2026`, `12 ${word}`, `${word} 2026`,
	`${word}-26`, `12-${word}-26`, `12/${word}/26`, `${word} 12, 2026`,
	`12 ${word.toUpperCase()} 26`, `12.${word}.2026`, `12${word}2026`];

const texts = new Set([
	...numbers, ...dates, ...times, ...words, ...formulas,
	...[...french, ...english].flatMap(around),
	...days.flatMap((day) => [day, `${day} 12`, `${day} 12 mars 2026`,
		`${day} 12/03/2026`, `${day}, 12 mars 2026`, `${day} 12 mars`]),
	...money.flatMap((unit) => ['12', '1 234,5', '-5', '007'].flatMap((n) =>
	    [`${n} ${unit}`, `${n}${unit}`, `${unit} ${n}`, `${unit}${n}`])),
	...signs.flatMap((sign) => [`${sign}5`, `5${sign}`, `5${sign}5`,
		`5 ${sign} 5`, `5${sign}5${sign}5`, `${sign}5${sign}`, `1${sign}234`,
		`${sign}Nord`, `Nord${sign}`, `${sign}=1+1`, `=1${sign}`]),
	...[' ', '  ', '\u00a0', '\u202f', '\t', '\n', '\r\n', '\u0001', '\u200b']
	    .flatMap((blank) => hot.flatMap((text) => [blank + text, text + blank,
		blank + text + blank])),
	...[';', ',', '\t', '\n', '\r', '\r\n', '; ', ', ', ';"', ',"', '";', '",',
		'";"', '","', ',,', ';;'].flatMap((between) => hot.flatMap((text) =>
	    [`Nord${between}${text}`, `${text}${between}Nord`,
		`Nord${between}${text}${between}Est`])),
	...hot.flatMap((text) => [`"${text}"`, `'${text}`, `'${text}'`, `«${text}»`,
		`${text}"`, `"${text}`]),
]);

for (const text of plain)
	texts.delete(text);
for (const text of texts)
	console.log(JSON.stringify({ text, plain: false }));
for (const text of plain)
	console.log(JSON.stringify({ text, plain: true }));
