/* What a server answers, in each version's form, read into one form; and that form written back. */
#include "compiler/metabase/kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/metabase/execute.h"
#include "compiler/metabase/fields.h"
#include "compiler/metabase/query.h"

static struct arena *arena;
static struct names names;

static int set_up(void **state) {
	(void)state;
	arena = arena_create();
	names = (struct names){.arena = arena};
	names_add(&names, "card", "sales/spend", NULL, "27");
	names_add(&names, "card", "sales/pivot#source", NULL, "28");
	names_add(&names, "dashboard", "sales", NULL, "2");
	names_add(&names, "dashboard", "detail", NULL, "3");
	names_add(&names, "collection", "Shop/Charts", NULL, "9");
	names_add(&names, "database", "Warehouse", NULL, "4");
	names_add(&names, "field", "shop.orders.country", NULL, "141");
	names_add(&names, "snippet", "paid", NULL, "5");
	names_add(&names, "parameter", "sales/country", "2", "aa11");
	names_add(&names, "parameter", "detail/country", "3", "bb22");
	names_add(&names, "tab", "sales/Main", "2", "12");
	names_add(&names, "tab", "detail/More", "3", "13");
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	arena_destroy(arena);
	return 0;
}

static json_t *json(const char *text) {
	json_error_t error;
	json_t *value = json_loads(text, 0, &error);
	if (!value)
		print_error("%s in %s\n", error.text, text);
	assert_non_null(value);
	return arena_own_json(arena, value);
}

static void assert_json(const json_t *found, const char *expected) {
	const json_t *wanted = json(expected);
	if (!json_equal(found, wanted))
		print_error("found:\n%s", canonical_dump(arena, found));
	assert_true(json_equal(found, wanted));
}

static json_t *read_body(enum object_kind kind, const char *raw) {
	json_auto_t *body = live_kinds[kind].read(&names, json(raw));
	return arena_own_json(arena, kind_normalise(&names, kind, body));
}

#define NATIVE_CARD "{\"name\": \"Spend\", \"display\": \"scalar\", \"collection_id\": {\"$ref\": " \
	"\"collection:Shop/Charts\"}, \"dataset_query\": {\"type\": \"native\", \"database\": {\"$database\": " \
	"\"Warehouse\"}, \"native\": {\"query\": \"SELECT 1 FROM t WHERE {{country}}\", \"template-tags\": {" \
	"\"country\": {\"id\": \"T1\", \"name\": \"country\", \"display-name\": \"Country\", \"type\": \"dimension\", " \
	"\"dimension\": [\"field\", {\"$field\": \"shop.orders.country\"}, null], \"widget-type\": \"string/=\"}}}}}"

#define CARD_HEAD "\"id\": 27, \"entity_id\": \"x\", \"name\": \"Spend\", \"display\": \"scalar\", \"archived\": false, " \
	"\"type\": \"question\", \"collection_id\": 9, \"parameters\": [], \"visualization_settings\": {}, " \
	"\"description\": \"Managed as code: shop/sales/spend · 1-3f9a2c41\", \"result_metadata\": [1], "

