"""Fills a local warehouse with the tables of sql/ and with sample rows: one company of 40 people over
120 days, up to yesterday. The same seed and day give the same rows. What is already there stays: the
dataset carries a label with a digest of everything that made it, and only another digest builds it anew.
"""

import argparse
import datetime
import decimal
import hashlib
import json
import pathlib
import random
import sys
import time
import urllib.error
import urllib.request

SEED = "ai-usage-1"
DAYS = 120
DEPARTMENTS = {
    "Engineering": {"Backend": 7, "Frontend": 5, "Mobile": 4, "Infrastructure": 4},
    "Data": {"Analytics": 4, "Machine learning": 4},
    "Product": {"Design": 3, "Research": 2},
    "Support": {"Customer care": 4},
    "Finance": {"Controlling": 3},
}
FIRST = (
    "Ada Alan Anita Barbara Carl Cynthia Dennis Dorothy Edsger Elena Frances Grace Hedy Ivan Jean John "
    "Karen Ken Leslie Linus Lynn Margaret Marie Niklaus Nadia Ole Peter Radia Robin Rosa Sophie Stefan "
    "Tim Tony Ursula Vera Walter Wendy Yuki Zoe"
).split()
LAST = (
    "Adler Bauer Costa Dahl Evans Fischer Garcia Hansen Ito Jansen Kowalski Lind Moreau Novak Okafor "
    "Petrov Quinn Rossi Santos Tanaka Urban Varga Weber Xu Young Zeman Brandt Cohen Duarte Ek Farkas "
    "Greco Holm Iversen Jung Klein Larsen Meyer Nagy Olsen"
).split()
# Dollars for a million tokens: input, read from the cache, written to the cache, output.
PRICES = {
    "claude-opus-4-6": (5, 0.5, 6.25, 25),
    "claude-sonnet-4-6": (3, 0.3, 3.75, 15),
    "claude-haiku-4-5": (1, 0.1, 1.25, 5),
    "gpt-5.2": (1.75, 0.175, 1.75, 14),
    "gemini-3-pro": (2, 0.2, 2, 12),
    "composer-2": (1.25, 0.125, 1.25, 10),
}
ANTHROPIC_MODELS = ["claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5"]
CURSOR_MODELS = ["claude-sonnet-4-6", "gpt-5.2", "gemini-3-pro", "composer-2"]
WORKSPACES = {
    "(default)": "Default",
    "wrkspc_01Platform": "Platform",
    "wrkspc_02Research": "Research",
    "wrkspc_03Support": "Support assistant",
}
# Name, workspace, team that pays, project, what it is for, size of its traffic.
KEYS = [
    ("support-bot-prod", "wrkspc_03Support", "Customer care", "Support assistant", "Answers tickets", 5.0),
    ("support-bot-staging", "wrkspc_03Support", "Customer care", "Support assistant", "Tests", 0.4),
    ("search-ranking", "wrkspc_01Platform", "Backend", "Search", "Ranks results", 3.0),
    ("code-review", "wrkspc_01Platform", "Infrastructure", "Developer tools", "Reviews changes", 2.2),
    ("release-notes", "wrkspc_01Platform", "Infrastructure", "Developer tools", "Writes release notes", 0.3),
    ("mobile-assistant", "wrkspc_01Platform", "Mobile", "Assistant", "Helps in the app", 2.6),
    ("design-critique", "(default)", "Design", "Design system", "Comments on designs", 0.3),
    ("interview-notes", "(default)", "Research", "User research", "Sums up interviews", 0.5),
    ("forecasting", "wrkspc_02Research", "Analytics", "Forecasting", "Explains forecasts", 1.1),
    ("evals-nightly", "wrkspc_02Research", "Machine learning", "Evals", "Nightly evaluation", 3.4),
    ("labelling", "wrkspc_02Research", "Machine learning", "Labelling", "Labels documents", 1.8),
    ("notebooks", "wrkspc_02Research", "Analytics", "(none)", "Notebooks of the team", 0.6),
    ("invoice-reader", "(default)", "Controlling", "Accounts payable", "Reads invoices", 0.7),
    ("hackathon-2025", "(default)", None, "(none)", "Left over from the hackathon", 0.9),
]
CURSOR_PLAN_USD = decimal.Decimal(40)
CLAUDE_PLAN_USD = decimal.Decimal(100)
STREAMS = {
    "anthropic_usage": ("api", "tokens"),
    "anthropic_cost": ("api", "usd"),
    "claude_code": ("claude_code", "tokens"),
    "cursor_usage": ("cursor", None),
    "cursor_events": ("cursor", "tokens"),
    "cursor_spend": ("cursor", "usd"),
    "sheet_keys": (None, None),
    "sheet_people": (None, None),
}
CENT_OF_CENT = decimal.Decimal("0.000001")


