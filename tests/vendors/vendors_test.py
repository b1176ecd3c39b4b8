"""What mbc-vendors promises: shapes, refusals, paging, the odd cases, and that its truth is the sum of
what it serves. Run as: vendors_test.py PROGRAM. Prints TAP."""

import base64
import calendar
import hashlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
from decimal import ROUND_HALF_UP, Decimal

from vendors_server import ADMIN, ANALYTICS, CURSOR, NOW, Vendors

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else os.environ["MBC_VENDORS"]
USAGE = "/v1/organizations/usage_report/messages"
COST = "/v1/organizations/cost_report"
CODE = "/v1/organizations/usage_report/claude_code"
DAY_MS = 86400 * 1000
SHEETS_SCOPE = "https://www.googleapis.com/auth/spreadsheets.readonly"
CLOUD_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
SIX = ["api_key_id", "workspace_id", "model", "service_tier", "context_window", "inference_geo"]
shared = []  # tests that leave the server as it was
alone = []  # tests with a server of their own


def on_shared(test):
    shared.append(test)
    return test


def by_itself(test):
    alone.append(test)
    return test


def same(got, wanted, what=""):
    assert got == wanted, ("%s: %r instead of %r" % (what, got, wanted))[:2000]


def window(first, last, *more):
    return [("starting_at", first + "T00:00:00Z"), ("ending_at", last + "T00:00:00Z"), *more]


def by(*names):
    return [("group_by[]", name) for name in names]


def buckets(server, path, query):
    """All buckets, over all pages."""
    found, page = [], []
    while True:
        answer = server.get(path, ADMIN, query + page)
        found += answer["data"]
        if not answer["has_more"]:
            same(answer["next_page"], None)
            return found
        page = [("page", answer["next_page"])]


def flat(server, path, query):
    found, page = [], []
    while True:
        answer = server.get(path, ANALYTICS, query + page)
        found += answer["data"]
        if not answer["has_more"]:
            return found
        page = [("page", answer["next_page"])]


def dollars(cents):
    return (Decimal(cents) / 100).quantize(Decimal("1e-9"), ROUND_HALF_UP)


def ms(day):
    return calendar.timegm(time.strptime(day, "%Y-%m-%d")) * 1000


def events(server, first, last, size=1000):
    """All events, over all pages; the count is that of the rows."""
    found, page = [], 1
    while True:
        body = {"startDate": ms(first), "endDate": ms(last) + DAY_MS - 1, "page": page, "pageSize": size}
        answer = server.expect(200, "POST", "/teams/filtered-usage-events", CURSOR, body)
        found += answer["usageEvents"]
        if not answer["pagination"]["hasNextPage"]:
            same(len(found), answer["totalUsageEventsCount"])
            return found
        page += 1


def token(server, scopes):
    query = [("scopes", ",".join(scopes))]
    path = "/computeMetadata/v1/instance/service-accounts/default/token"
    answer = server.get(path, {"metadata-flavor": "Google"}, query)
    return {"authorization": "Bearer " + answer["access_token"]}


def refused(server, status, path, headers, query=(), kind="invalid_request_error"):
    answer = server.expect(status, "GET", path, headers, query=query)
    same(answer["error"]["type"], kind, path)
    return answer["error"]["message"]


@on_shared
def anthropic_asks_for_credentials(server):
    refused(server, 401, COST, {}, kind="authentication_error")
    refused(server, 401, COST, dict(ADMIN, **{"x-api-key": "nonsense"}), kind="authentication_error")
    ordinary = dict(ADMIN, **{"x-api-key": "sk-ant-api03-local"})
    refused(server, 403, COST, ordinary, kind="permission_error")
    refused(server, 400, COST, {"x-api-key": ADMIN["x-api-key"]})
    refused(server, 400, "/v1/organizations/analytics/cost", ADMIN)
    analytics = dict(ANALYTICS, **{"x-api-key": "sk-ant-analytics01-local"})
    server.get("/v1/organizations/analytics/cost", analytics, window("2026-11-20", "2026-11-21"))
    refused(server, 403, COST, analytics, kind="permission_error")
    same(server.ask("POST", COST, ADMIN, b"{}")[0], 405)
    status, text, headers = server.ask("GET", "/v1/organizations/nothing", ADMIN)
    same(status, 404)
    same(json.loads(text)["request_id"], headers["request-id"])


@on_shared
def anthropic_checks_parameters(server):
    day = window("2026-11-20", "2026-11-21")
    assert "starting_at" in refused(server, 400, USAGE, ADMIN)
    refused(server, 400, USAGE, ADMIN, [("starting_at", "2026-11-20")])
    refused(server, 400, USAGE, ADMIN, window("2026-11-20", "2026-11-20"))
    refused(server, 400, USAGE, ADMIN, day + [("limit", 32)])
    server.get(USAGE, ADMIN, day + [("limit", 168), ("bucket_width", "1h")])
    refused(server, 400, USAGE, ADMIN, day + [("bucket_width", "1w")])
    refused(server, 400, COST, ADMIN, day + [("bucket_width", "1h")])
    assert "group_by" in refused(server, 400, USAGE, ADMIN, day + by("colour"))
    refused(server, 400, COST, ADMIN, day + by("api_key_id"))
    refused(server, 400, USAGE, ADMIN, day + [("page", "page_zzz")])


