"""What whole runs of mbc-ingest cost: requests, loads and time, against the vendors' stand-in and a local
warehouse. The stand-in sets no limit by itself, so the time that a vendor's limit would demand is worked
out from the number of requests. In a backfill it does, as many times the vendors' own as mbc-ingest is told
that it may ask, or this took half an hour."""
import collections
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CURSOR_CALLS, CURSOR_PERIOD = 19, 61
DAYS, SHARDS = 90, 4

LIMITS = {"/teams/": 20, "/v1/organizations/": 60}   # requests a minute
FASTER = 4
CHECK_FAILED = 1


def count(vendors):
    """Requests by path, and how many were refused for asking too often."""
    journal = vendors.ask("journal")
    entries = journal["requests"] if isinstance(journal, dict) else journal
    vendors.ask("journal", method="DELETE")
    return collections.Counter(entry["path"] for entry in entries), sum(entry["status"] == 429 for entry in entries)


def below(requests, beginning):
    return sum(number for path, number in requests.items() if path.startswith(beginning))


def load_jobs(ingest):
    return int(ingest.query("SELECT SUM(load_jobs) FROM `$runs`")[0][0])


def needless(ingest):
    """Loads of a day whose content stood already."""
    return int(ingest.query("""SELECT COUNT(*) FROM (SELECT loaded, content_hash,
        LAG(content_hash) OVER (PARTITION BY stream, day ORDER BY recorded_at, run_id) AS before
        FROM `$coverage` WHERE status IN ('ok', 'empty')) WHERE loaded AND content_hash = before""")[0][0])


def run(ingest, *arguments, **more):
    start = time.perf_counter()
    if ingest.run(*arguments, **more) not in (0, CHECK_FAILED):
        sys.exit(f"mbc-ingest {' '.join(arguments)} failed:\n{ingest.said}")
    return time.perf_counter() - start


def measure_days(programs, warehouse, budget):
    with programs.Vendors("--people", "50", now="2026-11-21T06:00:00Z") as vendors:
        ingest = programs.Ingest(vendors, warehouse, "daily")
        run(ingest, "run", "--date", "2026-11-20", MBC_NOW="2026-11-21T06:00:00Z")
        vendors.ask("clock", {"now": programs.NOW})
        print("\nA daily run for 50 people")
        for name in ("the next day", "the same again"):
            count(vendors)
            before = load_jobs(ingest)
            took = run(ingest, "run", "--date", programs.DAY)
            requests, _ = count(vendors)
            loads = load_jobs(ingest) - before
            cursor, anthropic = below(requests, "/teams/"), below(requests, "/v1/organizations/")
            bound = (cursor - 1) // CURSOR_CALLS * CURSOR_PERIOD
            budget(f"{name}: {cursor} requests to Cursor (at most 40)", cursor <= 40)
            budget(f"{name}: {anthropic} requests to Anthropic (at most 15)", anthropic <= 15)
            budget(f"{name}: {took - bound:.1f} s over the {bound} s that the vendors' limits demand (at most 10)",
                   took - bound <= 10)
            again = name == "the same again"
            budget(f"{name}: {loads} loads ({'none' if again else 'only of days that changed'})",
                   loads == 0 if again else not needless(ingest))


def tasks_of(ingest, days, **more):
    """A backfill by several tasks at once; each must end well."""
    tasks = [ingest.start("backfill", *days, CLOUD_RUN_EXECUTION="bench", CLOUD_RUN_TASK_COUNT=str(SHARDS),
                          CLOUD_RUN_TASK_INDEX=str(task), **more) for task in range(SHARDS)]
    said = [task.communicate()[0] for task in tasks]
    if any(task.returncode not in (0, CHECK_FAILED) for task in tasks):
        sys.exit("a task of the backfill failed:\n" + "\n".join(said))


def measure_backfill(programs, warehouse, budget):
    days = ["--from", "2026-08-24", "--to", programs.DAY]
    with programs.Vendors("--people", "5") as vendors:
        one, many = programs.Ingest(vendors, warehouse, "one_task"), programs.Ingest(vendors, warehouse, "many_tasks")
        run(one, "backfill", *days, MBC_RATE_PERCENT="5000")
        alone, _ = count(vendors)
        run(many, "migrate")
        vendors.fail(*({"path": path, "rate": rate * FASTER, "status": 429, "retry_after": 5, "times": -1}
                       for path, rate in LIMITS.items()))
        start = time.perf_counter()
        tasks_of(many, days, MBC_RATE_PERCENT=str(100 * FASTER))
        took = time.perf_counter() - start
        together, refused = count(vendors)
    asked = [path for path in together if path.startswith((*LIMITS, "/v4/"))]
    most = max(asked, key=lambda path: together[path] - alone[path])
    print(f"\n{DAYS} days of backfill: {sum(alone[path] for path in asked)} requests in one task, "
          f"{sum(together[path] for path in asked)} in {SHARDS} ({took:.0f} s, limits {FASTER} times the vendors')")
    more = together[most] - alone[most]
    budget(f"in {SHARDS} tasks: {more} more for {most}, no stream has more (at most 3)", more <= 3)
    budget(f"in {SHARDS} tasks: {refused} requests refused (none)", not refused)


def measure(build, budget):
    os.environ["MBC_BUILD"] = str(build)
    sys.path[:0] = [str(ROOT / "tests/cases"), str(ROOT / "tests/warehouse"), str(ROOT / "tests/ingest")]
    import programs
    from warehouse import Warehouse, install
    why = install()
    if why:
        print(f"\nWhole runs are not measured: {why}")
        return
    with Warehouse() as warehouse:
        measure_days(programs, warehouse, budget)
        measure_backfill(programs, warehouse, budget)
