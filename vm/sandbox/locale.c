/* The server translates its sentences for whoever asks in another language; a client that matches
 * on them is caught by this. */
#include "vm/sandbox/sandbox.h"

static const struct {
	const char *english, *german;
} sentences[] = {
	{"Not found.", "Nicht gefunden."},
	{"The object has been archived.", "Das Objekt wurde archiviert."},
	{"You don't have permissions to do that.", "Sie haben keine Berechtigung dafür."},
	{"Unauthenticated", "Nicht angemeldet"},
	{"Invalid Request.", "Ungültige Anfrage."},
	{"did not match stored password", "stimmt nicht mit dem gespeicherten Passwort überein"},
	{"value must be a non-blank string.", "Wert muss ein nicht leerer Text sein."},
	{"value must be an integer greater than zero.",
		"Wert muss eine ganze Zahl größer als null sein."},
	{"value must be a boolean.", "Wert muss wahr oder falsch sein."},
	{"Value must be a map.", "Wert muss eine Zuordnung sein."},
	{"This dashboard has tab, makes sure every card has a tab",
		"Dieses Dashboard hat Reiter: jede Karte braucht einen"},
};

const char *translate(const struct request *r, const char *sentence) {
	const char *locale = json_string_value(json_object_get(r->headers, "x-metabase-locale"));
	if (!locale || strncmp(locale, "de", 2))
		return sentence;
	for (size_t i = 0; i < COUNT_OF(sentences); i++)
		if (!strcmp(sentences[i].english, sentence))
			return sentences[i].german;
	return sentence;
}
