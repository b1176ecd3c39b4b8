"""What each card of the dashboards shows, in an analyst's words: one function a card, from the tables alone.
`show.only(table, filters)` are the rows that the named filters leave, if they are set."""
import datetime
import re
from decimal import Decimal

from figures_facts import places
from figures_tables import grouped, ratio, total, zero
from figures_vendors import next_day

CARDS = {}
TWO = ("usage", "overage")
SPEND = "period platform department"
PLACE = "period department team workspace person"
TEAMS = "period department team"
TOOLS = "period department team product"
MODELS = "period platform department team model"
COLUMNS = {"person": ("user_email", "owner_email"), "period": ("cost_date", "usage_date", "day"),
           "days": ("cost_date", "day"), "cost_of_line": ("cost_usd",), "key_name": ("api_key",)}


def card(function):
    """`data_health__gaps` is the card data-health/gaps; without a page in front one that they share."""
    page, _, name = function.__name__.partition("__")
    CARDS[f"{page.replace('_', '-')}/{name}"] = function
    return function


class Show:
    """The tables under filters: {name: list of values, (first, last), or text to be found}. `today` is the day
    on which one looks."""

    def __init__(self, tables, runs, today, filters):
        self.tables, self.runs, self.today, self.filters = tables, runs, today, filters

    def only(self, rows, names=""):
        for name in filter(lambda name: name in self.filters, names.split()):
            wanted = self.filters[name]
            column = next(column for column in COLUMNS.get(name, (name,)) if not rows or column in rows[0])
            if isinstance(wanted, tuple):
                rows = [row for row in rows if wanted[0] <= row[column] <= wanted[1]]
            elif isinstance(wanted, str):
                rows = [row for row in rows if wanted.lower() in row[column].lower()]
            else:
                rows = [row for row in rows if row[column] in wanted]
        return rows

    def facts(self, names=""):
        return self.only(self.tables.cost, names)

    def costs(self, names=PLACE):
        return self.only(self.tables.cost_allocation, names)

    def work(self, names=TOOLS):
        return self.only(self.tables.productivity_metrics, names)

    def acts(self, names):
        return self.only(self.tables.daily_activity, names)

    def covered(self, names="days stream"):
        return self.only(self.tables.coverage_current, names)


def one(**figures):
    return [figures]


def week(day):
    date = datetime.date.fromisoformat(day)
    return next_day(day, -date.weekday())


def whole_weeks(rows, column):
    """Weeks of which every day has a row."""
    days = {row[column] for row in rows}
    return {monday for monday in map(week, days) if all(next_day(monday, count) in days for count in range(7))}


def month_end(month):
    return next_day(next_day(month, 32)[:8] + "01", -1)


def acceptance(rows):
    accepts, rejects = total(rows, "accepts"), total(rows, "rejects")
    return None if accepts is None or rejects is None else ratio(accepts, accepts + rejects)


def active_people(rows):
    return len({row["user_email"] for row in rows if row["user_email"] != "(unattributed)"
                and row["requests"] + row["sessions"] + row["accepts"] + row["loc_added"] > 0})


def those(rows, **wanted):
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def without(rows, column):
    return [{name: value for name, value in row.items() if name != column} for row in rows]


def percent(part):
    return None if part is None else part * 100


def rounded(part):
    """In percent, with one place."""
    return None if part is None else places(percent(part), 1)


def nobodys(rows):
    """The share of usage and overage that nobody answers for."""
    rows = [row for row in rows if row["cost_type"] in TWO]
    return ratio(zero(total(those(rows, attribution="unattributed"), "cost_usd")), total(rows, "cost_usd"))


def by(rows, *keys):
    return grouped(rows, keys, cost_usd=True)


# --- everywhere


@card
def __complete_through(show):
    last = grouped([row for row in show.covered("") if row["data_status"]], ["stream"],
                   day=lambda rows: max(row["day"] for row in rows))
    return one(complete_through=min(row["day"] for row in last))


# --- Cost allocation


@card
def cost_allocation__allocated(show):
    return one(cost_usd=total(show.costs(), "cost_usd"))


@card
def cost_allocation__share_of_all(show):
    return one(share=ratio(total(show.costs(), "cost_usd"), total(show.costs("period"), "cost_usd")))


@card
def cost_allocation__unattributed(show):
    rows = [row for row in those(show.costs(), attribution="unattributed") if row["cost_type"] in TWO]
    return one(cost_usd=zero(total(rows, "cost_usd")))


@card
def cost_allocation__by_team(show):
    return by(show.costs(), "team")