@on_shared
def usage_has_buckets_and_pages(server):
    query = window("2026-10-01", "2026-11-22")
    long = server.get(USAGE, ADMIN, query)
    same(len(long["data"]), 7)
    same(long["has_more"], True)
    seven = buckets(server, USAGE, query)
    same(len(seven), 52)
    same(seven, buckets(server, USAGE, query + [("limit", 31)]), "pages")
    assert any(not b["results"] for b in seven), "a day without usage"
    same(seven[0]["starting_at"], "2026-10-01T00:00:00Z")
    same(seven[-1]["ending_at"], "2026-11-22T00:00:00Z")
    other = query + [("page", long["next_page"]), ("limit", 8)]
    refused(server, 400, USAGE, ADMIN, other)


@on_shared
def hours_add_up_to_days(server):
    query = window("2026-11-20", "2026-11-21")
    hours = server.get(USAGE, ADMIN, query + [("bucket_width", "1h")])["data"]
    same(len(hours), 24)
    day = server.get(USAGE, ADMIN, query)["data"][0]["results"][0]["output_tokens"]
    same(sum(r["output_tokens"] for h in hours for r in h["results"]), day)


@on_shared
def groups_are_null_unless_asked_for(server):
    query = window("2026-11-19", "2026-11-20")
    (bucket,) = server.get(USAGE, ADMIN, query)["data"]
    same(len(bucket["results"]), 1)
    assert all(bucket["results"][0][name] is None for name in SIX + ["speed", "account_id"])
    rows = server.get(USAGE, ADMIN, query + by(*SIX))["data"][0]["results"]
    keys = [tuple(row[name] for name in SIX) for row in rows]
    same(len(set(keys)), len(keys))
    same(sum(r["output_tokens"] for r in rows), bucket["results"][0]["output_tokens"])
    one = next(row for row in rows if row["api_key_id"])
    picked = query + by("api_key_id") + [("api_key_ids[]", one["api_key_id"])]
    only = server.get(USAGE, ADMIN, picked)["data"][0]["results"]
    same([row["api_key_id"] for row in only], [one["api_key_id"]])


@on_shared
def odd_rows_are_there(server):
    query = window("2026-10-01", "2026-11-22") + [("limit", 31)]
    rows = [r for b in buckets(server, USAGE, query + by(*SIX)) for r in b["results"]]
    assert any(r["api_key_id"] is None and r["output_tokens"] for r in rows)
    assert any(r["workspace_id"] is None and r["api_key_id"] for r in rows)
    assert any(r["service_tier"] == "priority" for r in rows)
    assert any(r["inference_geo"] == "not_available" for r in rows)
    early = {r["model"] for b in buckets(server, USAGE, window("2026-10-01", "2026-11-01") + by("model"))
        for r in b["results"]}
    assert {r["model"] for r in rows} - early, "a model never seen before"
    costs = buckets(server, COST, query + by("workspace_id", "description"))
    parts = [r for b in costs for r in b["results"]]
    assert any(r["cost_type"] == "code_execution" and r["model"] is None for r in parts)
    assert any(r["workspace_id"] is None for r in parts)
    assert not any(r["service_tier"] == "priority" for r in parts)
    assert any(len(r["amount"].partition(".")[2]) > 7 for r in parts), "more digits than NUMERIC has"
    names = [[(r["workspace_id"], r["description"]) for r in b["results"]] for b in costs]
    assert any(len(set(day)) < len(day) for day in names), "a description that repeats"


@on_shared
def cost_without_description_has_no_details(server):
    query = window("2026-11-20", "2026-11-21")
    (row,) = server.get(COST, ADMIN, query)["data"][0]["results"]
    assert all(row[n] is None for n in ["description", "model", "cost_type", "token_type", "workspace_id"])
    parts = server.get(COST, ADMIN, query + by("workspace_id", "description"))["data"][0]["results"]
    same(sum(Decimal(p["amount"]) for p in parts), Decimal(row["amount"]))
    assert all(isinstance(p["amount"], str) and p["currency"] == "USD" for p in parts)


@on_shared
def truth_is_the_sum_of_the_reports(server):
    query = window("2026-11-10", "2026-11-22") + [("limit", 31)]
    truth = server.truth("2026-11-10", "2026-11-21")
    usage = buckets(server, USAGE, query + by(*SIX))
    cost = buckets(server, COST, query + by("workspace_id", "description"))
    for day, rows, costs in zip(truth.values(), usage, cost):
        wanted, rows = day["anthropic_usage"], rows["results"]
        same(len(rows), wanted["rows"])
        for name in ("uncached_input_tokens", "output_tokens"):
            same(sum(r[name] for r in rows), wanted[name], name)
        same(sum(r["cache_read_input_tokens"] for r in rows), wanted["cache_read_tokens"])
        for age in ("5m", "1h"):
            got = sum(r["cache_creation"]["ephemeral_%s_input_tokens" % age] for r in rows)
            same(got, wanted["cache_%s_tokens" % age])
        got = sum(r["server_tool_use"]["web_search_requests"] for r in rows)
        same(got, wanted["web_search_requests"])
        same(len(costs["results"]), day["anthropic_cost"]["rows"])
        total = sum(dollars(r["amount"]) for r in costs["results"])
        same(total, Decimal(day["anthropic_cost"]["usd"]))


