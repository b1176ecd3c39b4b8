"""What each check finds: in the story as it is told, from the tables alone; and in a warehouse where somebody has
broken the one thing that it watches."""
import datetime
import re
import statistics

from decimal import Decimal
from fractions import Fraction

from figures_facts import COST_KEYS
from figures_tables import grouped, total
from figures_vendors import good_rows, next_day

TWO = ("usage", "overage")
NANO = Decimal("1e-9")


def days_before(tables, day, count):
    """Rows of the cost fact of so many days up to the day."""
    return [row for row in tables.cost if next_day(day, 1 - count) <= row["cost_date"] <= day]


def attribution(tables, day):
    """Seven days of which nobody answers for more than 5 % of usage and overage."""
    rows = [row for row in days_before(tables, day, 7) if row["cost_type"] in TWO]
    all_usd = total(rows, "cost_usd")
    nobodys = sum(row["cost_usd"] for row in rows if row["attribution"] == "unattributed")
    days = [row["cost_date"] for row in rows]
    return [{"first_day": min(days), "last_day": max(days), "cost_usd": all_usd, "unattributed_usd": nobodys}
            ] if nobodys * 20 > all_usd else []


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
    return [{"day": row["cost_date"], "workspace_id": row["workspace_id"], "component": row["component"],
             "model": row["model"], "cost_usd": row["cost_usd"]} for row in rows]


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
            found.append({**{name: row[name] for name in ("platform", "cost_type", "cost_usd")},
                          "median_usd": Fraction(median)})
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
            if what["status"] == "active" and day <= (what["expires_at"] or "")[:10] <= next_day(day, 30)]


def sheet_problem(tables, day):
    rules = {"api_keys": (["api_key_id"], ["api_key_id", "email"]), "people": (["email"], ["email", "department"]),
             "subscriptions": (["platform", "plan", "valid_from"],
                               ["platform", "plan", "seats", "monthly_usd", "valid_from"])}
    return [{"cell": row["cell"]} for tab, rule in rules.items() for rows in [tables.facts.told.sheet[tab]]
            for row in rows if row not in good_rows(rows, *rule)]


def seat_unused(tables, day):
    return [{"user_email": row["user_email"], "last_day": row["last_day"]} for row in tables.seats()
            if (row["last_day"] or "") < next_day(day, -27)]


def new_model(tables, day):
    """Models of the day that no day before had, once a week of days is known."""
    before = {row["model"] for row in tables.usage if row["usage_date"] < day}
    known = any(row["usage_date"] < next_day(day, -6) for row in tables.usage)
    rows = [row for row in tables.usage if row["usage_date"] == day and row["model"] not in before | {"(none)"}]
    return grouped(rows if known else [], ["platform", "model"], tokens=lambda rows: total(rows, "total_tokens"))


def coverage_gap(tables, day):
    """Days between the first and the last of a stream that have nothing, and are older than a week."""
    found = []
    for stream in ("anthropic_cost", "anthropic_usage", "claude_code", "cursor_events", "cursor_usage"):
        days = sorted(row["day"] for row in tables.coverage_current if row["stream"] == stream and row["data_status"])
        found += [{"stream": stream, "first_day": next_day(before), "last_day": next_day(after, -1)}
                  for before, after in zip(days, days[1:]) if next_day(before) < min(after, next_day(day, -7))]
    return found


def freshness(tables, now):
    """Streams whose latest good answer is older than 25 hours."""
    limit = (datetime.datetime.fromisoformat(now[:19]) - datetime.timedelta(hours=25)).isoformat()
    streams = grouped(tables.coverage_current, ["stream"],
                      at=lambda rows: max(row["data_fetched_at"] or "" for row in rows))
    return [{"stream": row["stream"]} for row in streams if row["at"] <= limit]


WARNINGS = [attribution, usage_without_cost, cost_without_usage, cursor_cycle, anomaly, key_moved, key_unmapped,
            key_expiring, sheet_problem, seat_unused, new_model, coverage_gap]


def where(row, names):
    return " AND ".join(f"{name} = '{row[name]}'" for name in names)


