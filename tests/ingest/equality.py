#!/usr/bin/env python3
"""However a stretch of days is read, the facts are the same: a run on each morning, with a clock that moves
on as it does in life; one backfill; one in four tasks at once; and any of it twice. EQUALITY_DAYS=30 and
EQUALITY_PEOPLE=40 make it a month of a company, which takes some minutes."""
import datetime
import decimal
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from programs import Ingest, Vendors, check, compare, with_warehouse

PEOPLE, COUNT = os.environ.get("EQUALITY_PEOPLE", "4"), int(os.environ.get("EQUALITY_DAYS", "6"))
LAST = datetime.date(2026, 11, 21)
DAYS = [LAST - datetime.timedelta(days=back) for back in reversed(range(COUNT))]
FIRST, LAST = str(DAYS[0]), str(DAYS[-1])


def morning_after(day):
    return f"{day + datetime.timedelta(days=1)}T06:00:00Z"


def run_daily(ingest, vendors):
    """A run each morning; gives what those said that did not end with 0."""
    said = []
    for day in DAYS:
        vendors.ask("clock", {"now": morning_after(day)})
        if code := ingest.run("run", MBC_NOW=morning_after(day)):
            said.append(f"{day}: exit {code}\n{ingest.said}")
    return said


def run_backfill(ingest):
    code = ingest.run("backfill", "--from", FIRST, "--to", LAST)
    return [f"exit {code}\n{ingest.said}"] if code else []


def run_shards(ingest):
    tasks = [ingest.start("backfill", "--from", FIRST, "--to", LAST, CLOUD_RUN_EXECUTION="fill-shards",
                          CLOUD_RUN_TASK_INDEX=str(index), CLOUD_RUN_TASK_COUNT="4") for index in range(4)]
    said = [task.communicate(timeout=1200)[0] for task in tasks]
    return [f"task {index}: exit {task.returncode}\n{said[index]}" for index, task in enumerate(tasks) if task.returncode]


def check_way(tap, name, way):
    said = way.result()
    check(tap, f"{name} ends well", [], [text.splitlines()[0] for text in said], "\n".join(said))


def check_truth(tap, ingest, vendors):
    """All ways could be wrong alike: the sums are the vendors'."""
    truth = vendors.truth(FIRST, LAST).values()
    dollars = [sum(decimal.Decimal(day[stream][name]) for day in truth) for stream, name in (
        ("anthropic_cost", "usd"), ("cursor_events", "overage_usd"), ("cursor_events", "included_usd"))]
    found = dict(ingest.query(f"""
        SELECT cost_type, CAST(SUM(list_usd) AS STRING) FROM `$fct_cost_daily`
        WHERE cost_date BETWEEN '{FIRST}' AND '{LAST}' GROUP BY cost_type"""))
    check(tap, "all dollars are the vendors'", dollars,
          [decimal.Decimal(found[name]) for name in ("usage", "overage", "included")])


def main(tap, warehouse):
    people = ("--people", PEOPLE, "--days", "70")
    # Side by side: a backfill mostly waits for the vendors' rates.
    with Vendors(*people) as vendors, Vendors(*people) as moving, ThreadPoolExecutor() as pool:
        filled, shards = Ingest(vendors, warehouse, "filled"), Ingest(vendors, warehouse, "shards")
        daily = Ingest(moving, warehouse, "daily")
        check(tap, "the tables of the tasks are made", 0, shards.run("migrate"), shards.said)
        ways = [pool.submit(run_daily, daily, moving), pool.submit(run_shards, shards), pool.submit(run_backfill, filled)]
        check_way(tap, "a backfill", ways[2])
        expected = filled.content(FIRST, LAST)
        check_truth(tap, filled, vendors)
        check_way(tap, "a backfill over it", pool.submit(run_backfill, filled))
        compare(tap, "a backfill twice", expected, filled.content(FIRST, LAST))
        check_way(tap, "four tasks at once", ways[1])
        compare(tap, "a backfill in four tasks", expected, shards.content(FIRST, LAST))
        check_way(tap, "a run on each morning", ways[0])
        compare(tap, "a run on each morning", expected, daily.content(FIRST, LAST))
        check(tap, "a run over it ends well", 0, daily.run("run"), daily.said)
        compare(tap, "and a run over it", expected, daily.content(FIRST, LAST))


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