@on_shared
def analytics_agrees_with_the_older_pair(server):
    path = "/v1/organizations/analytics/"
    query = window("2026-11-10", "2026-11-21") + [("time_bucket_width", "1d"), ("order_by", "time"),
        ("order", "asc"), ("limit", 50)] + by("api_key_id", "workspace_id", "model", "actor")
    usage = flat(server, path + "usage", query)
    cost = flat(server, path + "cost", query + by("cost_type", "token_type"))
    same([r["starting_at"] for r in usage], sorted(r["starting_at"] for r in usage))
    for day, wanted in server.truth("2026-11-10", "2026-11-20").items():
        rows = [r for r in usage if r["starting_at"].startswith(day)]
        parts = [r for r in cost if r["starting_at"].startswith(day)]
        same(len(rows), wanted["anthropic_usage_analytics"]["rows"])
        tokens = sum(r["usage"]["total_tokens"] for r in rows)
        older = wanted["anthropic_usage"]
        same(tokens, sum(v for n, v in older.items() if n.endswith("_tokens")))
        same(sum(r["usage"]["requests"] for r in rows), older["requests"])
        same(len(parts), wanted["anthropic_cost_analytics"]["rows"])
        usd = sum(dollars(r["cost"]["amount"]) for r in parts)
        same(usd, Decimal(wanted["anthropic_cost_analytics"]["usd"]))
        listed = sum(dollars(r["cost"]["list_amount"]) for r in parts)
        same(listed, Decimal(wanted["anthropic_cost_analytics"]["list_usd"]))
    assert all(r["group"]["workspace_id"] for r in usage), "the default workspace has an id"
    actors = {(r["group"]["actor"] or {}).get("type") for r in usage}
    same(actors, {None, "user_actor", "api_actor"})
    assert {r["group"]["token_type"] for r in cost if r["group"]["cost_type"] == "web_search"} == {None}


@on_shared
def analytics_checks_its_query(server):
    path = "/v1/organizations/analytics/usage"
    day = window("2026-11-20", "2026-11-21")
    refused(server, 400, path, ANALYTICS, window("2026-10-01", "2026-11-21"))
    refused(server, 400, path, ANALYTICS, window("2025-10-01", "2025-10-02"))
    refused(server, 400, path, ANALYTICS, [day[0], ("time_bucket_width", "1d")])
    refused(server, 400, path, ANALYTICS, day + [("limit", 1001)])
    refused(server, 400, path, ANALYTICS, day + [("order_by", "amount")])
    refused(server, 400, path, ANALYTICS, day + by("cost_type"))
    refused(server, 400, path, ANALYTICS,
        day + by("actor", "model", "product", "speed", "api_key_id", "workspace_id"))
    first = server.get(path, ANALYTICS, day + by("api_key_id") + [("limit", 2)])
    same(len(first["data"]), 2)
    totals = [r["usage"]["total_tokens"] for r in first["data"]]
    same(totals, sorted(totals, reverse=True), "largest first")
    page = [("page", first["next_page"])]
    refused(server, 400, path, ANALYTICS, day + by("api_key_id") + [("limit", 3)] + page)


@on_shared
def claude_code_is_served_by_the_day(server):
    refused(server, 400, CODE, ADMIN)
    refused(server, 400, CODE, ADMIN, [("starting_at", "2026-11-20T00:00:00Z")])
    rows, page = [], []
    while True:
        answer = server.get(CODE, ADMIN, [("starting_at", "2026-11-20"), ("limit", 7)] + page)
        rows += answer["data"]
        if not answer["has_more"]:
            break
        page = [("page", answer["next_page"])]
    wanted = server.truth("2026-11-20")["2026-11-20"]["claude_code"]
    same(len(rows), wanted["rows"])
    same(sum(r["core_metrics"]["num_sessions"] for r in rows), wanted["sessions"])
    same(sum(r["core_metrics"]["lines_of_code"]["added"] for r in rows), wanted["loc_added"])
    accepts = sum(t["accepted"] for r in rows for t in r["tool_actions"].values())
    same(accepts, wanted["accepts"])
    tokens = sum(sum(m["tokens"].values()) for r in rows for m in r["model_breakdown"]
        if r["customer_type"] == "subscription")
    same(tokens, wanted["subscription_tokens"])
    estimates = [str(m["estimated_cost"]["amount"]) for r in rows for m in r["model_breakdown"]]
    same(sum(map(dollars, estimates)), Decimal(wanted["estimated_usd"]))
    assert {"user_actor", "api_actor"} == {r["actor"]["type"] for r in rows}
    places = [(json.dumps(r["actor"]), r["terminal_type"], r["customer_type"]) for r in rows]
    assert len(set(places)) >= len(places) - 2  # keys may share a name and a terminal