@card
def cost_allocation__departments_by_day(show):
    return by(show.costs(), "cost_date", "department")


@card
def cost_allocation__by_platform(show):
    return [row for row in by(show.costs(), "product") if row["cost_usd"] > 0]


@card
def cost_allocation__workspaces(show):
    return by(those(show.costs("period department team workspace"), product="api"), "workspace", "model")


@card
def cost_allocation__keys(show):
    rows = those(show.costs(PLACE + " key_name"), product="api")
    return grouped(rows, "api_key workspace project team user_email".split(), cost_usd=True,
                   share=lambda some: ratio(total(some, "cost_usd"), total(rows, "cost_usd")),
                   last_used=lambda some: max(row["cost_date"] for row in some))


@card
def cost_allocation__dear_lines(show):
    rows = [row for row in show.costs(PLACE + " cost_of_line key_name") if row["cost_type"] != "subscription"]
    return by(rows, "cost_date", "user_email", "api_key", "model")


@card
def cost_allocation__people(show):
    def layer(name):
        return lambda rows: zero(total(those(rows, cost_type=name), "cost_usd"))
    return grouped(show.costs(), ["user_email", "department", "team"], cost_usd=True, usage_usd=layer("usage"),
                   overage_usd=layer("overage"), seats_usd=layer("subscription"))


@card
def cost_allocation__people_by_spend(show):
    people = [row for row in by(show.costs(TEAMS), "user_email") if row["user_email"] != "(unattributed)"]
    bands = [(50, "below 50"), (100, "50 to 100"), (200, "100 to 200"), (500, "200 to 500"), (None, "500 and more")]
    for row in people:
        row["spend_band"] = next(name for most, name in bands if most is None or row["cost_usd"] < most)
    return grouped(people, ["spend_band"], people=len)


# --- Data health


def last_day(rows):
    return max((row["day"] for row in rows if row["data_status"]), default=None)


def gap_count(rows):
    return len([row for row in rows if not row["data_status"]])


@card
def data_health__late_streams(show):
    streams = grouped(show.covered("stream"), ["stream"], last=last_day)
    return one(late_streams=len([row for row in streams if (row["last"] or "") < next_day(show.today, -1)]))


@card
def data_health__gaps(show):
    return one(gaps=gap_count(show.covered()))


@card
def data_health__last_run(show):
    return one(finished_at=max(run["finished_at"] for run in show.runs if run["command"] == "run"))


def fetched_at(rows):
    return max(filter(None, (row["data_fetched_at"] for row in rows)), default=None)


def hours_since(show, rows):
    """Looked at at six in the morning."""
    now = datetime.datetime.fromisoformat(f"{show.today}T06:00:00+00:00")
    return int((now - datetime.datetime.fromisoformat(fetched_at(rows))).total_seconds()) // 3600


@card
def data_health__streams(show):
    return grouped(show.covered(), ["stream"], last_day=last_day, gaps=gap_count, data_rows=True,
                   fetched_at=fetched_at, hours_ago=lambda rows: hours_since(show, rows),
                   days_read_again=lambda rows: len([row for row in rows if row["tries"] > 1]))


@card
def data_health__rows_by_day(show):
    return grouped(show.covered(), ["day", "stream"], data_rows=True)


@card
def data_health__table_rows(show):
    counts = {"Usage facts": show.tables.usage, "Cost facts": show.tables.cost, "Coverage": show.tables.tries,
              "Runs": show.runs, "People": show.tables.dim_users, "API keys": show.tables.dim_api_keys}
    return [{"table_name": name, "row_count": len(rows)} for name, rows in counts.items()]


@card
def data_health__gap_list(show):
    return [{name: row[name] for name in ("day", "stream", "status", "tries", "recorded_at")}
            for row in show.covered() if not row["data_status"]]


@card
def data_health__unattributed_now(show):
    return one(unattributed_pct=rounded(nobodys(
        [row for row in show.facts() if row["cost_date"] >= next_day(show.today, -7)])))


@card
def data_health__unattributed_by_day(show):
    rows = [row for row in show.facts("days") if row["cost_type"] in TWO]
    return grouped(rows, ["cost_date"], unattributed_pct=lambda rows: percent(nobodys(rows)))


@card
def data_health__attribution_basis(show):
    return by([row for row in show.facts("days") if row["cost_type"] in TWO], "attribution")


@card
def data_health__ownerless_keys(show):
    rows = [row for row in show.costs("") if row["attribution"] == "unattributed" and row["cost_type"] in TWO]
    return grouped(rows, ["api_key", "workspace"], cost_usd=True,
                   last_used=lambda rows: max(row["cost_date"] for row in rows))


