#!/usr/bin/env python3
"""Both facts, every view and every query of the dashboards against figures computed here from the vendors' own
answers. The story in between has a backfill, owners and people who move, a revised day, a change of Anthropic's
API, and a stream that is denied. With --people and --days it is told at another size."""
import argparse
import collections
import functools
import json
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

from figures_cards import CARDS, Query, Show
from figures_checks import WARNINGS, Breaker, freshness, said
from figures_facts import COST_KEYS, COUNTS, USAGE_KEYS, WHO, Facts
from figures_tables import Tables
from figures_vendors import Told, days_from, dollars, next_day
from programs import BUILD, ROOT, Ingest, Vendors, with_warehouse

DATASET = "ai_usage"
LEGACY = {"anthropic_usage": 3, "anthropic_cost": 3, "claude_code": 3, "cursor_usage": 7, "cursor_events": 7}
ANALYTICS = {"anthropic_usage_analytics": 7, "anthropic_cost_analytics": 7}
LISTS = {"anthropic_keys": "keys", "anthropic_users": "users", "anthropic_workspaces": "workspaces",
         "cursor_members": "members", "cursor_spend": "spend"}
TABS = {"sheet_keys": "api_keys", "sheet_people": "people", "sheet_subscriptions": "subscriptions"}
METHODS = {"anthropic_usage": "usage", "anthropic_cost": "cost", "anthropic_usage_analytics": "usage_analytics",
           "anthropic_cost_analytics": "cost_analytics", "claude_code": "code", "cursor_usage": "counters",
           "cursor_events": "events"}
MOMENTS = "recorded_at previous_recorded_at data_fetched_at fetched_at finished_at started_at expires_at".split()
FIRST, NOW = "2026-11-02", "2026-11-12"


def tokens_of(stream, row):
    if stream.startswith("anthropic_usage"):
        return (row["uncached_input_tokens"] + row["cache_read_input_tokens"] + row["output_tokens"]
                + sum(row["cache_creation"].values()))
    used = row.get("tokenUsage", {}) if stream == "cursor_events" else {}
    return sum(used.get(name, 0) for name in ("inputTokens", "outputTokens", "cacheWriteTokens", "cacheReadTokens"))


class Story:
    """Runs of mbc-ingest, each with what the vendors say at its moment."""

    def __init__(self, vendors, ingest):
        self.vendors, self.ingest = vendors, ingest
        self.snapshots, self.tries, self.runs = {}, [], []
        self.loaded = {stream: {} for stream in (*LEGACY, *ANALYTICS)}

    def step(self, day, command, windows, denied=(), code=0, narrow=False):
        """A run at six in the morning of the day; `windows` is {stream: (first, last)}."""
        now, name = f"{day}T06:00:00Z", f"run-{len(self.runs) + 1}"
        self.vendors.ask("clock", {"now": now})
        family = "both" if any(stream in windows for stream in ANALYTICS) else "legacy"
        found = self.ingest.run(*command, MBC_NOW=now, CLOUD_RUN_EXECUTION=name, MBC_ANTHROPIC_FAMILY=family)
        if found != code:
            raise RuntimeError(f"{' '.join(command)} ended with {found}:\n{self.ingest.said}")
        self.runs.append({"run_id": name, "command": command[0], "logical_date": command[-1], "exit_code": code,
                          "started_at": now, "finished_at": now})
        self.vendors.heal()
        told = self.snapshots[day] = Told(self.vendors.url)
        for stream, (first, last) in windows.items():
            rows = collections.defaultdict(list)
            more = {"narrow": True} if narrow and stream == "anthropic_usage" else {}
            for row in () if stream in denied else getattr(told, METHODS[stream])(first, last, **more):
                rows[row["day"]].append(row)
            for one in days_from(first, last):
                self.note(stream, one, name, now, None if stream in denied else rows[one])
        for stream, what in LISTS.items():
            self.note(stream, day, name, now, getattr(told, what))
        for stream, tab in TABS.items():
            self.note(stream, day, name, now, told.sheet[tab])

    def note(self, stream, day, run_id, now, rows):
        status = "denied" if rows is None else "ok" if rows else "empty"
        amounts = [row["usd"] if "usd" in row else dollars(row.get("spendCents", 0)) for row in rows or ()
                   if row.get("usd", 0) is not None]
        self.tries.append({"stream": stream, "day": day, "run_id": run_id, "recorded_at": now, "status": status,
                           "settled": status != "denied", "rows": len(rows or ()), "usd": sum(amounts, Decimal(0)),
                           "tokens": sum(tokens_of(stream, row) for row in rows or ())})
        if stream in self.loaded and rows is not None:
            self.loaded[stream][day] = rows


