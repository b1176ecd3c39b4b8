#!/usr/bin/env python3
"""Runs that meet: the schedule delivered twice, a task that is started again under its old name, a backfill
while a run goes on. Nothing is counted twice, nobody keeps the lease, and the facts are those of one run."""
import sys

from programs import DAY, NOW, Ingest, Vendors, check, compare, with_warehouse

FIRST = "2026-11-19"    # the days that every stream of a run reads
CODES = {0, 75}         # done, or another holds the lease


def check_books(tap, name, ingest):
    check(tap, f"{name}: no try is recorded twice", [], ingest.query("""
        SELECT stream, day, run_id, status, content_hash, loaded FROM `$coverage`
        GROUP BY ALL HAVING COUNT(*) > 1"""))
    check(tap, f"{name}: nobody keeps the lease", [["1", None]],
          ingest.query("SELECT COUNT(*), MAX(holder) FROM `$leases`"))
    check(tap, f"{name}: each day was built of one run's rows", [],
          ingest.query("SELECT stream, day, raw_runs FROM `$raw_days` WHERE raw_runs != 1"))


def settle(tap, name, ingest, expected):
    """The next run finds whatever crossed, and the one after that has nothing to do."""
    check(tap, f"{name}: the next run ends well", 0, ingest.run("run", "--date", DAY), ingest.said)
    compare(tap, f"{name}, and a run", expected, ingest.content(FIRST, DAY))
    check(tap, f"{name}: the one after it has nothing to do", True, ingest.run("run", "--date", DAY) == 0
          and "loaded 0 (0 rows)" in ingest.said and "built 0 days" in ingest.said, ingest.said)
    check_books(tap, f"{name}, and two runs", ingest)


def meet(tap, name, ingest, expected, *commands):
    tasks = [ingest.start(*command) for command in commands]
    said = [task.communicate(timeout=600)[0] for task in tasks]
    codes = [task.returncode for task in tasks]
    check(tap, f"{name}: one is done, the other too or has made way", (True, True),
          (0 in codes, set(codes) <= CODES), f"{codes}\n" + "\n".join(said))
    compare(tap, name, expected, ingest.content(FIRST, DAY))
    check_books(tap, name, ingest)
    settle(tap, name, ingest, expected)


def retried(tap, vendors, ingest, expected):
    """Cloud Run starts a task that failed again, with the name of the same execution."""
    name = {"CLOUD_RUN_EXECUTION": "mbc-ingest-x7k2p"}
    vendors.fail({"path": "/v1/organizations/usage_report/claude_code", "status": 403, "times": -1})
    check(tap, "a run with a stream denied is exit 4", 4, ingest.run("run", "--date", DAY, **name), ingest.said)
    denied = [line for line in ingest.said.splitlines() if "denied, http" in line]
    check(tap, "its days are told in one line", True, len(denied) == 1 and denied[0].startswith(
        "mbc-ingest: error: claude_code 2026-11-19 to 2026-11-21: denied, http: "), ingest.said)
    vendors.heal()
    code = ingest.run("run", "--date", DAY, **name, MBC_NOW=NOW.replace("06:00", "06:05"))
    check(tap, "started again it is done", (0, [["ok", None]]), (code, ingest.status("claude_code")), ingest.said)
    compare(tap, "a run that was started again", expected, ingest.content(FIRST, DAY))
    rows = ingest.query("SELECT COUNT(*) FROM `$coverage`")
    check(tap, "once more it records nothing", (0, rows),
          (ingest.run("run", "--date", DAY, **name, MBC_NOW=NOW.replace("06:00", "06:10")),
           ingest.query("SELECT COUNT(*) FROM `$coverage`")), ingest.said)
    check_books(tap, "a run that was started again", ingest)


def main(tap, warehouse):
    with Vendors("--people", "4", "--days", "40") as vendors:
        alone = Ingest(vendors, warehouse, "alone")
        check(tap, "a run ends well", 0, alone.run("run", "--date", DAY), alone.said)
        expected = alone.content(FIRST, DAY)
        retried(tap, vendors, Ingest(vendors, warehouse, "retried"), expected)
        run, backfill = ("run", "--date", DAY), ("backfill", "--from", "2026-11-16", "--to", DAY)
        meet(tap, "two runs of a day", Ingest(vendors, warehouse, "two"), expected, run, run)
        meet(tap, "a run and a backfill", Ingest(vendors, warehouse, "mixed"), expected, run, backfill)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