class Company:
    """The people and the keys, the same on every day."""

    def __init__(self):
        dice = random.Random(SEED)
        teams = [(d, t) for d, sizes in DEPARTMENTS.items() for t, n in sizes.items() for _ in range(n)]
        self.people = []
        for number, (first, last) in enumerate(zip(FIRST, LAST)):
            department, team = teams[number]
            builds = department in ("Engineering", "Data")
            self.people.append(
                {
                    "email": f"{first}.{last}@example.com".lower(),
                    "id": f"user_{number + 1:03d}",
                    "first": first,
                    "last": last,
                    "department": department,
                    "team": team,
                    "active": number % 19 != 18,
                    "claude_code": builds and dice.random() < 0.75,
                    "cursor": (builds or department == "Product") and dice.random() < 0.8,
                    "zeal": dice.lognormvariate(0, 0.5),
                    "joins": dice.choice([0, 0, 0, 10, 25, 40, 60]),
                }
            )
        self.keys = [self.key(number, row) for number, row in enumerate(KEYS)]

    def key(self, number, row):
        name, workspace, team, project, purpose, size = row
        owner = next((p for p in self.people if p["team"] == team), None)
        return {
            "id": f"apikey_{number + 1:02d}",
            "name": name,
            "workspace": workspace,
            "team": team or "(none)",
            "department": owner["department"] if owner else "(none)",
            "project": project,
            "purpose": purpose,
            "size": size,
            "owner": owner["email"] if owner else "(unattributed)",
            "basis": "(none)" if not owner else "sheet" if number % 3 else "creator",
        }


def money(value):
    return str(decimal.Decimal(value).quantize(CENT_OF_CENT, decimal.ROUND_HALF_UP))


def price(model, tokens):
    """Dollars for tokens: input, read from the cache, written to the cache, output."""
    total = sum(decimal.Decimal(str(p)) * t for p, t in zip(PRICES[model], tokens))
    return (total / 1_000_000).quantize(CENT_OF_CENT, decimal.ROUND_HALF_UP)


def token_mix(dice, size):
    cached = int(size * dice.uniform(2.0, 5.0))
    return int(size), cached, int(cached * dice.uniform(0.05, 0.12)), int(size * dice.uniform(0.15, 0.35))


def tokens_of(mix):
    fresh, cached, created, output = mix
    return {
        "uncached_input_tokens": fresh,
        "cache_read_tokens": cached,
        "cache_creation_tokens": created,
        "output_tokens": output,
        "total_tokens": sum(mix),
    }


