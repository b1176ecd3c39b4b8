#!/usr/bin/env python3
"""What stands can be had again: facts and dims from the raw tables alone, raw tables from the vendors. What
a vendor takes back, or a stream that was off for a day, leaves no trace once all is as before."""
import sys

from programs import DAY, Ingest, Vendors, check, compare, with_warehouse

FIRST = "2026-11-12"
BUILT = ("fct_usage_daily fct_cost_daily fact_builds dim_users dim_users_history dim_workspaces dim_api_keys "
         "dim_api_keys_history").split()
STREAMS = ("anthropic_usage,anthropic_cost,claude_code,anthropic_keys,anthropic_workspaces,anthropic_users,cursor_members,"
           "cursor_usage,cursor_spend,sheet_keys,sheet_people,sheet_subscriptions")


def drop(ingest, *tables):
    for table in tables:
        ingest.query(f"DROP TABLE `${table}`")


def raw_days(ingest):
    return sorted(map(str, ingest.query("SELECT stream, day, raw_rows FROM `$raw_days`")))


def from_raw(tap, ingest, expected):
    drop(ingest, *BUILT)
    check(tap, "a run without facts and dims ends well", 0, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "it needs no load", True, "loaded 0 (0 rows)" in ingest.said, ingest.said)
    compare(tap, "facts and dims from raw alone", expected, ingest.content(FIRST, DAY))
    drop(ingest, "fct_cost_daily")
    check(tap, "a run without one fact ends well", 0, ingest.run("run", "--date", DAY), ingest.said)
    compare(tap, "one fact from raw alone", expected, ingest.content(FIRST, DAY))


def from_vendors(tap, ingest, expected):
    rows = raw_days(ingest)
    drop(ingest, "raw_cursor_events", "raw_sheet_people")
    ingest.query("DELETE FROM `$raw_anthropic_usage` WHERE usage_date = '2026-11-13'")
    ingest.query("DELETE FROM `$raw_claude_code` WHERE usage_date = '2026-11-21' AND ordinal = 0 AND commits > 0")
    check(tap, "a run without some raw rows ends well", 0, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "they are there again, days before the window as well", rows, raw_days(ingest))
    compare(tap, "raw from the vendors", expected, ingest.content(FIRST, DAY))
    check(tap, "the next run has nothing to load", True, ingest.run("run", "--date", DAY) == 0
          and "loaded 0 (0 rows)" in ingest.said and "built 0 days" in ingest.said, ingest.said)


def forgotten(tap, vendors, ingest, expected):
    """Facts outlive rows that are gone here and at the vendor's, even if the day is to be built anew."""
    vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-13", "keep": 0})
    ingest.query("DELETE FROM `$raw_anthropic_usage` WHERE usage_date = '2026-11-13'")
    ingest.query("DELETE FROM `$fact_builds` WHERE day = '2026-11-13'")
    code = ingest.run("run", "--date", DAY)
    check(tap, "rows that the vendor has forgotten are exit 3, by name", (3, True),
          (code, "anthropic_usage 2026-11-13: failed, shrunk" in ingest.said), ingest.said)
    compare(tap, "forgotten rows", expected, ingest.content(FIRST, DAY))
    vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-13", "revert": True})
    check(tap, "a vendor may remember", 0, ingest.run("run", "--date", DAY), ingest.said)
    compare(tap, "remembered rows", expected, ingest.content(FIRST, DAY))


def revised(tap, vendors, ingest, expected):
    for vendor in ("anthropic", "cursor"):
        vendors.ask("revise", {"vendor": vendor, "day": "2026-11-19"})
    check(tap, "a revised day comes through", 0, ingest.run("run", "--date", DAY), ingest.said)
    check(tap, "and shows", False, ingest.content(FIRST, DAY)["fct_cost_daily"] == expected["fct_cost_daily"])
    for vendor in ("anthropic", "cursor"):
        vendors.ask("revise", {"vendor": vendor, "day": "2026-11-19", "revert": True})
    check(tap, "so does its return", 0, ingest.run("run", "--date", DAY), ingest.said)
    compare(tap, "a revision taken back", expected, ingest.content(FIRST, DAY))


def vanished(tap, vendors, ingest, expected):
    count = "SELECT COUNT(*) FROM `$fct_usage_daily` WHERE usage_date = '2026-11-20' AND platform = "
    vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-20", "keep": 0})
    check(tap, "a day that vanishes is exit 3", 3, ingest.run("run", "--date", DAY), ingest.said)
    compare(tap, "a day that vanishes is not believed", expected, ingest.content(FIRST, DAY))
    code = ingest.run("run", "--date", DAY, "--accept-shrink=anthropic_usage:2026-11-20",
                      "--accept-shrink=anthropic_cost", "--accept-shrink=claude_code")
    check(tap, "until somebody does: its facts vanish, too", (0, [["0"]]),
          (code, ingest.query(count + "'anthropic'")), ingest.said)
    check(tap, "other vendors' facts stay", True, int(ingest.query(count + "'cursor'")[0][0]) > 0)
    vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-20", "revert": True})
    check(tap, "the day may come back", 0, ingest.run("run", "--date", DAY), ingest.said)
    compare(tap, "a day that vanished and came back", expected, ingest.content(FIRST, DAY))


def switched(tap, vendors, ingest, expected):
    """The next morning, first without a stream, then with it."""
    later, day = "2026-11-23T06:00:00Z", "2026-11-22"
    vendors.ask("clock", {"now": later})
    tokens = f"SELECT COALESCE(SUM(total_tokens), 0) FROM `$fct_usage_daily` WHERE usage_date = '{day}' AND product = 'cursor'"
    code = ingest.run("run", MBC_NOW=later, MBC_STREAMS=STREAMS)
    check(tap, "without a stream a run ends well, and the day is without it", (0, [["0"]]),
          (code, ingest.query(tokens)), ingest.said)
    compare(tap, "a stream switched off", expected, ingest.content(FIRST, DAY))
    events = vendors.truth(day, day)[day]["cursor_events"]
    truth = sum(events[name] for name in "input_tokens output_tokens cache_write_tokens cache_read_tokens".split())
    code = ingest.run("run", MBC_NOW=later)
    check(tap, "switched on, the day has it", (0, [[str(truth)]]), (code, ingest.query(tokens)), ingest.said)
    compare(tap, "a stream switched on again", expected, ingest.content(FIRST, DAY))


def main(tap, warehouse):
    with Vendors("--people", "4", "--days", "40") as vendors:
        ingest = Ingest(vendors, warehouse, "rebuilt")
        check(tap, "a backfill ends well", 0, ingest.run("backfill", "--from", FIRST, "--to", DAY), ingest.said)
        expected = ingest.content(FIRST, DAY)
        from_raw(tap, ingest, expected)
        from_vendors(tap, ingest, expected)
        forgotten(tap, vendors, ingest, expected)
        revised(tap, vendors, ingest, expected)
        vanished(tap, vendors, ingest, expected)
        switched(tap, vendors, ingest, expected)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
