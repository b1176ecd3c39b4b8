#!/usr/bin/env python3
"""mbc-ingest against the vendors' stand-in and a local warehouse: what the facts hold is what the vendors
say, a second run changes nothing, a revision comes through, and a failing stream leaves the others alone."""
import os
import sys

from programs import DAY, Ingest, Vendors, check, with_warehouse
from truth import compare_truth


def whole(tap, vendors, ingest):
    check(tap, "a first run ends well", 0, ingest.run("run", "--date", DAY), ingest.said)
    compare_truth(tap, vendors, ingest)
    before = ingest.facts()
    check(tap, "a second run ends well", 0, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "a second run loads and builds nothing", True,
          "loaded 0 (0 rows)" in ingest.said and "built 0 days" in ingest.said, ingest.said)
    check(tap, "the facts are as before", before, ingest.facts())
    check(tap, "no check finds an error", 0, ingest.run("check", "--date", DAY), ingest.said)
    check(tap, "the schema is as it should be", 0, ingest.run("migrate"), ingest.said)
    check(tap, "no spool is left behind", [], os.listdir(ingest.folder))
    return before


def faults(tap, vendors, ingest, before):
    vendors.fail({"path": "/v1/organizations/cost_report", "status": 403, "times": -1})
    check(tap, "a denied stream is exit 4", 4, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "its coverage says so", [["denied", "http"]], ingest.status("anthropic_cost"))
    check(tap, "the others go on", [["ok", None]], ingest.status("anthropic_usage"))
    vendors.fail({"path": "/teams/daily-usage-data", "truncate": True, "times": -1})
    check(tap, "half an answer is exit 4", 4, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "its reason is the schema", [["failed", "schema"]], ingest.status("cursor_usage"))
    vendors.fail({"path": "/teams/members", "status": 429, "retry_after": 1})
    ingest.query("CREATE OR REPLACE VIEW `$daily_activity` AS SELECT 1 AS one")
    ingest.query("DROP VIEW `$revisions`")
    check(tap, "a limit that passes is waited for", 0, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "views that somebody changed or dropped are made anew, and it is said", (True, True, []), (
        "view daily_activity was changed by hand; it is made anew" in ingest.said,
        "revisions was not there; it is made" in ingest.said,
        ingest.query("SELECT * FROM `$revisions`")))
    vendors.heal()
    check(tap, "what was known stands through all of it", before, ingest.facts())
    missing = ingest.run("run", ANTHROPIC_ADMIN_KEY="")
    check(tap, "a missing key is named and is exit 78", (78, True), (missing, "ANTHROPIC_ADMIN_KEY" in ingest.said))
    gone = ingest.run("run", "--date", DAY, BIGQUERY_EMULATOR_HOST="127.0.0.1:1")
    check(tap, "a warehouse out of reach is exit 5", 5, gone, ingest.said)


def revision(tap, vendors, ingest, before):
    vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-20"})
    check(tap, "a revised day comes through", 0, ingest.run("run", "--date", DAY), ingest.said)
    compare_truth(tap, vendors, ingest)
    check(tap, "it shows among the revisions", [["anthropic_cost"], ["anthropic_usage"]], ingest.query(
        "SELECT DISTINCT stream FROM `$revisions` WHERE day = '2026-11-20' AND stream LIKE 'anthropic_%' ORDER BY stream"))
    vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-20", "keep": 300})
    check(tap, "a day that shrinks is refused, exit 3", 3, ingest.run("run", "--date", DAY), ingest.said)
    vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-20", "revert": True})
    check(tap, "a vendor may take a revision back", 0, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "the facts are those of the first run", before, ingest.facts())


def main(tap, warehouse):
    with Vendors() as vendors:
        ingest = Ingest(vendors, warehouse, "usage")
        before = whole(tap, vendors, ingest)
        faults(tap, vendors, ingest, before)
        revision(tap, vendors, ingest, before)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
