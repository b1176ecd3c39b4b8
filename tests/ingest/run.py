#!/usr/bin/env python3
"""mbc-ingest against the vendors' stand-in and a local warehouse: what the facts hold is what the vendors
say, a second run changes nothing, a revision comes through, a failing stream leaves the others alone, and
a run that was killed is made good by the next."""
import decimal
import os
import pathlib
import signal
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/cases"), str(ROOT / "tests/warehouse")]

from harness import Tap
from programs import DAY, Ingest, Vendors, check
from warehouse import Warehouse, install

USAGE = "uncached_input_tokens cache_read_tokens cache_5m_tokens cache_1h_tokens output_tokens".split()
EVENTS = "input_tokens output_tokens cache_write_tokens cache_read_tokens".split()


def compare_truth(tap, vendors, ingest):
    for day, truth in vendors.truth("2026-11-19", DAY).items():
        found = ingest.query(f"""
            SELECT
              (SELECT SUM(total_tokens) FROM `$fct_usage_daily` WHERE product = 'api' AND usage_date = '{day}'),
              (SELECT SUM(total_tokens) FROM `$fct_usage_daily` WHERE product = 'cursor' AND usage_date = '{day}'),
              (SELECT SUM(requests) FROM `$fct_usage_daily` WHERE product = 'cursor' AND usage_date = '{day}'),
              (SELECT SUM(accepts) FROM `$fct_usage_daily` WHERE product = 'claude_code' AND usage_date = '{day}')""")[0]
        events = truth["cursor_events"]
        check(tap, f"{day}: tokens and counts are the vendors'", [
            sum(truth["anthropic_usage"][name] for name in USAGE), sum(events[name] for name in EVENTS),
            events["rows"], truth["claude_code"]["accepts"]], [int(value or 0) for value in found])
        found = dict(ingest.query(f"""
            SELECT cost_type, CAST(SUM(list_usd) AS STRING) FROM `$fct_cost_daily`
            WHERE cost_date = '{day}' AND cost_type != 'subscription' GROUP BY cost_type"""))
        check(tap, f"{day}: dollars are the vendors' to the last digit",
              [decimal.Decimal(truth["anthropic_cost"]["usd"]), decimal.Decimal(events["overage_usd"]),
               decimal.Decimal(events["included_usd"])],
              [decimal.Decimal(found.get(name) or 0) for name in ("usage", "overage", "included")])


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
    check(tap, "a limit that passes is waited for", 0, ingest.run("run", "--date", DAY), ingest.said)
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


def killed(tap, vendors, warehouse, before):
    ingest = Ingest(vendors, warehouse, "killed")
    for wait in (1.5, 4, 9):
        process = ingest.start("run", "--date", DAY)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    # The lease of a killed run lasts 90 seconds; the next one waits for it.
    check(tap, "the run after three kills ends well", 0, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "and its facts are those of a run that was left alone", before, ingest.facts())
    process = ingest.start("run", "--date", DAY)
    time.sleep(1)
    process.terminate()
    started = time.monotonic()
    process.communicate()
    check(tap, "SIGTERM is exit 143 within 10 s", (143, True), (process.returncode, time.monotonic() - started < 10))


def main():
    why = install()
    if why:
        print(f"1..0 # SKIP {why}")
        return 0
    tap = Tap()
    with Warehouse() as warehouse, Vendors() as vendors:
        ingest = Ingest(vendors, warehouse, "usage")
        before = whole(tap, vendors, ingest)
        faults(tap, vendors, ingest, before)
        revision(tap, vendors, ingest, before)
        killed(tap, vendors, warehouse, before)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