static void native_cards_of_every_version(void **state) {
	(void)state;
	static const char *const answers[] = {
		"{" CARD_HEAD "\"dataset_query\": {\"type\": \"native\", \"database\": 4, \"native\": {\"query\": "
		"\"SELECT 1 FROM t WHERE {{country}}\", \"template-tags\": {\"country\": {\"id\": \"T1\", \"name\": \"country\", "
		"\"display-name\": \"Country\", \"type\": \"dimension\", \"dimension\": [\"field\", 141, {\"base-type\": "
		"\"type/Text\"}], \"widget-type\": \"string/=\", \"default\": null, \"required\": false}}}}}",

		"{" CARD_HEAD "\"dataset_query\": {\"lib/type\": \"mbql/query\", \"database\": 4, \"lib.convert/converted?\": "
		"true, \"stages\": [{\"lib/type\": \"mbql.stage/native\", \"native\": \"SELECT 1 FROM t WHERE {{country}}\", "
		"\"template-tags\": {\"country\": {\"id\": \"T1\", \"name\": \"country\", \"display-name\": \"Country\", "
		"\"type\": \"dimension\", \"dimension\": [\"field\", {\"lib/uuid\": \"u1\", \"base-type\": \"type/Text\", "
		"\"effective-type\": \"type/Text\"}, 141], \"widget-type\": \"string/=\"}}}]}}",

		"{" CARD_HEAD "\"dataset_query\": {\"lib/type\": \"mbql/query\", \"database\": 4, \"stages\": [{\"lib/type\": "
		"\"mbql.stage/native\", \"native\": \"SELECT 1 FROM t WHERE {{country}}\", \"template-tags\": [{\"id\": \"T1\", "
		"\"name\": \"country\", \"display-name\": \"Country\", \"type\": \"dimension\", \"dimension\": [\"field\", "
		"{\"lib/uuid\": \"u2\"}, 141], \"widget-type\": \"string/=\"}]}]}}",

		"{" CARD_HEAD "\"dataset_query\": {\"type\": \"native\", \"database\": 4, \"native\": {\"query\": "
		"\"SELECT 1 FROM t WHERE {{country}}\", \"template-tags\": [[\"country\", {\"id\": \"T1\", \"name\": \"country\", "
		"\"display-name\": \"Country\", \"type\": \"dimension\", \"dimension\": [\"field\", 141, null], "
		"\"widget-type\": \"string/=\"}]]}}}",
	};
	for (size_t i = 0; i < COUNT_OF(answers); i++)
		assert_json(read_body(OBJECT_CARD, answers[i]), NATIVE_CARD);
}

#define PIVOT "{\"name\": \"P\", \"dataset_query\": {\"type\": \"query\", \"database\": {\"$database\": \"Warehouse\"}, " \
	"\"query\": {\"source-table\": {\"$ref\": \"card:sales/pivot#source\"}, \"aggregation\": [[\"aggregation-options\", " \
	"[\"sum\", [\"field\", \"total\", null]], {\"name\": \"sum_total\", \"display-name\": \"Total\"}]], \"breakout\": " \
	"[[\"field\", \"day\", {\"temporal-unit\": \"month\"}]]}}}"

static void pivots_of_every_version(void **state) {
	(void)state;
	assert_json(read_body(OBJECT_CARD, "{\"name\": \"P\", \"dataset_query\": {\"type\": \"query\", \"database\": 4, "
		"\"query\": {\"source-table\": \"card__28\", \"aggregation\": [[\"aggregation-options\", [\"sum\", [\"field\", "
		"\"total\", {\"base-type\": \"type/Float\"}]], {\"name\": \"sum_total\", \"display-name\": \"Total\"}]], "
		"\"breakout\": [[\"field\", \"day\", {\"base-type\": \"type/Date\", \"temporal-unit\": \"month\"}]], "
		"\"aggregation-idents\": {\"0\": \"a\"}}}}"), PIVOT);
	assert_json(read_body(OBJECT_CARD, "{\"name\": \"P\", \"dataset_query\": {\"lib/type\": \"mbql/query\", \"database\": "
		"4, \"stages\": [{\"lib/type\": \"mbql.stage/mbql\", \"source-card\": 28, \"aggregation\": [[\"sum\", {\"lib/uuid\": "
		"\"u\", \"name\": \"sum_total\", \"display-name\": \"Total\"}, [\"field\", {\"lib/uuid\": \"v\", \"base-type\": "
		"\"type/Float\"}, \"total\"]]], \"breakout\": [[\"field\", {\"lib/uuid\": \"w\", \"base-type\": \"type/Date\", "
		"\"temporal-unit\": \"month\"}, \"day\"]]}]}}"), PIVOT);
}