def write_tab(vendors, tab, rows):
    header = [title for title in rows[0] if title != "cell"]
    vendors.ask("sheet", {"tab": tab, "rows": [header, *([row[title] for title in header] for row in rows)]})


def forget_key(vendors, told):
    """A key that nobody made stands in no sheet: its use is nobody's. Gives its row."""
    made = {row["id"] for row in told.keys if row["created_by"] or row["principal"]}
    rows = told.sheet["api_keys"]
    gone = next(row for row in rows if row["api_key_id"].startswith("apikey_") and row["api_key_id"] not in made)
    write_tab(vendors, "api_keys", [row for row in rows if row is not gone])
    return gone


def move(vendors, told, gone):
    """The forgotten key gets its first owner; another key gets a new one as of a day; a person goes to another
    team, and one gets another e-mail, with the old one as an alias."""
    keys, people = [dict(row) for row in told.sheet["api_keys"]], [dict(row) for row in told.sheet["people"]]
    keys[2].update(email=people[3]["email"], valid_from=next_day(FIRST, -4))
    people[0]["team"] = "night shift"
    people[1].update(aliases=people[1]["email"], email="Somebody.New@example.com ")
    write_tab(vendors, "api_keys", [*keys, gone])
    write_tab(vendors, "people", people)


def tell(vendors, ingest, days):
    story, yesterday = Story(vendors, ingest), next_day(NOW, -1)
    start, middle = next_day(FIRST, -days), next_day(NOW, -2)
    vendors.ask("clock", {"now": f"{FIRST}T06:00:00Z"})
    gone = forget_key(vendors, Told(vendors.url))
    vendors.fail({"path": "/v1/organizations/usage_report/messages", "query": "inference_geo", "status": 400, "times": -1,
                  "text": '{"type": "error", "error": {"message": "group_by[]: Input should be a dimension"}}'})
    story.step(FIRST, ("backfill", "--from", start, "--to", next_day(FIRST, -1)),
               {stream: (start, next_day(FIRST, -1)) for stream in LEGACY}, narrow=True)
    move(vendors, Told(vendors.url), gone)
    story.step(middle, ("backfill", "--from", FIRST, "--to", next_day(middle, -1)),
               {stream: (FIRST, next_day(middle, -1)) for stream in LEGACY})
    vendors.ask("revise", {"vendor": "anthropic", "day": next_day(NOW, -3)})
    vendors.ask("revise", {"vendor": "cursor", "day": next_day(NOW, -6)})
    vendors.fail({"path": "/v1/organizations/usage_report/claude_code", "status": 403, "times": -1})
    story.step(NOW, ("run", "--date", yesterday),
               {stream: (next_day(NOW, -width), yesterday) for stream, width in {**LEGACY, **ANALYTICS}.items()},
               denied=("claude_code",), code=4)
    return story


