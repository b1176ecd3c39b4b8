#!/usr/bin/env python3
"""Anthropic's analytics API: its two streams hold what the vendor says, page by page; a day's facts come
from them when both are there and from the Admin API's reports otherwise, never from both; what has no
entitlement is denied and leaves the rest alone."""
import decimal
import sys

from programs import DAY, Ingest, Vendors, check, with_warehouse

COUNTS = ("uncached_input_tokens cache_read_tokens cache_5m_tokens cache_1h_tokens output_tokens "
          "web_search_requests requests").split()
TOKENS = COUNTS[:5]
LEGACY, ANALYTICS = {"allocated", "residual"}, {"reported"}


def numbers(row):
    return [int(value or 0) for value in row]


def compare_raw(tap, vendors, ingest, first):
    for day, truth in vendors.truth(first, DAY).items():
        sums = ", ".join(f"SUM({name})" for name in COUNTS)
        found = ingest.query(f"SELECT COUNT(*), {sums} FROM `$raw_anthropic_usage_analytics` WHERE usage_date = '{day}'")
        usage, cost = truth["anthropic_usage_analytics"], truth["anthropic_cost_analytics"]
        check(tap, f"{day}: usage is the vendor's", [usage["rows"], *(usage[name] for name in COUNTS)],
              numbers(found[0]))
        found = ingest.query(f"""
            SELECT COUNT(*), CAST(COALESCE(SUM(cost_usd), 0) AS STRING), CAST(COALESCE(SUM(list_usd), 0) AS STRING)
            FROM `$raw_anthropic_cost_analytics` WHERE usage_date = '{day}'""")[0]
        check(tap, f"{day}: cost is the vendor's to the last digit",
              [cost["rows"], decimal.Decimal(cost["usd"]), decimal.Decimal(cost["list_usd"])],
              [int(found[0]), *map(decimal.Decimal, found[1:])])


def family_of(ingest, day):
    """On what basis the API's cost of the day stands, and its sums."""
    found = ingest.query(f"""
        SELECT cost_basis, CAST(SUM(cost_usd) AS STRING) FROM `$fct_cost_daily`
        WHERE cost_date = '{day}' AND product = 'api' GROUP BY cost_basis""")
    tokens = ingest.query(f"""
        SELECT SUM(total_tokens), SUM(requests) FROM `$fct_usage_daily`
        WHERE usage_date = '{day}' AND product = 'api'""")[0]
    return {basis for basis, _ in found}, sum(decimal.Decimal(usd) for _, usd in found), numbers(tokens)


def compare_facts(tap, vendors, ingest, day, pair, name):
    basis, usd, found = family_of(ingest, day)
    truth = vendors.truth(day, day)[day]
    usage, cost = truth["anthropic_usage" + pair], truth["anthropic_cost" + pair]
    check(tap, f"{name}: the facts are of one family", True, basis <= (ANALYTICS if pair else LEGACY), basis)
    check(tap, f"{name}: dollars are that family's", decimal.Decimal(cost["usd"]), usd)
    check(tap, f"{name}: tokens are, too", [sum(usage[part] for part in TOKENS), usage["requests"] if pair else 0], found)


def families(tap, vendors, ingest):
    run = ("run", "--date", DAY)
    check(tap, "a run of the older family ends well", 0, ingest.run(*run), ingest.said)
    compare_facts(tap, vendors, ingest, DAY, "", "legacy")
    check(tap, "a run of both families ends well", 0, ingest.run(*run, MBC_ANTHROPIC_FAMILY="both"), ingest.said)
    compare_raw(tap, vendors, ingest, "2026-11-15")
    compare_facts(tap, vendors, ingest, DAY, "_analytics", "both")
    check(tap, "no check finds an error", 0, ingest.run("check", "--date", DAY, MBC_ANTHROPIC_FAMILY="both"), ingest.said)
    before = ingest.facts()
    check(tap, "once more changes nothing", True, ingest.run(*run, MBC_ANTHROPIC_FAMILY="both") == 0
          and "loaded 0 (0 rows)" in ingest.said and "built 0 days" in ingest.said, ingest.said)
    check(tap, "and leaves the facts", before, ingest.facts())


def denied(tap, vendors, warehouse):
    ingest = Ingest(vendors, warehouse, "denied")
    vendors.fail({"path": "/v1/organizations/analytics/cost", "status": 403, "times": -1})
    code = ingest.run("run", "--date", DAY, MBC_ANTHROPIC_FAMILY="both")
    check(tap, "without the entitlement the run is exit 4", 4, code, ingest.said)
    check(tap, "and the stream is denied", [["denied", "http"]], ingest.status("anthropic_cost_analytics"))
    check(tap, "its twin is not", [["ok", None]], ingest.status("anthropic_usage_analytics"))
    compare_facts(tap, vendors, ingest, DAY, "", "half of the pair")
    vendors.heal()
    code = ingest.run("run", "--date", DAY, MBC_ANTHROPIC_FAMILY="analytics")
    check(tap, "the pair alone ends well", 0, code, ingest.said)
    compare_facts(tap, vendors, ingest, DAY, "_analytics", "the whole pair")
    asked = {item["path"] for item in vendors.ask("journal")["requests"]}
    check(tap, "the beta is asked for where it is", True, "/v1/organizations/analytics/usage" in asked)


def settling(tap, warehouse):
    """The vendor says itself how far its data reaches: until then a day is not settled."""
    with Vendors("--people", "300", "--days", "10", now="2026-11-22T02:30:00Z") as vendors:
        ingest = Ingest(vendors, warehouse, "settling")
        code = ingest.run("run", "--date", DAY, MBC_ANTHROPIC_FAMILY="analytics", MBC_NOW="2026-11-22T02:30:00Z",
                          MBC_STREAMS="anthropic_usage_analytics,anthropic_cost_analytics")
        check(tap, "before all of a day is known a run ends well", 0, code, ingest.said)
        settled = ("SELECT CAST(day AS STRING), CAST(settled AS STRING), CAST(data_refreshed_at AS STRING) IS NOT NULL "
                   "FROM `$coverage` WHERE stream = 'anthropic_usage_analytics' AND day >= '2026-11-20' ORDER BY day")
        check(tap, "its day is not settled, the one before is", [["2026-11-20", "true", "true"],
              ["2026-11-21", "false", "true"]], ingest.query(settled))
        # 300 people make more groups a week than a page of 1000 takes.
        pages = [item["query"] for item in vendors.ask("journal")["requests"] if "analytics/cost" in item["path"]]
        check(tap, "a week of costs comes in several pages", True, any("page" in query for query in pages))
        compare_raw(tap, vendors, ingest, "2026-11-15")


def main(tap, warehouse):
    with Vendors("--people", "16", "--days", "30") as vendors:
        families(tap, vendors, Ingest(vendors, warehouse, "families"))
        denied(tap, vendors, warehouse)
        settling(tap, warehouse)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