static void cards_and_snippets_in_sql(void **state) {
	(void)state;
	const char *expected = "{\"name\": \"S\", \"dataset_query\": {\"type\": \"native\", \"database\": {\"$database\": "
		"\"Warehouse\"}, \"native\": {\"query\": \"SELECT * FROM {{#$ref:card:sales/spend}} AS s WHERE {{snippet: "
		"shop/paid}} AND {{#99}}\", \"template-tags\": {\"#$ref:card:sales/spend\": {\"name\": "
		"\"#$ref:card:sales/spend\", \"type\": \"card\", \"card-id\": {\"$ref\": \"card:sales/spend\"}}, \"snippet: "
		"shop/paid\": {\"name\": \"snippet: shop/paid\", \"type\": \"snippet\", \"snippet-id\": {\"$ref\": "
		"\"snippet:paid\"}}}}}}";
	assert_json(read_body(OBJECT_CARD, "{\"name\": \"S\", \"dataset_query\": {\"type\": \"native\", \"database\": 4, "
		"\"native\": {\"query\": \"SELECT * FROM {{#27-spend}} AS s WHERE {{snippet: shop/paid}} AND {{#99}}\", "
		"\"template-tags\": {\"#27-spend\": {\"name\": \"#27-spend\", \"type\": \"card\", \"card-id\": 27}, "
		"\"snippet: shop/paid\": {\"name\": \"snippet: shop/paid\", \"type\": \"snippet\", \"snippet-id\": 5}}}}}"),
		expected);
	const char *missing;
	json_auto_t *written = names_resolve(&names, json(expected), &missing);
	assert_json(json_object_get(json_object_get(written, "dataset_query"), "native"), "{\"query\": \"SELECT * FROM "
		"{{#27}} AS s WHERE {{snippet: shop/paid}} AND {{#99}}\", \"template-tags\": {\"#27\": {\"name\": \"#27\", "
		"\"type\": \"card\", \"card-id\": 27}, \"snippet: shop/paid\": {\"name\": \"snippet: shop/paid\", \"type\": "
		"\"snippet\", \"snippet-id\": 5}}}");
}

#define DASHBOARD_RAW "{\"id\": 2, \"name\": \"Sales\", \"collection_id\": null, \"archived\": false, \"width\": \"full\", " \
	"\"parameters\": [{\"id\": \"aa11\", \"slug\": \"country\", \"type\": \"string/=\", \"default\": null, " \
	"\"values_source_config\": {}, \"filteringParameters\": [\"aa11\"]}], " \
	"\"tabs\": [{\"id\": 12, \"name\": \"Main\", \"position\": 0}], \"dashcards\": [" \
	"{\"id\": 33, \"card_id\": null, \"dashboard_tab_id\": 12, \"row\": 1, \"col\": 0, \"size_x\": 24, \"size_y\": 1, " \
	"\"series\": [], \"parameter_mappings\": [], \"inline_parameters\": null, \"visualization_settings\": {" \
	"\"virtual_card\": {\"display\": \"heading\", \"name\": null}, \"text\": \"Hi\"}}, " \
	"{\"id\": 32, \"card_id\": 27, \"dashboard_tab_id\": 12, \"row\": 0, \"col\": 0, \"size_x\": 6, \"size_y\": 4, " \
	"\"entity_id\": \"e\", \"card\": {\"id\": 27}, \"parameter_mappings\": [{\"parameter_id\": \"aa11\", \"card_id\": 27, " \
	"\"target\": [\"dimension\", [\"template-tag\", \"country\"], {\"stage-number\": 0}]}], \"visualization_settings\": " \
	"{\"click_behavior\": {\"type\": \"link\", \"linkType\": \"dashboard\", \"targetId\": 3, \"tabId\": 13, " \
	"\"parameterMapping\": {\"bb22\": {\"id\": \"bb22\", \"source\": {\"type\": \"parameter\", \"id\": \"aa11\"}, \"target\": " \
	"{\"type\": \"parameter\", \"id\": \"bb22\"}}}}}}]}"

#define DASHBOARD_BODY "{\"name\": \"Sales\", \"width\": \"full\", \"parameters\": [{\"slug\": \"country\", \"type\": " \
	"\"string/=\", \"filteringParameters\": [{\"$parameter\": \"sales/country\"}]}], \"tabs\": [{\"name\": \"Main\"}], " \
	"\"dashcards\": [{\"card_id\": {\"$ref\": \"card:sales/spend\"}, \"dashboard_tab_id\": {\"$tab\": \"sales/Main\"}, " \
	"\"row\": 0, \"col\": 0, \"size_x\": 6, \"size_y\": 4, \"parameter_mappings\": [{\"parameter_id\": {\"$parameter\": " \
	"\"sales/country\"}, \"card_id\": {\"$ref\": \"card:sales/spend\"}, \"target\": [\"dimension\", [\"template-tag\", " \
	"\"country\"]]}], \"visualization_settings\": {\"click_behavior\": {\"type\": \"link\", \"linkType\": \"dashboard\", " \
	"\"targetId\": {\"$ref\": \"dashboard:detail\"}, \"tabId\": {\"$tab\": \"detail/More\"}, \"parameterMapping\": " \
	"{\"$parameter:detail/country\": {\"id\": {\"$parameter\": \"detail/country\"}, \"source\": {\"type\": \"parameter\", " \
	"\"id\": {\"$parameter\": \"sales/country\"}}, \"target\": {\"type\": \"parameter\", \"id\": {\"$parameter\": " \
	"\"detail/country\"}}}}}}}, {\"dashboard_tab_id\": {\"$tab\": \"sales/Main\"}, \"row\": 1, \"col\": 0, \"size_x\": 24, " \
	"\"size_y\": 1, \"visualization_settings\": {\"virtual_card\": {\"display\": \"heading\"}, \"text\": \"Hi\"}}]}"

