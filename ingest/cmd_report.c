/* `mbc-ingest report`: a day or a month on one screen. Each section is a query, and a row here. */
#include <stdio.h>
#include <stdlib.h>

#include "ingest/command.h"
#include "ingest/run.h"
#include "runtime/term.h"

#define MOST_CELL 512

static const char *const formats[] = {"text", "markdown", NULL};

static const struct option_row options[] = {
	{.name = "date", .type = OPTION_TEXT, .argument = "DAY", .doc = "the day, default yesterday (UTC)"},
	{.name = "month", .type = OPTION_FLAG, .doc = "the whole month of that day instead"},
	{.name = "format", .type = OPTION_TEXT, .argument = "FORMAT", .words = formats, .doc = "text or markdown"},
	{0}
};

struct section {
	const char *title, *sql;
};

static const struct section sections[] = {
	{"Spend by layer",
		"SELECT platform, product, cost_type, CAST(SUM(cost_usd) AS STRING) AS cost_usd, CAST(SUM(list_usd) AS STRING) AS list_usd\n"
		"FROM `${dataset}.fct_cost_daily` WHERE cost_date BETWEEN @from AND @to\n"
		"GROUP BY platform, product, cost_type ORDER BY platform, product, cost_type"},
	{"Spend by department",
		"SELECT department, CAST(SUM(cost_usd) AS STRING) AS cost_usd\n"
		"FROM `${dataset}.fct_cost_daily` WHERE cost_date BETWEEN @from AND @to\n"
		"GROUP BY department ORDER BY SUM(cost_usd) DESC, department"},
	{"Nobody answers for",
		"SELECT platform, api_key_id, CAST(SUM(cost_usd) AS STRING) AS cost_usd\n"
		"FROM `${dataset}.fct_cost_daily`\n"
		"WHERE cost_date BETWEEN @from AND @to AND attribution = 'unattributed' AND cost_type IN ('usage', 'overage')\n"
		"GROUP BY platform, api_key_id ORDER BY SUM(cost_usd) DESC, api_key_id LIMIT 10"},
	{"What changed after it had been read",
		"SELECT stream, CAST(day AS STRING) AS day, delta_tokens, CAST(delta_usd AS STRING) AS delta_usd\n"
		"FROM `${dataset}.revisions` WHERE day BETWEEN @from AND @to ORDER BY stream, day"},
	{"Streams",
		"SELECT stream, COUNT(*) AS days, COUNTIF(data_status IS NOT NULL) AS covered, COUNTIF(status IN ('denied', 'failed')) AS failing,\n"
		"  MAX(IF(status IN ('denied', 'failed'), message, NULL)) AS message\n"
		"FROM `${dataset}.coverage_current` WHERE day BETWEEN @from AND DATE_ADD(@to, INTERVAL 1 DAY)\n"
		"GROUP BY stream ORDER BY stream"},
	{"To be mended in the sheet",
		"SELECT cell, problem FROM (\n"
		"  SELECT cell, problem, snapshot_date = MAX(snapshot_date) OVER () AS is_latest FROM `${dataset}.raw_sheet_keys`\n"
		"  UNION ALL\n"
		"  SELECT cell, problem, snapshot_date = MAX(snapshot_date) OVER () FROM `${dataset}.raw_sheet_people`\n"
		"  UNION ALL\n"
		"  SELECT cell, problem, snapshot_date = MAX(snapshot_date) OVER () FROM `${dataset}.raw_sheet_subscriptions`\n"
		") WHERE is_latest AND problem IS NOT NULL AND @from <= @to ORDER BY cell"},
	{"What the job itself took",
		"SELECT command, COUNT(*) AS runs, SUM(load_jobs) AS load_jobs, SUM(query_jobs) AS query_jobs, SUM(bytes_billed) AS bytes_billed\n"
		"FROM `${dataset}.runs` WHERE logical_date BETWEEN @from AND @to GROUP BY command ORDER BY command"},
};

#define CENT_IN_MONEY 10000000 /* money counts billionths of a dollar */

/* Dollars to the cent, as people read them; anything else as it is. */
static void shorten_dollars(const struct bigquery_result *result, size_t column, char *text) {
	money usd;
	if (!str_ends(str_from(result->columns[column].name), "_usd") ||
		!money_read(str_from(text), 0, MONEY_TEXT_ONLY, &usd))
		return;
	money half = usd < 0 ? -CENT_IN_MONEY / 2 : CENT_IN_MONEY / 2;
	long long cents = (long long)((usd + half) / CENT_IN_MONEY), whole = llabs(cents);
	snprintf(text, MOST_CELL, "%s%lld.%02lld", cents < 0 ? "-" : "", whole / 100, whole % 100);
}

