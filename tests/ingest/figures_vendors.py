"""What the vendors say, read from their answers alone: nothing of mbc-ingest is used here. Days are texts,
money is decimal, cents are made dollars row by row: nine places, halves away from zero."""
import base64
import datetime
import json
import urllib.parse
import urllib.request
from decimal import ROUND_HALF_UP, Decimal

ADMIN = {"x-api-key": "sk-ant-admin01-local", "anthropic-version": "2023-06-01"}
ANALYTICS = {**ADMIN, "anthropic-beta": "analytics-usage-cost-2026-08-24"}
CURSOR = {"authorization": "Basic " + base64.b64encode(b"crsr_local:").decode()}
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#ERROR!"}
DAY_MS = 86400000


def dollars(cents):
    """None where there is no amount."""
    return None if cents is None else (Decimal(cents) / 100).quantize(Decimal("1e-9"), ROUND_HALF_UP)


def millis(day):
    return int(datetime.datetime.fromisoformat(day + "T00:00:00+00:00").timestamp() * 1000)


def day_of(value):
    return datetime.datetime.fromtimestamp(int(value) / 1000, datetime.timezone.utc).date().isoformat()


def next_day(day, count=1):
    return (datetime.date.fromisoformat(day) + datetime.timedelta(count)).isoformat()


def days_from(first, last):
    while first <= last:
        yield first
        first = next_day(first)


class Told:
    """The answers of one moment: the streams of days are asked for as often as needed, the lists once."""

    def __init__(self, url):
        self.url = url
        self.keys = self.listed("api_keys")
        self.users = self.listed("users")
        self.workspaces = self.listed("workspaces", include_archived="true")
        self.members = self.get("/teams/members", CURSOR)["teamMembers"]
        self.spend, self.cycle_start = self.spent()
        self.sheet = {tab: list(self.tab(tab)) for tab in ("api_keys", "people", "subscriptions")}

    def get(self, path, headers, body=None, **query):
        url = self.url + path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")
        data = None if body is None else json.dumps(body).encode()
        headers = {**headers, "content-type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
            return json.loads(answer.read(), parse_float=Decimal)

    def pages(self, path, headers, **query):
        while True:
            answer = self.get(path, headers, **query)
            yield from answer["data"]
            if not answer["has_more"]:
                return
            query["page"] = answer["next_page"]

    def listed(self, what, **query):
        rows = []
        while True:
            answer = self.get(f"/v1/organizations/{what}", ADMIN, limit=100, **query)
            rows += answer["data"]
            if not answer["has_more"]:
                return rows
            query["after_id"] = answer["last_id"]

    def report(self, path, headers, first, last, *groups, **query):
        return self.pages(f"/v1/organizations/{path}", headers, starting_at=f"{first}T00:00:00Z",
                          ending_at=f"{next_day(last)}T00:00:00Z", **query, **{"group_by[]": groups})

    def usage(self, first, last, narrow=False):
        """Rows of the usage report, each with its day; narrow: as asked for where regions are not told."""
        groups = ["api_key_id", "workspace_id", "model", "service_tier", "context_window", "inference_geo"]
        for bucket in self.report("usage_report/messages", ADMIN, first, last, *groups[:5 if narrow else 6],
                                  bucket_width="1d", limit=31):
            for row in bucket["results"]:
                yield {**row, "day": bucket["starting_at"][:10]}

    def cost(self, first, last):
        for bucket in self.report("cost_report", ADMIN, first, last, "workspace_id", "description", bucket_width="1d",
                                  limit=31):
            for row in bucket["results"]:
                yield {**row, "day": bucket["starting_at"][:10], "usd": dollars(row["amount"])}

    def analytics(self, what, first, last, *more):
        for row in self.report(f"analytics/{what}", ANALYTICS, first, last, "api_key_id", "workspace_id", "model",
                               "actor", *more, time_bucket_width="1d", order_by="time", order="asc", limit=1000):
            yield {**row["group"], **row.get("usage", {}), **row.get("cost", {}), "day": row["starting_at"][:10]}

    def usage_analytics(self, first, last):
        return self.analytics("usage", first, last)

    def cost_analytics(self, first, last):
        for row in self.analytics("cost", first, last, "cost_type", "token_type"):
            yield {**row, "usd": dollars(row["amount"]), "list_usd": dollars(row["list_amount"])}

    def code(self, first, last):
        for day in days_from(first, last):
            for row in self.pages("/v1/organizations/usage_report/claude_code", ADMIN, starting_at=day, limit=1000):
                yield {**row, "day": row["date"][:10]}

    def events(self, first, last):
        for day in days_from(first, last):
            page, more = 1, True
            while more:
                answer = self.get("/teams/filtered-usage-events", CURSOR, {
                    "startDate": millis(day), "endDate": millis(day) + DAY_MS - 1, "page": page, "pageSize": 1000})
                for row in answer["usageEvents"]:
                    yield {**row, "day": day_of(row["timestamp"]), "usd": dollars(row.get("chargedCents"))}
                page, more = page + 1, answer["pagination"]["hasNextPage"]

    def counters(self, first, last):
        for day in days_from(first, last):
            page, more = 1, True
            while more:
                answer = self.get("/teams/daily-usage-data", CURSOR, {
                    "startDate": millis(day), "endDate": millis(day) + DAY_MS - 1, "page": page, "pageSize": 1000})
                yield from answer["data"]
                page, more = page + 1, answer["pagination"]["hasNextPage"]

    def spent(self):
        rows, page, pages = [], 1, 1
        while page <= pages:
            answer = self.get("/teams/spend", CURSOR, {"page": page, "pageSize": 1000})
            rows += answer["teamMemberSpend"]
            page, pages = page + 1, answer["totalPages"]
        return rows, day_of(answer["subscriptionCycleStart"])

    def tab(self, name):
        """Rows of a tab as {header: text}, with the address of each and whether it holds an error."""
        metadata = self.get("/computeMetadata/v1/instance/service-accounts/default/token",
                            {"metadata-flavor": "Google"},
                            scopes="https://www.googleapis.com/auth/spreadsheets.readonly")
        bearer = {"authorization": "Bearer " + metadata["access_token"]}
        header, *rows = self.get(f"/v4/spreadsheets/sheet-local/values/{name}!A:Z", bearer)["values"]
        header = [title.strip().lower() for title in header]
        for number, row in enumerate(rows, 2):
            cells = dict(zip(header, map(str.strip, row)))
            if any(cells.values()):
                yield {**{title: "" for title in header}, **cells, "cell": f"{name}!A{number}"}


def good_rows(rows, keys, required):
    """Rows of a tab without those that break a rule: an error, an empty cell that must not be, a double."""
    def key(row):
        return tuple(row[title].lower() for title in keys)
    rows = list(rows)
    times = {}
    for row in rows:
        times[key(row)] = times.get(key(row), 0) + 1
    return [row for row in rows if times[key(row)] == 1 and all(row[title] for title in required)
            and not any(value in ERRORS for value in row.values())]