@on_shared
def directories_are_paged_by_id(server):
    for name in ("api_keys", "users", "workspaces"):
        path = "/v1/organizations/" + name
        whole = server.get(path, ADMIN, [("limit", 1000), ("include_archived", "true")])["data"]
        rows, after = [], []
        while True:
            query = [("limit", 2), ("include_archived", "true")] + after
            answer = server.get(path, ADMIN, query)
            rows += answer["data"]
            if not answer["has_more"]:
                break
            after = [("after_id", answer["last_id"])]
        same(rows, whole, name)
    refused(server, 400, "/v1/organizations/users", ADMIN, [("after_id", "user_nobody")])
    keys = server.get("/v1/organizations/api_keys", ADMIN, [("limit", 1000)])["data"]
    assert any(k["created_by"] is None for k in keys)
    assert any(k["principal"] for k in keys) and any(k["expires_at"] for k in keys)
    assert {"active", "archived"} <= {k["status"] for k in keys}
    names = [k["name"] for k in keys]
    assert len(set(names)) < len(names), "a name that two keys have"
    same({k["status"] for k in server.get("/v1/organizations/api_keys", ADMIN,
        [("status", "archived")])["data"]}, {"archived"})
    same(server.get("/v1/organizations/me", ADMIN)["type"], "organization")


@on_shared
def cursor_asks_for_basic(server):
    for headers in ({}, {"authorization": "Bearer crsr_local"},
            {"authorization": "Basic " + base64.b64encode(b"crsr_local:x").decode()}):
        same(server.expect(401, "GET", "/teams/members", headers)["error"], "Unauthorized")
    same(server.ask("GET", "/teams/spend", CURSOR)[0], 405)
    same(server.ask("GET", "/teams/groups", CURSOR)[0], 403)
    same(server.ask("GET", "/analytics/team/dau", CURSOR)[0], 403)


@on_shared
def cursor_checks_ranges(server):
    path = "/teams/filtered-usage-events"
    start = ms("2026-10-01")
    for body in ({}, {"startDate": start}, {"startDate": "2026-10-01", "endDate": start},
            {"startDate": start, "endDate": start - 1},
            {"startDate": start, "endDate": start + 31 * DAY_MS},
            {"startDate": start, "endDate": start + DAY_MS, "page": 0},
            {"startDate": start, "endDate": start + DAY_MS, "pageSize": 1001}):
        same(server.expect(400, "POST", path, CURSOR, body)["error"], "Bad Request")
    body = {"startDate": 0, "endDate": DAY_MS}
    same(server.expect(200, "POST", path, CURSOR, body)["usageEvents"], [])


@on_shared
def cursor_events_sum_to_the_truth(server):
    small = events(server, "2026-11-20", "2026-11-20", 7)
    same(small, events(server, "2026-11-20", "2026-11-20"))
    for day, wanted in server.truth("2026-11-14", "2026-11-21").items():
        rows, wanted = events(server, day, day), wanted["cursor_events"]
        same(len(rows), wanted["rows"])
        use = [r["tokenUsage"] for r in rows if "tokenUsage" in r]
        same(sum(u["inputTokens"] for u in use), wanted["input_tokens"])
        same(sum(u["cacheReadTokens"] for u in use), wanted["cache_read_tokens"])
        over = sum(dollars(str(r["chargedCents"])) for r in rows if r["isChargeable"])
        same(over, Decimal(wanted["overage_usd"]))
        rest = sum(dollars(str(r["chargedCents"])) for r in rows if not r["isChargeable"])
        same(rest, Decimal(wanted["included_usd"]))
        same(sum(dollars(str(u["totalCents"])) for u in use), Decimal(wanted["model_usd"]))
    assert any("tokenUsage" not in r for r in events(server, "2026-11-10", "2026-11-21"))
    assert all(isinstance(r["timestamp"], str) for r in small)


@on_shared
def cursor_spend_is_the_sum_of_what_is_charged(server):
    rows = events(server, "2026-11-01", "2026-11-22")
    spend = server.expect(200, "POST", "/teams/spend", CURSOR, {"pageSize": 1000})
    same(spend["subscriptionCycleStart"], ms("2026-11-01"))
    charged = {}
    for row in rows:
        if row["isChargeable"]:
            charged.setdefault(row["userEmail"], Decimal(0))
            charged[row["userEmail"]] += Decimal(str(row["chargedCents"]))
    got = {m["email"]: Decimal(str(m["spendCents"])) for m in spend["teamMemberSpend"]}
    same({k: v for k, v in got.items() if v}, charged)
    removed = {m["email"] for m in server.get("/teams/members", CURSOR)["teamMembers"] if m["isRemoved"]}
    assert removed and not removed & set(got)


@on_shared
def cursor_daily_counts_people_a_page(server):
    body = {"startDate": ms("2026-11-18"), "endDate": ms("2026-11-21")}
    path = "/teams/daily-usage-data"
    active = server.expect(200, "POST", path, CURSOR, body)
    assert "pagination" not in active and all(r["isActive"] for r in active["data"])
    rows, page = [], 1
    while True:
        answer = server.expect(200, "POST", path, CURSOR, dict(body, page=page, pageSize=10))
        rows += answer["data"]
        assert len({r["userId"] for r in answer["data"]}) <= 10
        if not answer["pagination"]["hasNextPage"]:
            break
        page += 1
    same([r for r in rows if r["isActive"]], active["data"])
    assert any(not r["isActive"] and "totalAccepts" not in r for r in rows)
    for day, wanted in server.truth("2026-11-18", "2026-11-20").items():
        mine = [r for r in active["data"] if r["day"] == day]
        same(len(mine), wanted["cursor_usage"]["active_rows"])
        same(sum(r["totalAccepts"] for r in mine), wanted["cursor_usage"]["totalAccepts"])
    ids = {type(m["id"]) for m in server.get("/teams/members", CURSOR)["teamMembers"]}
    same(ids, {int, str})


