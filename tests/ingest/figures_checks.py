"""What each check finds: in the story as it is told, from the tables alone; and in a warehouse where somebody has
broken the one thing that it watches."""
import datetime
import re
import statistics

from figures_facts import COST_KEYS
from figures_tables import grouped, total
from figures_vendors import good_rows, next_day

TWO = ("usage", "overage")


def days_before(tables, day, count):
    """Rows of the cost fact of so many days up to the day."""
    return [row for row in tables.cost if next_day(day, 1 - count) <= row["cost_date"] <= day]


def attribution(tables, day):
    """Days of the last seven on which nobody answers for more than 5 % of usage and overage."""
    rows = grouped([row for row in days_before(tables, day, 7) if row["cost_type"] in TWO], ["cost_date"], cost_usd=True,
                   nobodys=lambda rows: sum(row["cost_usd"] for row in rows if row["attribution"] == "unattributed"))
    return [{"day": row["cost_date"], "cost_usd": row["cost_usd"], "unattributed_usd": row["nobodys"]} for row in rows
            if row["nobodys"] * 20 > row["cost_usd"]]


def usage_without_cost(tables, day):
    """Tokens of the usage report by day, workspace and model without any cost; priority tiers have none."""
    def place(row):
        return row["day"], row["workspace_id"] or "(default)", row["model"]
    paid = {(row["cost_date"], row["workspace_id"], row["model"]) for row in tables.cost if row["product"] == "api"}
    used = [{"place": place(row), "tokens": row["uncached_input_tokens"] + row["cache_read_input_tokens"]
             + row["output_tokens"] + sum(row["cache_creation"].values())}
            for row in tables.facts.of("anthropic_usage", False) if not row["service_tier"].startswith("priority")]
    return [{"day": row["place"][0], "workspace_id": row["place"][1], "model": row["place"][2], "tokens": row["tokens"]}
            for row in grouped(used, ["place"], tokens=True) if row["place"] not in paid and row["tokens"]]


def cost_without_usage(tables, day):
    rows = [row for row in days_before(tables, day, 28) if row["product"] == "api" and row["cost_basis"] == "residual"
            and row["component"] not in ("code_execution", "session_usage")]
    return [{"day": row["cost_date"], **{name: row[name] for name in ("workspace_id", "component", "model", "cost_usd")}}
            for row in rows]


def cursor_cycle(tables, day):
    """Charged events since the start of the cycle against what the vendor says was spent: 1 % and a dollar."""
    spend = [told for told in tables.tries if told["stream"] == "cursor_spend"][-1]
    start = tables.facts.told.cycle_start
    charged = sum(row["cost_usd"] for row in tables.cost if row["cost_type"] == "overage"
                  and start <= row["cost_date"] < spend["day"])
    far = abs(spend["usd"] - charged) > spend["usd"] / 100 + 1
    return [{"cycle_start": start, "spend_usd": spend["usd"], "charged_usd": charged}] if far else []


def anomaly(tables, day):
    """The day against the median of the 28 before it: more than five median deviations, and at least ten dollars."""
    rows, found = grouped([row for row in tables.cost if row["cost_type"] in TWO
                           and next_day(day, -28) <= row["cost_date"] <= day],
                          ["platform", "cost_type", "cost_date"], cost_usd=True), []
    for row in (row for row in rows if row["cost_date"] == day):
        before = [old["cost_usd"] for old in rows if old["cost_date"] < day
                  and all(old[name] == row[name] for name in ("platform", "cost_type"))]
        median = statistics.median(before)
        spread = statistics.median(abs(usd - median) for usd in before)
        if len(before) >= 7 and abs(row["cost_usd"] - median) >= 10 and abs(row["cost_usd"] - median) > 5 * spread:
            found.append({**{name: row[name] for name in ("platform", "cost_type", "cost_usd")}, "median_usd": median})
    return found


def key_moved(tables, day):
    """Keys whose owner is another from a day on among the last 28, or the next."""
    found = []
    for key, versions in tables.facts.keys.history.items():
        held = sorted((start, what["owner_email"]) for start, end, what in versions.list if start < end)
        found += [{"api_key_id": key, "valid_from": start, "owner_before": old, "owner_email": new}
                  for (_, old), (start, new) in zip(held, held[1:])
                  if old != new and next_day(day, -27) <= start <= next_day(day)]
    return found


def key_unmapped(tables, day):
    rows = [row for row in tables.usage if row["api_key_id"] != "(none)" and row["usage_date"] >= next_day(day, -27)
            and tables.keys.get(row["api_key_id"], {}).get("owner_basis") != "sheet"]
    return grouped(rows, ["api_key_id"], first_day=lambda rows: min(row["usage_date"] for row in rows),
                   tokens=lambda rows: total(rows, "total_tokens"))


def key_expiring(tables, day):
    return [{"api_key_id": key, "api_key_name": what["api_key_name"], "owner_email": what["owner_email"],
             "expires_on": what["expires_at"][:10]} for key, what in tables.keys.items()
            if what["status"] == "active" and what["expires_at"] and day <= what["expires_at"][:10] <= next_day(day, 30)]


def sheet_problem(tables, day):
    rules = {"api_keys": (["api_key_id"], ["api_key_id", "email"]), "people": (["email"], ["email", "department"]),
             "subscriptions": (["platform", "plan", "valid_from"],
                               ["platform", "plan", "seats", "monthly_usd", "valid_from"])}
    return [{"cell": row["cell"]} for tab, rule in rules.items() for rows in [tables.facts.told.sheet[tab]]
            for row in rows if row not in good_rows(rows, *rule)]


def seat_unused(tables, day):
    seen = [row["email"] for row in tables.facts.of("cursor_usage")
            if row["isActive"] and next_day(day, -27) <= row["day"] <= day]
    seen += [row["userEmail"] for row in tables.facts.of("cursor_events") if next_day(day, -27) <= row["day"] <= day]
    return [{"user_email": row["email"]} for row in tables.facts.told.members
            if not row["isRemoved"] and row["email"].lower() not in map(str.lower, seen)]


def new_model(tables, day):
    """Models of the day that no day before had, once a week of days is known."""
    before = {row["model"] for row in tables.usage if row["usage_date"] < day}
    known = any(row["usage_date"] < next_day(day, -6) for row in tables.usage)
    rows = [row for row in tables.usage if row["usage_date"] == day and row["model"] not in before | {"(none)"}]
    return grouped(rows if known else [], ["platform", "model"], tokens=lambda rows: total(rows, "total_tokens"))


def freshness(tables, now):
    """Streams whose latest good answer is older than 25 hours."""
    limit = (datetime.datetime.fromisoformat(now[:19]) - datetime.timedelta(hours=25)).isoformat()
    return [row["stream"] for row in grouped(tables.coverage_current, ["stream"], fetched_at=lambda rows: max(
        row["data_fetched_at"] or "" for row in rows)) if row["fetched_at"] <= limit]


WARNINGS = [attribution, usage_without_cost, cost_without_usage, cursor_cycle, anomaly, key_moved, key_unmapped,
            key_expiring, sheet_problem, seat_unused, new_model]
SAYS = re.compile(r"^mbc-ingest: (error|warning): check (\w+): (.*)$", re.MULTILINE)


def said(text):
    """{check: [severity, rows]} of what `mbc-ingest check` has printed."""
    found = {}
    for severity, name, line in SAYS.findall(text):
        rows = found.setdefault(name, [severity, []])[1]
        if not line.startswith(("not so:", "and ")):
            rows.append(line)
    return found


def spelt(row):
    return ", ".join(f"{name} {value}" for name, value in row.items())