class Day:
    """All rows of one day. Two lists of facts; what the streams count is read off them."""

    def __init__(self, company, date, number):
        self.company, self.date, self.number = company, date, number
        self.dice = random.Random(f"{SEED}:{date}")
        self.pace = (0.25 if date.weekday() > 4 else 1.0) * (1 + 0.7 * number / DAYS)
        self.usage, self.cost = [], []
        self.requests_by_key()
        for person in company.people:
            if person["active"] and number >= person["joins"]:
                self.activity_of(person)
        self.seats()

    def keys_of_row(self, platform, product, email, department, team, attribution, **more):
        return {
            "platform": platform,
            "product": product,
            "workspace_id": "(none)",
            "api_key_id": "(none)",
            "user_email": email,
            "department": department,
            "team": team,
            "attribution": attribution,
            **more,
        }

    def add_usage(self, keys, **measures):
        self.usage.append({"usage_date": str(self.date), "model": "(none)", **keys, **measures})

    def add_cost(self, keys, cost_type, component, basis, cost, listed):
        self.cost.append(
            {
                "cost_date": str(self.date),
                "model": "(none)",
                **keys,
                "cost_type": cost_type,
                "component": component,
                "cost_basis": basis,
                "cost_usd": money(cost),
                "list_usd": money(listed),
            }
        )

    def requests_by_key(self):
        for key in self.company.keys:
            night_job = key["name"] in ("evals-nightly", "support-bot-prod")
            pace = (1 + 0.7 * self.number / DAYS) if night_job else self.pace
            if key["name"] == "evals-nightly" and self.number in (71, 72):
                pace *= 6  # a loop that nobody stopped over night
            for model, part in zip(ANTHROPIC_MODELS, self.model_parts()):
                size = 900_000 * key["size"] * pace * part * self.dice.uniform(0.7, 1.3)
                if size > 20_000:
                    self.requests_of(key, model, size)

    def model_parts(self):
        opus = 0.08 + 0.12 * self.number / DAYS
        return opus, 0.62 - opus, 0.38

    def requests_of(self, key, model, size):
        mix = token_mix(self.dice, size)
        keys = self.keys_of_row(
            "anthropic", "api", key["owner"], key["department"], key["team"],
            "unattributed" if key["owner"].startswith("(") else key["basis"],
            workspace_id=key["workspace"], api_key_id=key["id"], model=model,
        )
        searches = int(size / 400_000) if key["name"] in ("forecasting", "interview-notes") else 0
        self.add_usage(keys, **tokens_of(mix), requests=max(1, int(size / 6_000)), web_search_requests=searches)
        cost = price(model, mix)
        self.add_cost(keys, "usage", "tokens", "allocated", cost, cost)
        if searches:
            fee = decimal.Decimal(searches) / 100
            self.add_cost(keys, "usage", "web_search", "allocated", fee, fee)

    def activity_of(self, person):
        works = self.dice.random() < (0.12 if self.date.weekday() > 4 else 0.82)
        effort = person["zeal"] * (1 + 0.5 * self.number / DAYS) * self.dice.uniform(0.4, 1.6)
        if works and person["claude_code"]:
            self.claude_code(person, effort)
        if works and person["cursor"]:
            self.cursor(person, effort)

    def identity(self, platform, product, person, **more):
        return self.keys_of_row(
            platform, product, person["email"], person["department"], person["team"], "email", **more
        )

    def claude_code(self, person, effort):
        keys = self.identity("anthropic", "claude_code", person)
        accepts = int(18 * effort)
        self.add_usage(
            keys,
            **tokens_of(token_mix(self.dice, 120_000 * effort)),
            sessions=1 + int(2 * effort),
            loc_added=int(310 * effort * self.dice.uniform(0.5, 1.5)),
            loc_removed=int(120 * effort * self.dice.uniform(0.5, 1.5)),
            accepts=accepts,
            rejects=int(accepts * self.dice.uniform(0.1, 0.35)),
            commits=int(2.2 * effort),
            pull_requests=int(0.8 * effort + self.dice.random() * 0.6),
        )

    def cursor(self, person, effort):
        keys = self.identity("cursor", "cursor", person)
        accepts = int(26 * effort)
        added = int(260 * effort * self.dice.uniform(0.5, 1.5))
        self.add_usage(
            keys,
            loc_added=added,
            loc_removed=int(added * self.dice.uniform(0.2, 0.5)),
            loc_accepted=int(added * self.dice.uniform(0.45, 0.8)),
            accepts=accepts,
            rejects=int(accepts * self.dice.uniform(0.2, 0.6)),
        )
        for model in self.dice.sample(CURSOR_MODELS, 2):
            mix = token_mix(self.dice, 60_000 * effort)
            keys = self.identity("cursor", "cursor", person, model=model)
            self.add_usage(keys, **tokens_of(mix), requests=1 + int(9 * effort))
            self.events(keys, model, mix)

    def events(self, keys, model, mix):
        listed = price(model, mix)
        beyond_plan = self.date.day > 16
        part = decimal.Decimal(str(round(self.dice.uniform(0.3, 0.7), 2))) if beyond_plan else 0
        charged = listed * part
        self.add_cost(keys, "included", "event", "reported", 0, listed - charged)
        if charged:
            self.add_cost(keys, "overage", "event", "reported", charged, charged)

    def seats(self):
        for person in self.company.people:
            if self.number < person["joins"]:
                continue
            if person["cursor"]:
                self.seat(self.identity("cursor", "cursor", person), CURSOR_PLAN_USD)
            if person["claude_code"]:
                self.seat(self.identity("anthropic", "claude_code", person), CLAUDE_PLAN_USD)

    def seat(self, keys, monthly):
        share = monthly * 12 / 365
        self.add_cost(keys, "subscription", "seat", "reported", share, share)

    def sums(self, product):
        usage = [row for row in self.usage if row["product"] == product]
        cost = [row for row in self.cost if row["product"] == product and row["component"] != "seat"]
        tokens = sum(row.get("total_tokens", 0) for row in usage)
        return len(usage), tokens, sum((decimal.Decimal(row["cost_usd"]) for row in cost), decimal.Decimal(0))


def moment(date, hour, minute=0):
    return f"{date}T{hour:02d}:{minute:02d}:00Z"


