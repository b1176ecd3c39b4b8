/* Column metadata of cards. The server works it out some time after a write, so it is null first and
 * then appears, with a later `updated_at`, without any client's doing. */
#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"

void card_settle(struct store *store) {
	store_run(store, "UPDATE report_card SET result_metadata = '[]', metadata_due = NULL, updated_at = ? "
		"WHERE metadata_due <= ?", json_pack("[s, I]", store_now(store), (json_int_t)clock_ms()));
}