@card
def data_health__corrections(show):
    rows = [{**row, "month": row["day"][:7]} for row in show.only(show.tables.revisions, "days stream")]
    return grouped(rows, ["month"], delta_usd=True)


@card
def data_health__correction_list(show):
    names = "day stream recorded_at previous_recorded_at previous_rows current_rows delta_tokens delta_usd".split()
    return [{name: row[name] for name in names} for row in show.only(show.tables.revisions, "days stream")]


@card
def data_health__runs(show):
    return [{name: run[name] for name in ("run_id", "command", "logical_date", "started_at", "exit_code")}
            for run in show.runs]


# --- Engineering productivity


@card
def engineering_productivity__lines_added(show):
    return one(loc_added=total(show.work(), "loc_added"))


@card
def engineering_productivity__acceptance(show):
    return one(acceptance_pct=rounded(acceptance(show.work())))


@card
def engineering_productivity__pull_requests(show):
    return one(pull_requests=zero(total(show.work(), "pull_requests")))


@card
def engineering_productivity__sessions(show):
    return one(sessions=zero(total(show.work(), "sessions")))


@card
def engineering_productivity__acceptance_by_week(show):
    rows = [{**row, "week": week(row["usage_date"])} for row in show.work() if row["product"] != "api"]
    return grouped(rows, ["week", "product"], acceptance_pct=lambda rows: percent(acceptance(rows)))


@card
def engineering_productivity__lines_by_week(show):
    whole = whole_weeks(show.work("period"), "usage_date")
    rows = [{**row, "week": week(row["usage_date"])} for row in show.work() if week(row["usage_date"]) in whole]
    return grouped(rows, ["week"], loc_added=True, loc_removed=True)


@card
def engineering_productivity__teams(show):
    def people(rows):
        return len({row["user_email"] for row in rows if row["active_users"]})

    def person_days(rows):
        return len({(row["user_email"], row["usage_date"]) for row in rows if row["active_users"]})
    return grouped([row for row in show.work() if row["product"] != "api"], ["team"], people=people,
                   days_per_person=lambda rows: ratio(person_days(rows), people(rows)), loc_added=True,
                   acceptance=acceptance, commits=True, pull_requests=True)


@card
def engineering_productivity__people(show):
    rows = [row for row in show.acts(TEAMS) if row["product"] != "api" and row["user_email"] != "(unattributed)"]
    return grouped(rows, ["user_email", "team"], cost_usd=True, loc_added=True, active_days=lambda rows: len({
        row["day"] for row in rows if row["sessions"] + row["accepts"] + row["requests"] > 0}))


@card
def engineering_productivity__adoption(show):
    days = {}
    for row in show.work("period product"):
        if row["active_users"]:
            days.setdefault(row["user_email"], set()).add(row["usage_date"])
    people = [row["user_email"] for row in show.only(show.tables.dim_users, "department team") if row["is_active"]]
    steps = [("Work here", 0), ("Tried a tool", 1), ("On 5 days or more", 5), ("On 10 days or more", 10),
             ("On 20 days or more", 20)]
    return [{"step": name, "people": len([email for email in people if len(days.get(email, ())) >= least])}
            for name, least in steps] if people else []


@card
def engineering_productivity__active_people(show):
    rows = [row for row in show.work() if row["product"] != "api" and row["active_users"]]
    return grouped(rows, ["usage_date", "product"], people=lambda rows: len({row["user_email"] for row in rows}))


@card
def engineering_productivity__idle_seats(show):
    return [row for row in show.only(show.tables.cursor_seats, "department team")
            if (row["last_day"] or "") < next_day(show.today, -28)]


# --- Finance overview


@card
def finance_overview__spend(show):
    return one(cost_usd=total(show.facts(SPEND), "cost_usd"))


@card
def finance_overview__list_value(show):
    return one(list_usd=total(show.facts(SPEND), "list_usd"))


@card
def finance_overview__per_person(show):
    rows = show.acts(SPEND)
    return one(usd_per_person=ratio(total(rows, "cost_usd"), active_people(rows)))


@card
def finance_overview__budget_used(show):
    month = max(row["cost_date"] for row in show.facts())[:7]
    rows = [row for row in show.facts("platform department") if row["cost_date"].startswith(month)]
    return one(used_pct=rounded(ratio(total(rows, "cost_usd"), 12000)))


@card
def finance_overview__by_day(show):
    return grouped(show.acts(SPEND), ["day"], cost_usd=True, requests=True)


@card
def finance_overview__by_department(show):
    return by([row for row in show.facts(SPEND) if row["cost_type"] in ("usage", "overage")], "department")