def coverage_row(stream, date, fetched_on, sums, **more):
    rows, tokens, usd = sums
    measure = STREAMS[stream][1]
    return {
        "stream": stream,
        "day": str(date),
        "run_id": f"{fetched_on:%Y%m%d}t040000z-sample",
        "recorded_at": moment(fetched_on, 4, 5),
        "status": "ok" if rows else "empty",
        "settled": True,
        "loaded": True,
        "rows": rows,
        "pages": 1 + rows // 1000,
        "sum_tokens": tokens if measure == "tokens" else None,
        "sum_usd": money(usd) if measure == "usd" else None,
        "fetched_at": moment(fetched_on, 4, 2),
        "data_refreshed_at": moment(fetched_on, 3, 40),
        **more,
    }


def failed_row(row, reason, message):
    measures = {"rows": 0, "pages": 0, "sum_tokens": None, "sum_usd": None, "fetched_at": None}
    return {**row, **measures, "status": "failed", "loaded": False, "reason": reason, "message": message}


def coverage_of(day, today):
    """The day as the run of the next morning saw it, and what later runs put right."""
    for stream, (product, _) in STREAMS.items():
        sums = day.sums(product) if product else (len(day.company.people), 0, decimal.Decimal(0))
        fetched_on = day.date + datetime.timedelta(days=1)
        later = day.date + datetime.timedelta(days=2)
        row = coverage_row(stream, day.date, fetched_on, sums)
        if stream == "cursor_events" and day.number in (33, DAYS - 1):
            yield failed_row(row, "http", "503 from the vendor after 5 tries")
            if later <= today:
                yield coverage_row(stream, day.date, later, sums)
        elif stream == "anthropic_cost" and day.number % 17 == 4 and later <= today:
            rows, tokens, usd = sums
            yield coverage_row(stream, day.date, fetched_on, (rows, tokens, usd * decimal.Decimal("0.97")))
            yield coverage_row(stream, day.date, later, sums)
        else:
            yield row


def run_row(day):
    fetched_on = day.date + datetime.timedelta(days=1)
    failed = day.number in (33, DAYS - 1)
    return {
        "run_id": f"{fetched_on:%Y%m%d}t040000z-sample",
        "task_index": 0,
        "command": "run",
        "logical_date": str(day.date),
        "started_at": moment(fetched_on, 4),
        "finished_at": moment(fetched_on, 4, 6 + day.number % 5),
        "exit_code": 4 if failed else 0,
        "version": "0.1.0",
        "vendors": [
            {"vendor": v, "calls": c + day.number % 4, "retries": 5 if failed else day.number % 2, "wait_ms": 900}
            for v, c in (("anthropic", 11), ("cursor", 14), ("google_sheets", 2))
        ],
        "rows": len(day.usage) + len(day.cost),
        "load_jobs": 8,
        "query_jobs": 12,
        "bytes_billed": 120 * 1024 * 1024 + day.number * 400_000,
        "message": "cursor_events: 503 from the vendor after 5 tries" if failed else None,
    }


def builds_of(day):
    fetched_on = day.date + datetime.timedelta(days=1)
    for fact in ("fct_usage_daily", "fct_cost_daily"):
        yield {
            "fact": fact,
            "day": str(day.date),
            "input_hash": hashlib.sha256(f"{SEED}:{fact}:{day.date}".encode()).hexdigest(),
            "run_id": f"{fetched_on:%Y%m%d}t040000z-sample",
            "built_at": moment(fetched_on, 4, 6),
        }


def dimensions(company):
    users = [
        {
            "user_email": p["email"], "user_id": p["id"], "first_name": p["first"], "last_name": p["last"],
            "department": p["department"], "team": p["team"], "is_active": p["active"],
        }
        for p in company.people
    ]
    keys = [
        {
            "api_key_id": k["id"], "platform": "anthropic", "api_key_name": k["name"],
            "workspace_id": k["workspace"], "status": "active", "owner_email": k["owner"],
            "owner_basis": k["basis"], "team": k["team"], "project": k["project"], "purpose": k["purpose"],
        }
        for k in company.keys
    ]
    always = {"valid_from": "1970-01-01", "valid_to": "9999-12-31"}
    return {
        "dim_users": users,
        "dim_users_history": [{**row, **always} for row in users],
        "dim_api_keys": keys,
        "dim_api_keys_history": [{**row, **always} for row in keys],
        "dim_workspaces": [{"workspace_id": i, "name": n} for i, n in WORKSPACES.items()],
    }