@on_shared
def sheets_need_their_scope(server):
    path = "/v4/spreadsheets/sheet-local/values/" + urllib.parse.quote("api_keys!A:Z", safe="")
    same(server.expect(401, "GET", path)["error"]["status"], "UNAUTHENTICATED")
    answer = server.expect(403, "GET", path, token(server, [CLOUD_SCOPE]))
    same(answer["error"]["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    may = token(server, [SHEETS_SCOPE])
    values = server.get(path, may)["values"]
    same(values[0][0], "API_Key_ID ")
    assert len({len(row) for row in values}) > 2 and [] in values, "ragged, with an empty row"
    assert all(not row or row[-1] for row in values)
    known = {k["id"] for k in server.get("/v1/organizations/api_keys", ADMIN, [("limit", 1000)])["data"]}
    listed = [row[0] for row in values[1:] if row]
    assert set(listed) - known and known - set(listed) and len(set(listed)) < len(listed)
    answer = server.expect(400, "GET", "/v4/spreadsheets/sheet-local/values/nothing", may)
    assert "Unable to parse range" in answer["error"]["message"]
    same(server.ask("GET", "/v4/spreadsheets/other/values/people", may)[0], 404)
    assert "values" not in server.get("/v4/spreadsheets/sheet-local/values/empty!A:Z", may)


@on_shared
def sheets_cut_ranges(server):
    may = token(server, [SHEETS_SCOPE])
    base = "/v4/spreadsheets/sheet-local"
    answer = server.get(base + "/values/people!B1:C2", may)
    same(answer["range"], "people!B1:C2")
    same(answer["values"][0], ["department", "first_name"])
    same(len(answer["values"]), 2)
    query = [("ranges", "subscriptions!A:F"), ("ranges", "empty"), ("valueRenderOption", "UNFORMATTED_VALUE")]
    first, second = server.get(base + "/values:batchGet", may, query)["valueRanges"]
    row = first["values"][1]
    same([type(cell) for cell in row[2:5]], [int, str, int], "numbers and dates")
    assert "values" not in second
    tabs = [t["properties"]["title"] for t in server.get(base, may)["sheets"]]
    same(tabs, ["api_keys", "people", "subscriptions", "empty"])


def assertion(server, **changes):
    """A signed JWT, by openssl: no library for it is needed."""
    account = server.get("/__control/credentials/service-account.json")
    now = int(time.time())
    claims = {"iss": account["client_email"], "scope": SHEETS_SCOPE, "aud": account["token_uri"],
        "iat": now - 10, "exp": now + 3000}
    claims.update(changes)
    header = {"alg": "RS256", "typ": "JWT", "kid": account["private_key_id"]}

    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    message = part(json.dumps(header).encode()) + b"." + part(json.dumps(claims).encode())
    with tempfile.NamedTemporaryFile() as key:
        key.write(account["private_key"].encode())
        key.flush()
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key.name], input=message,
            stdout=subprocess.PIPE, check=True).stdout
    return (message + b"." + part(signature)).decode()


def form(server, status, path, **fields):
    body = urllib.parse.urlencode(fields).encode()
    return server.expect(status, "POST", path, {"content-type": "application/x-www-form-urlencoded"}, body)


@on_shared
def assertions_are_verified(server):
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    good = assertion(server)
    answer = form(server, 200, "/token", grant_type=grant, assertion=good)
    same(answer["token_type"], "Bearer")
    server.get("/v4/spreadsheets/sheet-local", {"authorization": "Bearer " + answer["access_token"]})
    head, claims, signature = good.split(".")
    forged = ".".join([head, claims, signature[:-8] + "AAAAAAAA"])
    wrong = [(forged, "Signature"), ("nonsense", "three parts"),
        (assertion(server, aud="https://elsewhere"), "audience"),
        (assertion(server, iss="nobody@example.com"), "not found"),
        (assertion(server, exp=int(time.time()) + 9000), "short-lived"),
        (assertion(server, iat=1, exp=3601), "short-lived")]
    for jwt, what in wrong:
        answer = form(server, 400, "/token", grant_type=grant, assertion=jwt)
        same(answer["error"], "invalid_grant")
        assert what in answer["error_description"], (what, answer)
    answer = form(server, 400, "/token", grant_type=grant, assertion=assertion(server, scope=""))
    same(answer["error"], "invalid_scope")
    user = server.get("/__control/credentials/authorized-user.json")
    fields = {n: user[n] for n in ("client_id", "client_secret", "refresh_token")}
    form(server, 200, "/token", grant_type="refresh_token", **fields)
    fields["refresh_token"] = "old"
    same(form(server, 400, "/token", grant_type="refresh_token", **fields)["error"], "invalid_grant")


@on_shared
def metadata_needs_its_header(server):
    path = "/computeMetadata/v1/instance/service-accounts/default/"
    same(server.ask("GET", path + "token")[0], 403)
    same(server.ask("GET", path + "token", {"metadata-flavor": "Google", "x-forwarded-for": "::1"})[0], 403)
    status, text, headers = server.ask("GET", path + "email", {"metadata-flavor": "Google"})
    same((status, headers["metadata-flavor"]), (200, "Google"))
    assert text.decode().endswith("gserviceaccount.com")