@card
def finance_overview__by_layer(show):
    return [row for row in by(show.facts(SPEND), "cost_type") if row["cost_usd"] > 0]


@card
def finance_overview__layers(show):
    return grouped(show.facts(SPEND), ["cost_type"], cost_usd=True, list_usd=True)


@card
def finance_overview__layers_by_day(show):
    return by([row for row in show.facts(SPEND) if row["cost_type"] != "included"], "cost_date", "cost_type")


@card
def finance_overview__month_bridge(show):
    """The month so far against as many days of the month before."""
    last = max(row["cost_date"] for row in show.facts())
    month, before = last[:7], next_day(last[:8] + "01", -1)[:7]
    end = min(before + last[7:], month_end(before + "-01"))
    rows = show.facts("platform department")
    old = [row for row in rows if before + "-01" <= row["cost_date"] <= end]
    new = [row for row in rows if row["cost_date"][:7] == month]
    start = [{"step": "Last month", "delta_usd": total(old, "cost_usd") if old else 0 if new else None}]
    return start + grouped([{**row, "cost_usd": -row["cost_usd"]} for row in old] + new, ["department"],
                           step=lambda rows: rows[0]["department"], delta_usd=lambda rows: total(rows, "cost_usd"))


def months_rows(show):
    return show.only(show.tables.monthly_finance, "platform department")


def answered_share(rows):
    return ratio(total(rows, "attributed_usd"), total(rows, "cost_usd"))


@card
def finance_overview__plan_value(show):
    return grouped(months_rows(show), ["month"],
                   seats_usd=lambda rows: zero(total(those(rows, cost_type="subscription"), "cost_usd")),
                   included_usd=lambda rows: zero(total(those(rows, cost_type="included"), "list_usd")))


@card
def finance_overview__months_by_department(show):
    return [{name: row[name] for name in ("month", "platform", "department", "team", "cost_usd")}
            for row in show.tables.monthly_finance]


@card
def finance_overview__months(show):
    """A month is compared with the one before it in the list once its last day is in."""
    months = grouped(months_rows(show), ["month"], cost_usd=True, list_usd=True,
                     last_day=lambda rows: max(row["last_day"] for row in rows),
                     attributed_share=lambda rows: answered_share(
                         [row for row in rows if row["cost_type"] in TWO]))
    months.sort(key=lambda row: row["month"])
    for before, row in zip([None, *months], months):
        closed = row["last_day"] == month_end(row["month"])
        row.update(state="closed" if closed else "open",
                   change_usd=row["cost_usd"] - before["cost_usd"] if closed and before else None)
    return months


# --- Platform comparison


@card
def platform_comparison__anthropic_spend(show):
    return one(cost_usd=zero(total(those(show.acts(TEAMS), platform="anthropic"), "cost_usd")))


@card
def platform_comparison__cursor_spend(show):
    return one(cost_usd=zero(total(those(show.acts(TEAMS), platform="cursor"), "cost_usd")))


@card
def platform_comparison__anthropic_people(show):
    return one(people=active_people(those(show.acts(TEAMS), product="claude_code")))


@card
def platform_comparison__cursor_people(show):
    return one(people=active_people(those(show.acts(TEAMS), product="cursor")))


@card
def platform_comparison__spend_by_platform(show):
    return by(show.acts(MODELS), "day", "platform")


@card
def platform_comparison__side_by_side(show):
    def usd_per_1000_lines(rows):
        usd_per_line = ratio(total(rows, "cost_usd"), total(rows, "loc_added"))
        return None if usd_per_line is None else usd_per_line * 1000
    return grouped(show.acts(SPEND + " team"), ["product"], cost_usd=True, people=active_people, acceptance=acceptance,
                   total_tokens=True, usd_per_person=lambda rows: ratio(total(rows, "cost_usd"), active_people(rows)),
                   usd_per_1000_lines=usd_per_1000_lines)


@card
def platform_comparison__token_mix(show):
    rows = [{**row, "week": week(row["day"])} for row in show.acts(MODELS)]
    return grouped(rows, ["week"], cache_read_tokens=True, cache_creation_tokens=True, uncached_input_tokens=True,
                   output_tokens=True)


@card
def platform_comparison__cache_hit_rate(show):
    def cached(rows):
        read, written, plain = (total(rows, name) for name in (
            "cache_read_tokens", "cache_creation_tokens", "uncached_input_tokens"))
        return ratio(read * 100, read + written + plain)
    return grouped([row for row in show.acts(MODELS) if row["total_tokens"] > 0], ["day", "platform"],
                   cached_pct=cached)