static void dashboards(void **state) {
	(void)state;
	assert_json(read_body(OBJECT_DASHBOARD, DASHBOARD_RAW), DASHBOARD_BODY);
	json_auto_t *again = kind_normalise(&names, OBJECT_DASHBOARD, json(DASHBOARD_BODY));
	assert_json(again, DASHBOARD_BODY);
}

static struct object dashboard_object(json_t *body) {
	return (struct object){.kind = OBJECT_DASHBOARD, .key = "sales", .name = "dashboard:sales", .body = body};
}

/* Every part that is still there is written under its old id, what is new under a negative one. */
static void dashboards_are_written_with_their_ids(void **state) {
	(void)state;
	json_t *body = json(DASHBOARD_BODY), *live = live_kinds[OBJECT_DASHBOARD].read(&names, json(DASHBOARD_RAW));
	arena_own_json(arena, live);
	json_t *cards = json_object_get(body, "dashcards");
	json_array_append(cards, json("{\"card_id\": {\"$ref\": \"card:sales/pivot#source\"}, \"dashboard_tab_id\": "
		"{\"$tab\": \"sales/New\"}, \"row\": 0, \"col\": 0, \"size_x\": 4, \"size_y\": 3}"));
	json_array_append(json_object_get(body, "tabs"), json("{\"name\": \"New\"}"));
	struct object object = dashboard_object(body);
	const char *missing;
	json_auto_t *put = dashboard_body(&names, &object, "2", live, false, &missing);
	assert_non_null(put);
	assert_json(json_object_get(put, "tabs"), "[{\"id\": 12, \"name\": \"Main\"}, {\"id\": -2, \"name\": \"New\"}]");
	static const long long ids[] = {32, 33, -3}, tabs[] = {12, 12, -2};
	for (size_t i = 0; i < 3; i++) {
		const json_t *card = json_array_get(json_object_get(put, "dashcards"), i);
		assert_int_equal(json_integer_value(json_object_get(card, "id")), ids[i]);
		assert_int_equal(json_integer_value(json_object_get(card, "dashboard_tab_id")), tabs[i]);
	}
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(put, "parameters"), 0),
		"id")), "aa11");
	assert_false(dashboard_needs_two(arena, &object, live));
}

static void a_tab_that_goes_takes_two_writes(void **state) {
	(void)state;
	json_t *body = json(DASHBOARD_BODY), *live = live_kinds[OBJECT_DASHBOARD].read(&names, json(DASHBOARD_RAW));
	arena_own_json(arena, live);
	json_t *cards = json_object_get(body, "dashcards");
	json_object_set(body, "tabs", json("[{\"name\": \"Other\"}]"));
	for (size_t i = 0; i < 2; i++)
		json_object_set(json_array_get(cards, i), "dashboard_tab_id", json("{\"$tab\": \"sales/Other\"}"));
	struct object object = dashboard_object(body);
	assert_true(dashboard_needs_two(arena, &object, live));
	const char *missing;
	json_auto_t *first = dashboard_body(&names, &object, "2", live, true, &missing);
	assert_json(json_object_get(first, "tabs"), "[{\"id\": -1, \"name\": \"Other\"}, {\"id\": 12, \"name\": \"Main\"}]");
	json_auto_t *last = dashboard_body(&names, &object, "2", live, false, &missing);
	assert_json(json_object_get(last, "tabs"), "[{\"id\": -1, \"name\": \"Other\"}]");

	struct object_rename rename = {true, "Other", "Main"};
	vec_push(arena, &object.renames, rename);
	assert_false(dashboard_needs_two(arena, &object, live));
	json_auto_t *renamed = dashboard_body(&names, &object, "2", live, false, &missing);
	assert_json(json_object_get(renamed, "tabs"), "[{\"id\": 12, \"name\": \"Other\"}]");
}