@on_shared
def federation_exchanges_and_impersonates(server):
    account = server.get("/__control/credentials/external-account.json")
    source = account["credential_source"]
    subject = server.get(source["url"][len(server.base):], source["headers"])["value"]
    fields = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": account["audience"], "scope": CLOUD_SCOPE, "subject_token": subject,
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "subject_token_type": account["subject_token_type"]}
    federated = form(server, 200, "/v1/token", **fields)["access_token"]
    path = account["service_account_impersonation_url"][len(server.base):]
    headers = {"authorization": "Bearer " + federated}
    answer = server.post(path, {"scope": [SHEETS_SCOPE], "lifetime": "3600s"}, headers)
    assert answer["expireTime"].endswith("Z")
    server.get("/v4/spreadsheets/sheet-local", {"authorization": "Bearer " + answer["accessToken"]})
    same(form(server, 400, "/v1/token", **dict(fields, audience="x"))["error"], "invalid_target")
    same(form(server, 400, "/v1/token", **dict(fields, subject_token="x"))["error"], "invalid_grant")


def sheet_rows(server, tab):
    path = "/v4/spreadsheets/sheet-local/values/" + tab
    head, *rows = server.get(path, token(server, [SHEETS_SCOPE]))["values"]
    names = [name.strip().lower() for name in head]
    return [dict(zip(names, row)) for row in rows if row]


@on_shared
def owners_follow_from_what_is_served(server):
    owners = server.get("/__control/owners")
    people = sheet_rows(server, "people")
    alias = {p["aliases"]: p["email"].lower() for p in people if p.get("aliases")}
    listed = {}
    for row in sheet_rows(server, "api_keys"):
        listed.setdefault(row["api_key_id"], set()).add(row["email"].lower())
    users = server.get("/v1/organizations/users", ADMIN, [("limit", 1000)])["data"]
    users = {u["id"]: u["email"].lower() for u in users}
    bases = set()
    for key in server.get("/v1/organizations/api_keys", ADMIN, [("limit", 1000)])["data"]:
        principal = users.get((key["principal"] or {}).get("user_id"))
        creator = users.get((key["created_by"] or {}).get("id"))
        wanted = owners["keys"][key["id"]]
        bases.add(wanted["basis"])
        if len(listed.get(key["id"], ())) == 1:
            same(wanted, {"email": listed[key["id"]].pop(), "basis": "sheet"})
        elif principal:
            same(wanted, {"email": principal, "basis": "principal"})
        elif creator:
            same(wanted, {"email": creator, "basis": "creator"})
        else:
            same(wanted, {"email": "(unattributed)", "basis": "none"})
    assert {"sheet", "creator"} <= bases
    for member in server.get("/teams/members", CURSOR)["teamMembers"]:
        email = member["email"].lower()
        same(owners["emails"][member["email"]], alias.get(email, email))


@on_shared
def shares_of_people_sum_to_the_day(server):
    owners = server.get("/__control/owners")
    for day, truth in server.truth("2026-11-17", "2026-11-20").items():
        people = truth["people"].values()
        older = truth["anthropic_usage"]
        tokens = sum(v for name, v in older.items() if name.endswith("_tokens"))
        same(sum(p["api_tokens"] for p in people), tokens)
        same(sum(p["claude_code_sessions"] for p in people), truth["claude_code"]["sessions"])
        same(sum(p["claude_code_tokens"] for p in people), truth["claude_code"]["subscription_tokens"])
        same(sum(p["cursor_requests"] for p in people), truth["cursor_events"]["rows"])
        over = sum(Decimal(p["overage_usd"]) for p in people)
        same(over, Decimal(truth["cursor_events"]["overage_usd"]))
    got = {}
    for row in events(server, "2026-11-20", "2026-11-20"):
        email = owners["emails"][row["userEmail"]]
        got[email] = got.get(email, 0) + 1
    wanted = {e: p["cursor_requests"] for e, p in truth["people"].items() if p["cursor_requests"]}
    same(got, wanted)
    query = window("2026-11-20", "2026-11-21") + by("api_key_id")
    got = {}
    for row in server.get(USAGE, ADMIN, query)["data"][0]["results"]:
        owner = owners["keys"].get(row["api_key_id"], {"email": "(unattributed)"})["email"]
        tokens = sum(v for name, v in row.items() if name.endswith("_tokens"))
        got[owner] = got.get(owner, 0) + tokens + sum(row["cache_creation"].values())
    same(got, {e: p["api_tokens"] for e, p in truth["people"].items() if p["api_tokens"]})


@on_shared
def about_names_the_addresses(server):
    text = server.ask("GET", "/")[1].decode()
    assert "stand-in" in text and "ANTHROPIC_BASE_URL=" + server.base in text and NOW in text


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@by_itself
def secrets_have_checksums(server):
    same(crc32c(b"123456789"), 0xE3069283)
    may = token(server, [CLOUD_SCOPE])
    path = "/v1/projects/local/secrets/%s/versions/latest:access"

    def read(name):
        answer = server.get(path % name, may)
        value = base64.b64decode(answer["payload"]["data"])
        return value, int(answer["payload"]["dataCrc32c"]) == crc32c(value)

    same(read("anthropic-admin-key"), (b"sk-ant-admin01-local\n", True))
    server.control("google", {"wrong_crc": 1})
    same(read("cursor-api-key"), (b"crsr_local", False))
    same(read("cursor-api-key"), (b"crsr_local", True))
    server.control("secrets", {"mine": "value"})
    same(read("mine"), (b"value", True))
    for name, status in (("disabled", 400), ("forbidden", 403), ("unknown", 404)):
        same(server.expect(status, "GET", path % name, may)["error"]["code"], status)
    same(server.ask("GET", path % "mine", token(server, [SHEETS_SCOPE]))[0], 403)
    server.control("google", {"revoke": True})
    same(server.ask("GET", path % "mine", may)[0], 401)
    server.control("google", {"expires_in": -5, "expires_in_text": True})
    same(server.ask("GET", path % "mine", token(server, [CLOUD_SCOPE]))[0], 401)