static const char *text_of(
	const struct bigquery_result *result, size_t row, size_t column, char text[MOST_CELL]) {
	const char *cell = bigquery_cell(result, row, column);
	snprintf(text, MOST_CELL, "%s", cell ? cell : "");
	shorten_dollars(result, column, text);
	return text;
}

/* Figures stand at the right. */
static bool is_figure(const struct bigquery_result *result, size_t column) {
	char text[MOST_CELL];
	double number;
	for (size_t r = 0; r < result->row_count; r++)
		if (*text_of(result, r, column, text) && !str_number(str_from(text), &number))
			return false;
	return true;
}

static size_t width_of(const struct bigquery_result *result, size_t column) {
	char text[MOST_CELL];
	size_t widest = text_width(str_from(result->columns[column].name));
	for (size_t r = 0; r < result->row_count; r++) {
		size_t width = text_width(str_from(text_of(result, r, column, text)));
		widest = width > widest ? width : widest;
	}
	return widest;
}

/* Row -1 is that of the names. Blanks are held back until something follows them. */
static void print_row(const struct bigquery_result *result, long row) {
	char text[MOST_CELL];
	size_t blanks = 0;
	for (size_t c = 0; c < result->column_count; c++) {
		const char *cell = row < 0 ? result->columns[c].name : text_of(result, (size_t)row, c, text);
		size_t rest = width_of(result, c) - text_width(str_from(cell));
		bool right = is_figure(result, c);
		blanks += right ? rest : 0;
		if (*cell) {
			printf("%*s%s", (int)blanks, "", cell);
			blanks = 0;
		}
		blanks += (right ? 0 : rest) + 2;
	}
	putchar('\n');
}

static void print_text(const struct bigquery_result *result) {
	for (long r = -1; r < (long)result->row_count; r++)
		print_row(result, r);
}

static void print_markdown(const struct bigquery_result *result) {
	char text[MOST_CELL];
	for (size_t c = 0; c < result->column_count; c++)
		printf("| %s ", result->columns[c].name);
	puts("|");
	for (size_t c = 0; c < result->column_count; c++)
		fputs(is_figure(result, c) ? "|---:" : "|---", stdout);
	puts("|");
	for (size_t r = 0; r < result->row_count; r++) {
		for (size_t c = 0; c < result->column_count; c++)
			printf("| %s ", text_of(result, r, c, text));
		puts("|");
	}
}

static int report(
	const struct invocation *invocation, const struct config *config, day from, day to) {
	struct warehouse warehouse = {0};
	const char *format = option_text(invocation, "format");
	bool markdown = format && strcmp(format, "markdown") == 0;
	char first[DAY_TEXT], last[DAY_TEXT];
	bool good = warehouse_open(&warehouse, config, run_name(config), WAREHOUSE_READ);
	if (good)
		printf("%sUsage and cost, %s to %s\n", markdown ? "# " : "", day_print(from, first), day_print(to, last));
	for (size_t i = 0; good && i < COUNT_OF(sections); i++) {
		struct bigquery_result result;
		good = warehouse_query_days(
			&warehouse, sections[i].title, sections[i].sql, from, to, &result);
		if (!good)
			break;
		printf("\n%s%s\n%s", markdown ? "## " : "", sections[i].title, markdown ? "\n" : "");
		if (!result.row_count)
			puts("nothing");
		else if (markdown)
			print_markdown(&result);
		else
			print_text(&result);
	}
	int code = good ? EXIT_DONE : warehouse_exit(&warehouse);
	warehouse_close(&warehouse);
	return code;
}

static int run(struct invocation *invocation) {
	struct config config;
	day date;
	int code = EXIT_CONFIGURATION;
	if (config_read(&config, invocation, NEEDS_WAREHOUSE)) {
		code = EXIT_USAGE;
		if (command_date(invocation, &config, "date", &date)) {
			bool month = option_flag(invocation, "month");
			day from = month ? day_month(date) : date;
			code = report(invocation, &config, from,
				month ? from + day_month_length(from) - 1 : date);
		}
	}
	config_finish(&config);
	return code;
}

const struct command cmd_report = {
	.name = "report",
	.summary = "a day or a month on one screen",
	.description = "Prints spend by layer and by department, what nobody answers for, what the vendors changed since it\n"
		"was read first, the state of the streams, and what the runs themselves took.",
	.example = "mbc-ingest report --date 2026-11-20\nmbc-ingest report --month --format markdown",
	.options = options,
	.more_options = config_options,
	.run = run,
};