static void what_is_not_there_yet_is_named(void **state) {
	(void)state;
	const char *missing;
	assert_null(names_resolve(&names, json("{\"a\": [{\"$ref\": \"card:sales/none\"}]}"), &missing));
	assert_string_equal(missing, "card:sales/none");
}

/* After a rename the old mark is told by the old names. */
static void names_as_they_were(void **state) {
	(void)state;
	const struct rename renames[] = {{"card:sales/old", "card:sales/spend"}, {"dashboard:shop", "dashboard:sales"}};
	json_auto_t *before = names_before(arena, json("{\"a\": {\"$ref\": \"card:sales/spend\"}, \"b\": {\"$parameter\": "
		"\"sales/country\"}, \"$parameter:sales/x\": 1, \"q\": \"{{#$ref:card:sales/spend}}\", \"t\": {\"$tab\": "
		"\"salesman/A\"}}"), renames, 2);
	assert_json(before, "{\"a\": {\"$ref\": \"card:sales/old\"}, \"b\": {\"$parameter\": \"shop/country\"}, "
		"\"$parameter:shop/x\": 1, \"q\": \"{{#$ref:card:sales/old}}\", \"t\": {\"$tab\": \"salesman/A\"}}");
}

static void error_bodies(void **state) {
	(void)state;
	assert_string_equal(api_error_text(arena, STR("{\"errors\": {\"name\": \"value must be a non-blank string.\"}, "
		"\"specific-errors\": {}}")), "name: value must be a non-blank string.");
	assert_string_equal(api_error_text(arena, STR("{\"errors\": {\"dashcards\": {\"size_x\": \"too small\"}, \"_error\": "
		"\"no\"}}")), "dashcards.size_x: too small; no");
	assert_string_equal(api_error_text(arena, STR("{\"message\": \"Not found.\"}")), "Not found.");
	assert_string_equal(api_error_text(arena, STR("You don't have permissions to do that.\n")),
		"You don't have permissions to do that.");
	assert_null(api_error_text(arena, STR("<html><body>Bad gateway</body></html>")));
	assert_null(api_error_text(arena, STR("")));
}

static void versions(void **state) {
	(void)state;
	static const struct {
		const char *tag;
		int major;
	} cases[] = {{"v0.50.5", 50}, {"v0.62.4.3", 62}, {"v1.57.1-RC1", 57}, {"v0.58-SNAPSHOT", 58}, {"vUNKNOWN", 0},
		{NULL, 0}, {"0.58.1", 0}, {"v0.", 0}, {"vUNKNOWN.1.2", 0}};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(version_major(cases[i].tag), cases[i].major);
	assert_false(profile_of(50)->trash);
	assert_false(profile_of(56)->legacy_query);
	assert_true(profile_of(63)->legacy_query);
}

static void types_and_widgets(void **state) {
	(void)state;
	assert_null(field_unsuited("type/Date", "", "date/relative"));
	assert_null(field_unsuited("type/DateTimeWithLocalTZ", "", "date/range"));
	assert_null(field_unsuited("type/Text", "", "string/="));
	assert_null(field_unsuited("type/Decimal", "", "number/between"));
	assert_null(field_unsuited("type/*", "", "number/between"));
	assert_string_equal(field_unsuited("type/Text", "", "date/relative"), "a date or a time");
	assert_string_equal(field_unsuited("type/Text", "", "number/="), "a number");
	assert_string_equal(field_unsuited("type/Integer", "", "string/="), "a text");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(native_cards_of_every_version),
		cmocka_unit_test(pivots_of_every_version),
		cmocka_unit_test(cards_and_snippets_in_sql),
		cmocka_unit_test(dashboards),
		cmocka_unit_test(dashboards_are_written_with_their_ids),
		cmocka_unit_test(a_tab_that_goes_takes_two_writes),
		cmocka_unit_test(what_is_not_there_yet_is_named),
		cmocka_unit_test(names_as_they_were),
		cmocka_unit_test(error_bodies),
		cmocka_unit_test(versions),
		cmocka_unit_test(types_and_widgets),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