def everything(server):
    """One hash over what all data endpoints serve."""
    query = window("2026-09-01", "2026-11-22", ("limit", 31))
    body = {"startDate": ms("2026-11-01"), "endDate": ms("2026-11-22"), "page": 1, "pageSize": 1000}
    asked = [("GET", USAGE, ADMIN, None, query + by(*SIX)),
        ("GET", COST, ADMIN, None, query + by("workspace_id", "description")),
        ("GET", CODE, ADMIN, None, [("starting_at", "2026-11-20")]),
        ("GET", "/v1/organizations/api_keys", ADMIN, None, [("limit", 1000)]),
        ("GET", "/v1/organizations/users", ADMIN, None, [("limit", 1000)]),
        ("GET", "/teams/members", CURSOR, None, ()),
        ("POST", "/teams/daily-usage-data", CURSOR, body, ()),
        ("POST", "/teams/filtered-usage-events", CURSOR, body, ()),
        ("POST", "/teams/spend", CURSOR, {}, ())]
    return hashlib.sha256(b"".join(server.ask(*one)[1] for one in asked)).hexdigest()


@by_itself
def the_seed_decides(server):
    first = everything(server)
    same(first, everything(server))
    with Vendors(PROGRAM) as again:
        same(everything(again), first)
    with Vendors(PROGRAM, "--seed", "2") as other:
        assert everything(other) != first


@by_itself
def the_clock_hides_what_is_to_come(server):
    query = window("2026-11-21", "2026-11-23") + [("limit", 31)]
    before = [sum(r["output_tokens"] for r in b["results"]) for b in buckets(server, USAGE, query)]
    server.control("clock", {"now": "2026-11-24T06:00:00Z"})
    after = [sum(r["output_tokens"] for r in b["results"]) for b in buckets(server, USAGE, query)]
    same(after[0], before[0])
    assert after[1] >= before[1] and len(after) == 2
    same(server.get("/__control/clock")["now"], "2026-11-24T06:00:00Z")
    server.control("clock", {"now": "2026-11-21T00:10:00Z"})
    same(len(server.get(CODE, ADMIN, [("starting_at", "2026-11-20")])["data"]), 0)


@by_itself
def a_revision_changes_one_day(server):
    before = server.truth("2026-11-18", "2026-11-20")
    server.control("revise", {"vendor": "anthropic", "day": "2026-11-19"})
    server.control("revise", {"vendor": "cursor", "day": "2026-11-20", "keep": 300})
    after = server.truth("2026-11-18", "2026-11-20")
    same(after["2026-11-18"], before["2026-11-18"])
    older, newer = before["2026-11-19"], after["2026-11-19"]
    assert newer["anthropic_usage"]["output_tokens"] > older["anthropic_usage"]["output_tokens"]
    assert Decimal(newer["anthropic_cost"]["usd"]) > Decimal(older["anthropic_cost"]["usd"])
    same(newer["anthropic_usage"]["rows"], older["anthropic_usage"]["rows"])
    shrunk, whole = after["2026-11-20"]["cursor_events"], before["2026-11-20"]["cursor_events"]
    assert 0 < shrunk["rows"] < whole["rows"] / 2
    same(len(events(server, "2026-11-20", "2026-11-20")), shrunk["rows"])
    same(server.ask("POST", "/__control/revise", body={"vendor": "x"})[0], 400)
    for vendor, day in (("anthropic", "2026-11-19"), ("cursor", "2026-11-20")):
        server.control("revise", {"vendor": vendor, "day": day, "revert": True})
    same(server.truth("2026-11-18", "2026-11-20"), before)


@by_itself
def a_cell_can_change(server):
    may = token(server, [SHEETS_SCOPE])
    server.control("sheet", {"tab": "people", "row": 1, "column": 1, "value": "Research"})
    path = "/v4/spreadsheets/sheet-local/values/people!A1:B2"
    same(server.get(path, may)["values"][1][1], "Research")
    server.control("sheet", {"tab": "people", "rows": [["email"], ["x@example.com"]]})
    same(server.get(path, may)["values"], [["email"], ["x@example.com"]])
    server.control("sheet", {"tab": "people", "rows": None})
    same(server.ask("GET", path, may)[0], 400)


