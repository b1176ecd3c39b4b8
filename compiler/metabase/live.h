/* What the server holds of ours now, and what stands beside it. */
#pragma once

#include "compiler/metabase/kind.h"
#include "compiler/metabase/marker.h"
#include "compiler/metabase/server.h"

struct live_object {
	enum object_kind kind;
	long long id;
	const char *id_text;
	const char *title;
	const char *place;              /* id of its collection, "" for the top */
	struct marker marker;           /* .project NULL: not ours */
	const json_t *raw;              /* as the server answered; NULL: only listed so far */
	bool archived;
	bool copy;                      /* carries the marker of another one that is older */
	bool claimed;                   /* some object of the definitions is it */
};

struct live {
	struct server *server;
	const char *project;
	VEC(struct live_object *) ours;         /* carry our project's marker */
	VEC(struct live_object *) others;       /* in the places that were looked at */
	struct map by_name;                     /* "card:key" as marked → the oldest of ours */
	struct map seen;                        /* "card 27" → live_object */
	VEC(const json_t *) collections;        /* all readable ones */
	struct map listed;                      /* ids of collections whose items were read */
	bool whole;                             /* everything readable was searched */
};

/* Reads our collections with what is in them, our snippets, dashboards and cards. `top` is the name
 * of the collection that everything lives below. NULL, reported, when the server does not answer.
 */
struct live *live_load(struct server *server, const char *project, const char *top);

/* Looks for our markers everywhere else that can be read, the trash included. False when reported.
 */
bool live_search(struct live *live);

/* Reads the whole JSON of the ones of ours that are only listed so far. */
bool live_complete(struct live *live);

/* An unmarked collection at the top with that name: a place to live in that is not ours. NULL:
 * none. */
struct live_object *live_container(struct live *live, const char *name);

/* Something that is not ours, of that kind and name, in that collection; NULL: none. */
struct live_object *live_stranger(const struct live *live, enum object_kind kind, const char *title,
	const char *place);

/* Who changed it last, and when; NULL texts when the server does not say. */
struct editor {
	long long id;
	const char *name, *at;
};
struct editor live_editor(struct live *live, const struct live_object *object);

/* Its page for people, or what it is called when it has none. */
const char *live_address(const struct live *live, const struct live_object *object);

/* Reports objects that carry a marker that another one carries as well. */
void live_report_copies(struct live *live);