@card
def platform_comparison__models_by_tokens(show):
    rows = grouped([row for row in show.acts(MODELS) if row["model"] != "(none)"], ["model"], total_tokens=True)
    return [row for row in rows if row["total_tokens"] > 0]


@card
def platform_comparison__models_by_price(show):
    rows = grouped([row for row in show.acts(MODELS) if row["model"] != "(none)"], ["model", "platform"], cost_usd=True,
                   total_tokens=True, million_tokens=lambda rows: ratio(total(rows, "total_tokens"), 1000000),
                   usd_per_million=lambda rows: ratio(total(rows, "cost_usd") * 1000000, total(rows, "total_tokens")))
    return without([row for row in rows if row["total_tokens"] > 0], "total_tokens")


@card
def platform_comparison__models_by_week(show):
    whole = whole_weeks(show.acts("period"), "day")
    rows = [{**row, "week": week(row["day"])} for row in show.acts(MODELS)
            if week(row["day"]) in whole and row["model"] != "(none)"]
    return grouped(rows, ["week"], requests=True,
                   usd_per_request=lambda rows: ratio(total(rows, "cost_usd"), total(rows, "requests")))


# --- User detail


def on_the_day(show, rows, column="day"):
    """The filter of one day counts beside that of the period."""
    return [row for row in rows if row[column] == show.filters.get("day", row[column])]


@card
def user_detail__profile(show):
    return without(show.only(show.tables.user_profiles, "person"), "is_active")


@card
def user_detail__spend(show):
    return one(cost_usd=zero(total(show.acts("period person"), "cost_usd")))


@card
def user_detail__active_days(show):
    return one(active_days=len({row["usage_date"] for row in show.work("period person") if row["active_users"]}))


@card
def user_detail__lines(show):
    return one(loc_added=zero(total(show.work("period person"), "loc_added")))


@card
def user_detail__acceptance(show):
    return one(acceptance=acceptance(show.work("period person")))


@card
def user_detail__by_day(show):
    return grouped(show.acts("period person"), ["day"], cost_usd=True, loc_added=True)


@card
def user_detail__models(show):
    rows = [row for row in on_the_day(show, show.acts("period person")) if row["total_tokens"] > 0]
    return grouped(rows, ["model"], total_tokens=True)


@card
def user_detail__layers(show):
    rows = on_the_day(show, show.costs("period person"), "cost_date")
    return [row for row in by(rows, "cost_type") if row["cost_usd"] > 0]


@card
def user_detail__the_day(show):
    return grouped(on_the_day(show, show.acts("period person")), ["day", "product", "model"], sessions=True,
                   requests=True, total_tokens=True, loc_added=True, cost_usd=True)


@card
def user_detail__keys(show):
    return [{name: row[name] for name in ("api_key_name", "project", "purpose", "status", "owner_basis")}
            for row in show.only(show.tables.dim_api_keys, "person")]


# --- the queries themselves

OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
TAG = re.compile(r"\{\{\s*(.*?)\s*\}\}")


def literal(value):
    return str(value) if isinstance(value, (int, Decimal)) else f"'{value}'"


class Query:
    """A card as Metabase would send it, at the moment `now`."""

    def __init__(self, sql, tags, snippets):
        self.tags = tags
        self.sql = TAG.sub(lambda found: snippets.get(found[1].removeprefix("snippet:").strip(), found[0]), sql)

    def text(self, filters, now):
        sql = OPTIONAL.sub(lambda part: part[1] if all(
            tag in filters for tag in TAG.findall(part[1])) else "", self.sql)
        sql = TAG.sub(lambda found: self.value(found[1], filters), sql)
        sql = re.sub(r"\bLIMIT \d+\s*$", "", sql.strip())       # the rows behind the cut count as well
        return sql.replace("CURRENT_DATE()", f"DATE '{now[:10]}'").replace("CURRENT_TIMESTAMP()", f"TIMESTAMP '{now}'")

    def value(self, tag, filters):
        kind, wanted = self.tags[tag]["type"], filters.get(tag)
        if kind != "dimension":
            return {"budget": "12000", "day": f"TIMESTAMP '{wanted}'"}.get(tag, literal(wanted))
        if wanted is None:
            return "1 = 1"
        schema, table, column = self.tags[tag]["dimension"][1]["$field"].split(".")
        column = f"`{schema}.{table}`.`{column}`"
        if isinstance(wanted, tuple):
            return f"{column} BETWEEN {literal(wanted[0])} AND {literal(wanted[1])}"
        return f"{column} IN ({', '.join(map(literal, wanted))})"
