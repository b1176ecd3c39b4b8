/* A snippet: its text under a name of the project's, since names of snippets are one space for a
 * whole server. */
#include "compiler/ir/lower.h"

static json_t *body_of(struct compile *c, const struct snippet *snippet) {
	struct str text = snippet->sql->text;
	while (text.len && strchr(" \t\r\n", text.ptr[text.len - 1]))
		text.len--;
	json_t *body = json_pack("{s:s%}", "content", text.ptr ? text.ptr : "", text.len);
	json_object_set_new(body, "name", json_string(arena_printf(c->arena, "%.*s/%.*s",
		STR_ARGS(c->project->name), STR_ARGS(snippet->key))));
	return body;
}

void snippets_lower(struct lowering *l) {
	const struct project *project = l->c->project;
	for (size_t i = 0; i < project->snippets.count; i++) {
		const struct snippet *snippet = project->snippets.items[i];
		struct object *object =
			object_add(l, OBJECT_SNIPPET, arena_cstr(l->c->arena, snippet->key),
				body_of(l->c, snippet), snippet->name_node->at);
		object->selected = snippet->selected;
	}
}