@by_itself
def the_journal_keeps_requests_and_no_secrets(server):
    query = window("2026-11-20", "2026-11-21")
    server.get(COST, dict(ADMIN, **{"user-agent": "mbc-test"}), query)
    events(server, "2026-11-20", "2026-11-20")
    form(server, 400, "/token", grant_type="refresh_token", client_secret="hush")
    text = server.ask("GET", "/__control/journal")[1].decode()
    for secret in (ADMIN["x-api-key"], "crsr_local", CURSOR["authorization"][6:], "hush"):
        assert secret not in text
    first, second, third = json.loads(text)["requests"]
    assert 0 <= first["at_ms"] <= second["at_ms"]
    same((first["method"], first["path"], first["auth"]), ("GET", COST, "x-api-key"))
    same(first["headers"]["user-agent"], "mbc-test")
    same(first["query"]["starting_at"], ["2026-11-20T00:00:00Z"])
    same((second["auth"], second["body"]["page"], second["status"]), ("basic", 1, 200))
    same(third["body"], "(not kept)")
    server.expect(200, "DELETE", "/__control/journal")
    same(server.get("/__control/journal")["requests"], [])


@by_itself
def faults_strike_where_they_should(server):
    query = window("2026-11-18", "2026-11-22")
    server.control("faults", {"faults": [
        {"path": COST, "status": 429, "retry_after": 3},
        {"path": COST, "status": 429, "retry_after_date": 5},
        {"path": COST, "status": 429, "retry_after_ms": 1500.5},
        {"path": COST, "status": 529},
        {"path": COST, "status": 500, "headers": {"x-should-retry": "false"}},
        {"path": COST, "status": 502, "html": True},
        {"path": COST, "content_type": "text/plain"}]})
    answers = [server.ask("GET", COST, ADMIN, query=query) for _ in range(8)]
    same([a[0] for a in answers], [429, 429, 429, 529, 500, 502, 200, 200])
    same(answers[0][2]["retry-after"], "3")
    assert answers[1][2]["retry-after"].endswith("GMT")
    same(float(answers[2][2]["retry-after-ms"]), 1500.5)
    same(json.loads(answers[3][1])["error"]["type"], "overloaded_error")
    same(answers[4][2]["x-should-retry"], "false")
    assert answers[5][1].startswith(b"<html>") and answers[5][2]["content-type"] == "text/html"
    same(answers[6][2]["content-type"], "text/plain")
    same(answers[6][1], answers[7][1])
    same([f["done"] for f in server.get("/__control/faults")["faults"]], [1] * 7)
    same(server.ask("POST", "/__control/faults", body={"faults": [{"colour": 1}]})[0], 400)
    server.expect(200, "DELETE", "/__control/faults")
    server.control("faults", {"faults": [{"path": COST, "status": 429, "times": -1, "rate": 2}]})
    same([server.ask("GET", COST, ADMIN, query=query)[0] for _ in range(4)], [200, 200, 429, 429])


@by_itself
def faults_spoil_bodies(server):
    query = window("2026-11-18", "2026-11-22", ("limit", 2))
    whole = server.ask("GET", COST, ADMIN, query=query)[1]

    def spoilt(**fault):
        server.control("faults", {"faults": [dict(fault, path="/v1/organizations/cost*")]})
        try:
            return server.ask("GET", COST, ADMIN, query=query)[1]
        except (http.client.HTTPException, ConnectionError) as cut:
            return type(cut).__name__

    same(spoilt(truncate=True), whole[: len(whole) // 2])
    same(spoilt(cut="within"), "IncompleteRead")
    same(spoilt(cut="before"), "RemoteDisconnected")
    started = time.monotonic()
    same(spoilt(delay_ms=300), whole)
    assert time.monotonic() - started >= 0.3
    same(spoilt(drip_ms=20), whole)
    assert b"field_of_tomorrow" in spoilt(unknown_fields=True)
    first = json.loads(spoilt(repeat_page=True))
    again = server.get(COST, ADMIN, query + [("page", first["next_page"])])
    same(again["data"], json.loads(whole, parse_float=str)["data"])
    assert b'"amount"' not in spoilt(omit=["amount"])
    assert b'"currency":"EUR"' in spoilt(set={"currency": "EUR"}).replace(b" ", b"")
    body = {"startDate": ms("2026-11-20"), "endDate": ms("2026-11-21")}
    server.control("faults", {"faults": [{"path": "/teams/*", "grow": 2, "skip": 1}]})
    totals = [server.post("/teams/filtered-usage-events", body, CURSOR)["totalUsageEventsCount"]
        for _ in range(3)]
    same(totals, [totals[0], totals[0] + 2, totals[0]])


@by_itself
def a_slow_reply_holds_up_nobody(server):
    server.control("faults", {"faults": [{"path": COST, "delay_ms": 1500}]})
    slow = http.client.HTTPConnection(server.base[len("http://"):])
    slow.request("GET", COST + "?starting_at=2026-11-20T00:00:00Z", headers=ADMIN)
    time.sleep(0.2)
    started = time.monotonic()
    server.get("/v1/organizations/me", ADMIN)
    assert time.monotonic() - started < 1
    same(slow.getresponse().status, 200)
    slow.close()


def run(number, test, server):
    try:
        test(server)
    except Exception:
        print("not ok %d - %s" % (number, test.__name__))
        print("".join("# %s\n" % line for line in traceback.format_exc().splitlines()), end="")
        return False
    print("ok %d - %s" % (number, test.__name__), flush=True)
    return True


def main():
    good, number = True, 0
    with Vendors(PROGRAM) as server:
        for test in shared:
            number += 1
            good = run(number, test, server) and good
    for test in alone:
        number += 1
        with Vendors(PROGRAM) as server:
            good = run(number, test, server) and good
    print("1..%d" % number)
    return 0 if good else 1


sys.exit(main())