def canonical(value, near):
    """One spelling of each value; quotients of sums are doubles in the warehouse and compared as such."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    if isinstance(value, str) and not re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", value):
        return value
    return f"{float(value):.9g}" if near else f"{Decimal(value).normalize() + 0:f}"


def compare(tap, name, columns, expected, found):
    near = {column for row in expected for column in columns if isinstance(row[column], Fraction)}
    expected = sorted((tuple(canonical(row[column], column in near) for column in columns) for row in expected),
                      key=str)
    found = sorted((tuple(canonical(value, column in near) for column, value in zip(columns, row)) for row in found),
                   key=str)
    missing, more = ([row for row in one if row not in other] for one, other in ((expected, found), (found, expected)))
    why = "" if expected == found else "\n".join(
        [f"{len(expected)} rows expected, {len(found)} found", ", ".join(columns)]
        + [f"expected {row}" for row in missing[:5]] + [f"found    {row}" for row in more[:5]])
    tap.result(expected == found, name, why)


def select(columns):
    """Moments in the form in which they are told."""
    return ", ".join(f"FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%SZ', {column})" if column in MOMENTS else f"`{column}`"
                     for column in columns)


def views(tap, tables, ingest):
    named = {"fct_usage_daily": tables.usage, "fct_cost_daily": tables.cost}
    columns_of = {"fct_usage_daily": [*USAGE_KEYS, *WHO, *COUNTS],
                  "fct_cost_daily": [*COST_KEYS, *WHO, "cost_usd", "list_usd"]}
    for name in (*named, *(path.stem for path in sorted((ROOT / "sql/views").glob("*.sql"))),
                 *(path.stem for path in sorted((ROOT / "sql/tables").glob("dim_*.sql")))):
        expected = named.get(name) or getattr(tables, name)
        columns = [column for column in columns_of.get(name, list(expected[0])) if column != "told_from"]
        compare(tap, f"{name}: each row is what the vendors' records say", columns, expected,
                ingest.query(f"SELECT {select(columns)} FROM `${name}`"))


def native_cards():
    """What `mbc compile` makes of dashboards/: (key, query) of each card that has SQL of its own."""
    done = subprocess.run([BUILD / "mbc", "compile", ROOT / "dashboards"], cwd=ROOT, capture_output=True, text=True)
    objects = json.loads(done.stdout)["objects"]
    snippets = {item["body"]["name"]: item["body"]["content"] for item in objects if item["kind"] == "snippet"}
    for item in objects:
        native = item["body"].get("dataset_query", {}).get("native") if item["kind"] == "card" else None
        if native:
            yield item["key"].removesuffix("#source"), Query(native["query"], native.get("template-tags", {}), snippets)


def filter_sets(tables):
    """What people set: the defaults, then a place, then one person, then the rest. Values come from the data."""
    def often(rows, name, least=("(none)", "(unattributed)")):
        return collections.Counter(row[name] for row in rows if row[name] not in least).most_common(1)[0][0]
    person = often([row for row in tables.usage if row["product"] == "claude_code"], "user_email")
    place = next(row for row in tables.usage if row["user_email"] == person)
    key = often([row for row in tables.cost_allocation if row["product"] == "api"], "api_key")
    yield "by default", {"period": (next_day(NOW, -30), next_day(NOW, -1))}
    yield "for a team", {"period": (next_day(FIRST, -7), next_day(FIRST, -1)), "department": [place["department"]],
                         "team": [place["team"]], "days": (next_day(NOW, -5), next_day(NOW, -2)),
                         "stream": ["cursor_events", "claude_code", "anthropic_cost"]}
    yield "for a person", {"period": (next_day(FIRST, -9), NOW), "person": [person], "platform": ["anthropic"],
                           "day": often([row for row in tables.daily_activity if row["user_email"] == person], "day")}
    yield "for the rest", {"period": (next_day(FIRST, -9), NOW), "workspace": ["Default", "Research"],
                           "product": ["claude_code"], "model": ["claude-sonnet-4-6", "gpt-5", "default"],
                           "key_name": key[2:6].upper(), "cost_of_line": (Decimal("0.01"), Decimal(3))}


def cards(tap, tables, story, ingest, every):
    """Each card by default, and under the set that has most of its filters, or under every set."""
    now, (default, *others) = f"{NOW}T06:00:00Z", filter_sets(tables)
    for key, query in native_cards():
        if key not in CARDS:
            tap.result(False, f"card {key} has a figure of its own", "no function in figures_cards.py")
            continue
        others.sort(key=lambda named: -len(set(named[1]) & set(query.tags) - {"period"}))
        fit = [default] + [named for named in others if set(named[1]) & set(query.tags) - {"period"}]
        for name, filters in fit if every else fit[:2]:
            filters = {tag: value for tag, value in filters.items() if tag in query.tags}
            expected = CARDS[key](Show(tables, story.runs, NOW, filters))
            columns = list(expected[0]) if expected else []
            wanted = select(columns) or "'a row'"
            found = ingest.query(f"SELECT {wanted} FROM ({query.text(filters, now)}) AS card")
            compare(tap, f"card {key} {name}", columns, expected, found)


def ask_checks(tap, title, ingest, code, expected):
    ended = ingest.run("check", "--date", next_day(NOW, -1), MBC_NOW=f"{NOW}T06:00:00Z", MBC_ANTHROPIC_FAMILY="both")
    tap.result(ended == code, f"{title}: exit {code}", ingest.said if ended != code else "")
    judge(tap, title, ingest.said, expected)


def judge(tap, title, text, expected):
    """What was said of each check that fires: its severity and rows."""
    found = said(text)
    fire = {name for name, (_, rows) in expected.items() if rows}
    tap.result(set(found) == fire, f"{title}: the checks that fire",
               "" if set(found) == fire else f"expected {sorted(fire)}\nfound    {sorted(found)}")
    for name, (severity, rows) in expected.items():
        shown = found.get(name, (severity, []))
        columns = list(rows[0]) if rows else []
        show = [[row.get(column) for column in columns] for row in shown[1]]
        if rows and len(rows) > len(show) == 5:
            rows = [row for row in rows if [canonical(value, False) for value in row.values()] in [
                [canonical(value, False) for value in line] for line in show]]
        tap.result(shown[0] == severity, f"{title}: {name} is of severity {severity}")
        compare(tap, f"{title}: {name}", columns, rows, show)


def checks(tap, tables, ingest):
    """The last run of the story has said what they find in it; then more and more is broken."""
    day = next_day(NOW, -1)
    breaker = Breaker(tables, ingest, next_day(FIRST, -4), day)

    def warnings():
        return {check.__name__: ("warning", check(tables, day)) for check in WARNINGS}
    stale = {"freshness": ("error", freshness(tables, f"{NOW}T06:00:00Z"))}
    at_first = warnings()
    judge(tap, "the story", ingest.said, {**at_first, **stale})
    breaker.freshen()
    breaker.warn()
    then = warnings()
    ask_checks(tap, "with more to warn of", ingest, 0, then)
    silent = [name for name in then if not at_first[name][1] and not then[name][1]]
    tap.result(not silent, "every warning has been seen to fire", f"not {silent}" if silent else "")
    broken = {name: ("error", rows) for name, rows in breaker.break_all().items()}
    ask_checks(tap, "with all errors", ingest, 1, {**warnings(), **broken})
    files = {path.stem for path in (ROOT / "sql/checks").glob("*.sql")}
    tap.result(files == {*broken, *warnings()}, "every check of sql/checks was among them")


def options():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", default="12")
    options.add_argument("--days", type=int, default=7, help="of the first backfill")
    options.add_argument("--every-filter", action="store_true", help="show each card under every set of filters")
    return options.parse_args()


def main(options, tap, warehouse):
    size = ("--people", options.people, "--days", str(options.days + 12))
    with Vendors(*size, now=f"{NOW}T06:00:00Z") as vendors:
        ingest = Ingest(vendors, warehouse, DATASET)
        story = tell(vendors, ingest, options.days)
        expected = Tables(Facts(story.snapshots, story.loaded), story.tries)
        views(tap, expected, ingest)
        cards(tap, expected, story, ingest, options.every_filter)
        checks(tap, expected, ingest)


if __name__ == "__main__":
    sys.exit(with_warehouse(functools.partial(main, options())))
