/* What tests ask of the server itself: its clock, changes of days gone by, faults, the journal. */
#include "runtime/json.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/fault.h"
#include "tests/vendors/moment.h"
#include "tests/vendors/state.h"

static void reply_wrong(struct request *r, const char *what) {
	reply_json(r, 400, json_pack("{s:s}", "error", what));
}

static void reply_done(struct request *r) {
	reply_json(r, 200, json_pack("{s:b}", "done", true));
}

void control_clock(struct request *r) {
	reply_json(
		r, 200, json_pack("{s:s}", "now", moment_text(r->arena, r->vendors->world->now)));
}

void control_set_clock(struct request *r) {
	int64_t now;
	if (!moment_parse(json_text(r->json, "now"), &now)) {
		reply_wrong(r, "expected {\"now\": \"2026-11-22T06:00:00Z\"}");
		return;
	}
	r->vendors->world->now = now;
	control_clock(r);
}

/* {"vendor": "anthropic" | "cursor", "day": …} raises figures; with "keep" so many of 1000 records
 * stay instead; with "revert" the day is as it was at first. */
void control_revise(struct request *r) {
	const char *vendor = json_text(r->json, "vendor");
	int64_t day, keep = json_number_of(r->json, "keep", -1);
	bool cursor = vendor && !strcmp(vendor, "cursor");
	if ((!cursor && (!vendor || strcmp(vendor, "anthropic"))) ||
		!day_parse(json_text(r->json, "day"), &day) || keep > 1000) {
		reply_wrong(r, "expected {\"vendor\": \"anthropic\" or \"cursor\", \"day\": "
			       "\"2026-11-20\"}");
		return;
	}
	struct revision *revision = world_revise(r->vendors->world, cursor, day);
	if (json_is_set(r->json, "revert"))
		*revision = (struct revision){cursor, day, 0, 1000};
	else if (keep < 0)
		revision->number++;
	else
		revision->keep = keep;
	reply_done(r);
}

void control_journal(struct request *r) {
	reply_json(r, 200, json_pack("{s:O}", "requests", r->vendors->journal));
}

void control_clear_journal(struct request *r) {
	json_array_clear(r->vendors->journal);
	reply_done(r);
}

void control_faults(struct request *r) {
	reply_json(r, 200, json_pack("{s:O}", "faults", r->vendors->faults));
}

void control_add_faults(struct request *r) {
	const char *wrong = faults_add(r->vendors, r->json);
	if (wrong)
		reply_wrong(r, wrong);
	else
		reply_done(r);
}

void control_clear_faults(struct request *r) {
	json_array_clear(r->vendors->faults);
	reply_done(r);
}

void about(struct request *r) {
	const char *base = r->vendors->address;
	const char *text = arena_printf(r->arena,
		"<!doctype html><title>mbc-vendors</title><h1>mbc-vendors</h1>"
		"<p>A stand-in for the APIs of Anthropic, Cursor and Google, for development and "
		"tests. All "
		"data is invented, from a seed.<pre>\n"
		"ANTHROPIC_BASE_URL=%s\nANTHROPIC_ADMIN_KEY=" ADMIN_KEY "\n"
		"CURSOR_BASE_URL=%s\nCURSOR_API_KEY=" CURSOR_KEY "\n"
		"GOOGLE_SHEETS_BASE_URL=%s\nGOOGLE_SHEETS_ID=" SHEET_ID "\n"
		"SECRET_MANAGER_BASE_URL=%s\nGOOGLE_TOKEN_URL=%s/token\nGCE_METADATA_HOST=%s\n</"
		"pre>"
		"<p>The clock stands at %s. Truth about yesterday: <a "
		"href=\"/__control/truth\">/__control/truth</a>; requests so far: <a "
		"href=\"/__control/journal\">/__control/journal</a>.\n",
		base, base, base, base, base, base + strlen("http://"),
		moment_text(r->arena, r->vendors->world->now));
	reply_text(r, 200, "text/html; charset=utf-8", text);
}