def sample_rows(until):
    """Rows of every table that has any, by the table's name."""
    company = Company()
    days = [Day(company, until - datetime.timedelta(days=DAYS - 1 - n), n) for n in range(DAYS)]
    today = until + datetime.timedelta(days=1)
    return dimensions(company) | {
        "fct_usage_daily": [row for day in days for row in day.usage],
        "fct_cost_daily": [row for day in days for row in day.cost],
        "coverage": [row for day in days for row in coverage_of(day, today)],
        "runs": [run_row(day) for day in days],
        "fact_builds": [row for day in days for row in builds_of(day)],
    }


class Warehouse:
    """BigQuery's REST API, as much of it as a loader needs."""

    def __init__(self, url, project, dataset):
        self.url, self.project, self.dataset = url.rstrip("/"), project, dataset

    def call(self, method, path, body=None, content_type="application/json", upload=False):
        root = "/upload/bigquery/v2" if upload else "/bigquery/v2"
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(
            f"{self.url}{root}/projects/{self.project}{path}",
            data=data, method=method, headers={"Content-Type": content_type},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or b"{}")

    def digest(self):
        try:
            return self.call("GET", f"/datasets/{self.dataset}").get("labels", {}).get("sample")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def create_anew(self):
        try:
            self.call("DELETE", f"/datasets/{self.dataset}?deleteContents=true")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
        self.call("POST", "/datasets", {"datasetReference": {"datasetId": self.dataset}})

    def query(self, sql):
        body = {"query": sql, "useLegacySql": False, "timeoutMs": 60_000}
        return self.call("POST", "/queries", body)

    def load(self, table, rows):
        reference = {"projectId": self.project, "datasetId": self.dataset, "tableId": table}
        job = {
            "configuration": {
                "load": {
                    "destinationTable": reference,
                    "sourceFormat": "NEWLINE_DELIMITED_JSON",
                    "writeDisposition": "WRITE_TRUNCATE",
                    "createDisposition": "CREATE_NEVER",
                }
            }
        }
        lines = "\n".join(json.dumps(row) for row in rows)
        body = "\r\n".join(
            [
                "--part", "Content-Type: application/json", "", json.dumps(job),
                "--part", "Content-Type: application/octet-stream", "", lines, "--part--", "",
            ]
        )
        kind = "multipart/related; boundary=part"
        answer = self.call("POST", "/jobs?uploadType=multipart", body.encode(), kind, upload=True)
        self.wait(answer)

    def wait(self, job):
        while job["status"]["state"] != "DONE":
            time.sleep(0.1)
            job = self.call("GET", f"/jobs/{job['jobReference']['jobId']}")
        if "errorResult" in job["status"]:
            raise SystemExit(f"sample rows: {job['status']['errorResult']['message']}")


def statements(folder, dataset):
    """The DDL of sql/: tables, then views, in order of their names."""
    for kind in ("tables", "views"):
        for path in sorted((folder / kind).glob("*.sql")):
            yield path, path.read_text().replace("${dataset}", dataset)


def digest_of(ddl, until):
    parts = [SEED, str(until), pathlib.Path(__file__).read_text(), *(sql for _, sql in ddl)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def fill(warehouse, ddl, until):
    warehouse.create_anew()
    for path, sql in ddl:
        try:
            warehouse.query(sql)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{path}: {json.load(error)['error']['message']}") from None
    count = 0
    for table, rows in sample_rows(until).items():
        warehouse.load(table, rows)
        count += len(rows)
    return count


def main():
    parser = argparse.ArgumentParser(description="fill a local warehouse with sample rows")
    parser.add_argument("--url", required=True, help="address of the warehouse")
    parser.add_argument("--project", default="local")
    parser.add_argument("--dataset", default="ai_usage")
    parser.add_argument("--sql", type=pathlib.Path, default=pathlib.Path("sql"), help="folder with the DDL")
    parser.add_argument("--until", type=datetime.date.fromisoformat, help="last day, default yesterday (UTC)")
    options = parser.parse_args()
    today = datetime.datetime.now(datetime.timezone.utc).date()
    until = options.until or today - datetime.timedelta(days=1)
    ddl = list(statements(options.sql, options.dataset))
    warehouse = Warehouse(options.url, options.project, options.dataset)
    digest = digest_of(ddl, until)
    if warehouse.digest() == digest:
        return print(f"sample rows up to {until} are there")
    count = fill(warehouse, ddl, until)
    warehouse.call("PATCH", f"/datasets/{options.dataset}", {"labels": {"sample": digest}})
    return print(f"loaded {count} sample rows up to {until}")


if __name__ == "__main__":
    sys.exit(main())