class Breaker:
    """Breaks the warehouse so that each check has something to say; the tables are changed alike, so that the
    functions above say what it must be."""

    def __init__(self, tables, ingest, first, day):
        self.tables, self.ingest, self.first, self.day = tables, ingest, first, day

    def change(self, table, row, names, **values):
        """One row of the warehouse and of the tables."""
        given = ", ".join(f"{name} = {value!r}" if isinstance(value, (str, int)) else f"{name} = NUMERIC '{value}'"
                          for name, value in values.items())
        self.ingest.query(f"UPDATE `${table}` SET {given} WHERE {where(row, names)}")
        row.update(values)

    def cost_row(self, day, **wanted):
        return next(row for row in self.tables.cost if row["cost_date"] == day
                    and all(row[name] == value for name, value in wanted.items()))

    def freshen(self):
        """The denied stream comes back, with nothing to tell."""
        self.ingest.query(f"""
            INSERT INTO `$coverage` (stream, day, run_id, recorded_at, status, settled, loaded, fetched_at)
            SELECT 'claude_code', DATE '{self.day}', 'later', MAX(recorded_at), 'empty', TRUE, FALSE, MAX(recorded_at)
            FROM `$coverage`""")

    def warn(self):
        tables, long_ago = self.tables, next_day(self.first, -60)
        self.ingest.query(f"""
            INSERT INTO `$coverage` (stream, day, run_id, recorded_at, status, settled, loaded, fetched_at)
            SELECT 'cursor_usage', DATE '{long_ago}', 'before', MIN(recorded_at), 'empty', TRUE, FALSE, MIN(recorded_at)
            FROM `$coverage`""")
        tables.coverage_current.append({"stream": "cursor_usage", "day": long_ago, "data_status": "empty"})
        early = self.cost_row(self.first, product="api", cost_basis="allocated", component="tokens")
        for row in [row for row in tables.cost if row["cost_date"] == self.first and row["product"] == "api"
                    and all(row[name] == early[name] for name in ("workspace_id", "model"))]:
            self.change("fct_cost_daily", row, COST_KEYS, model="unheard-of")
        late = self.cost_row(next_day(self.first), product="api", cost_basis="allocated", component="tokens")
        self.change("fct_cost_daily", late, COST_KEYS, cost_basis="residual")
        self.spend_more(tables)
        member = tables.facts.told.members[0]
        self.ingest.query(f"""UPDATE `$raw_cursor_members` SET user_email = 'idle@example.com'
                              WHERE user_email = '{member["email"]}'""")
        member.update(email="idle@example.com", isRemoved=False)
        used = next(row for row in tables.usage if row["usage_date"] == self.day and row["total_tokens"])
        self.change("fct_usage_daily", used, ["usage_date", "product", "api_key_id", "user_email", "model"],
                    model="unheard-of")

    def spend_more(self, tables):
        """Forty dollars of one event, in the raw row and in the fact; the vendor says nothing of them, and nobody
        answers for them."""
        row = self.cost_row(self.day, cost_type="overage")
        self.ingest.query(f"""
            UPDATE `$raw_cursor_events` SET charged_usd = charged_usd + 40 WHERE event_hash = (
              SELECT MIN(event_hash) FROM `$raw_cursor_events`
              WHERE usage_date = '{self.day}' AND is_chargeable AND model = '{row["model"]}' AND ordinal = 0)""")
        self.change("fct_cost_daily", row, COST_KEYS, cost_usd=row["cost_usd"] + 40, list_usd=row["list_usd"] + 40,
                    attribution="unattributed")

    def break_all(self):
        """Each check of severity error, with the rows that it must show."""
        tables, day, first = self.tables, self.day, self.first
        used = [row for row in tables.usage if row["usage_date"] == day and row["product"] == "cursor"]
        one = next(row for row in used if row["total_tokens"])
        raw = total(used, "total_tokens")
        keys = ["usage_date", "product", "user_email", "model"]
        self.change("fct_usage_daily", one, keys, total_tokens=one["total_tokens"] + 5)
        worth = self.cost_row(day, cost_type="included")
        raw_usd = sum(row["list_usd"] for row in tables.cost
                      if row["cost_date"] == day and row["cost_type"] == "included")
        self.change("fct_cost_daily", worth, COST_KEYS, list_usd=worth["list_usd"] + NANO)
        seat = self.cost_row(day, cost_type="subscription")
        self.ingest.query(f"""INSERT INTO `$fct_cost_daily`
                              SELECT * FROM `$fct_cost_daily` WHERE {where(seat, COST_KEYS)}""")
        lazy = next(row for row in tables.usage if row["product"] == "claude_code" and row["rejects"] is not None
                    and row["usage_date"] > next_day(day, -28))
        self.change("fct_usage_daily", lazy, [*keys, "api_key_id"], rejects=-1)
        email = max(tables.facts.people.history)
        self.ingest.query(f"""
            INSERT INTO `$dim_users_history` (user_email, department, team, is_active, valid_from, valid_to)
            VALUES ('{email}', '(none)', '(none)', TRUE, DATE '{day}', DATE '9999-12-31')""")
        started = max(start for start, _, _ in tables.facts.people.history[email].list)
        users = [told for told in tables.tries if told["stream"] == "anthropic_users"][-2]
        self.ingest.query(f"DELETE FROM `$raw_anthropic_users` WHERE snapshot_date = '{users['day']}' AND ordinal = 0 "
                          f"AND user_id = '{tables.facts.told.users[0]['id']}'")
        self.ingest.query(f"DELETE FROM `$fact_builds` WHERE fact = 'fct_cost_daily' AND day = '{first}'")
        self.ingest.query(f"""UPDATE `$fact_builds` SET built_at = TIMESTAMP '2026-01-01 00:00:00'
                              WHERE fact = 'fct_usage_daily' AND day = '{day}'""")
        return {
            "usage_totals": [{"day": day, "product": "cursor", "raw_tokens": raw, "fact_tokens": raw + 5}],
            "cost_totals": [{"day": day, "cost_type": "included", "raw_usd": raw_usd, "fact_usd": raw_usd + NANO}],
            "grain_unique": [{"fact": "fct_cost_daily", "day": day, "user_email": "(unattributed)", "times": 2}],
            "negative_counts": [{"day": lazy["usage_date"], "product": "claude_code",
                                 "user_email": lazy["user_email"]}],
            "history_overlap": [{"kind": "person", "name": email, "valid_from": started, "next_from": day}],
            "raw_matches_coverage": [{"stream": "anthropic_users", "day": users["day"], "covered_rows": users["rows"],
                                      "raw_rows": users["rows"] - 1}],
            "builds_current": [{"day": first, "fact": "fct_cost_daily"}, {"day": day, "fact": "fct_usage_daily"}],
        }


SAYS = re.compile(r"^mbc-ingest: (error|warning): check (\w+): (.*)$", re.MULTILINE)


def said(text):
    """{check: (severity, rows)} of what `mbc-ingest check` has printed; five rows at most are shown."""
    found = {}
    for severity, name, line in SAYS.findall(text):
        rows = found.setdefault(name, (severity, []))[1]
        if name == "freshness":
            rows.append({"stream": line.split()[0]})
        elif not line.startswith(("not so:", "and ")):
            parts = [part.split(" ", 1) for part in line.split(", ") if " " in part]    # a text may have commas
            rows.append({column: None if value == "NULL" else value for column, value in parts})
    return found
