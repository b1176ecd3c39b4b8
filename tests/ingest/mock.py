#!/usr/bin/env python3
"""`--mock-apis`: with nothing set at all the program shows what it does, it fills a local warehouse as it
would a real one, and its invented data gets nowhere else."""
import os
import re
import subprocess
import sys
import tempfile

from programs import BUILD, check
from harness import Tap
from warehouse import Warehouse, install

NOW = "2026-11-25T06:00:00Z"  # a Wednesday: what is new to the vendors is so since Monday
SMALL = ("--mock-apis", "--mock-people", "8", "--mock-days", "12")


class Program:
    """mbc-ingest with an empty environment but for what is given."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mbc-mock-")

    def run(self, *arguments, **environment):
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        done = subprocess.run([BUILD / "mbc-ingest", *arguments], capture_output=True, text=True, timeout=300,
                              env={**kept, "TMPDIR": self.folder, "MBC_NOW": NOW, **environment})
        self.said, self.printed = done.stderr, done.stdout
        return done.returncode


def trial(tap, program):
    code = program.run("run", *SMALL, GOOGLE_APPLICATION_CREDENTIALS="/nowhere", HOME="/nowhere")
    check(tap, "without a warehouse a run is done", 0, code, program.said)
    lines = {line.split()[0]: line.split()[1:] for line in program.printed.splitlines() if line.strip()}
    check(tap, "it prints what each stream brought", ["3", "7", "1"],
          [lines[name][0] for name in ("anthropic_cost", "cursor_events", "sheet_subscriptions")], program.printed)
    check(tap, "every stream has records", [], [name for name, cells in lines.items()
          if len(cells) == 4 and cells[1] == "0"], program.printed)
    check(tap, "it says that nothing was written", True, "Nothing was written" in program.printed)
    check(tap, "it says that the data is invented", True, "all data is invented" in program.said)
    check(tap, "it leaves no file", [], os.listdir(program.folder))
    first = program.printed
    program.run("run", *SMALL)
    check(tap, "the same day is the same data", first, program.printed)
    code = program.run("backfill", *SMALL, "--from", "2026-11-17")
    check(tap, "a backfill, too", (0, True), (code, "\ncursor_events " in program.printed), program.said)
    code = program.run("plan", *SMALL)
    check(tap, "a plan shows addresses on this machine", (0, True), (code, "http://127.0.0.1:" in program.printed))
    partitions = re.findall(r"raw_\w+\$\d{8}\n", program.printed)
    check(tap, "and partitions, of which it knows nothing", (31, True), (len(partitions),
          "What the partitions hold now is not known: no warehouse is set" in program.printed), program.printed)


def refusals(tap, program):
    url = "https://bigquery.example.com"
    for name, environment, words in (
            ("in production", {"ENVIRONMENT": "production"},
             "--mock-apis invents its data, and ENVIRONMENT is production"),
            ("with a dataset elsewhere", {"BIGQUERY_DATASET": "usage", "GOOGLE_CLOUD_PROJECT": "p"},
             "BIGQUERY_DATASET is set without BIGQUERY_EMULATOR_HOST"),
            ("with a warehouse elsewhere", {"BIGQUERY_DATASET": "usage", "GOOGLE_CLOUD_PROJECT": "p",
                                            "BIGQUERY_EMULATOR_HOST": url},
             "BIGQUERY_EMULATOR_HOST is not on this machine"),
            ("with a vendor's address", {"CURSOR_BASE_URL": url}, "CURSOR_BASE_URL is set, but --mock-apis")):
        code = program.run("run", *SMALL, **environment)
        check(tap, f"{name} it is refused", (78, True), (code, words in program.said), program.said)


def filled(tap, program, warehouse):
    local = {"BIGQUERY_EMULATOR_HOST": warehouse.url.removeprefix("http://"), "GOOGLE_CLOUD_PROJECT": "local",
             "BIGQUERY_DATASET": "mock"}
    check(tap, "it fills a warehouse on this machine", 0, program.run("run", *SMALL, **local), program.said)
    count = "SELECT COUNT(DISTINCT cost_type) FROM `mock.fct_cost_daily` WHERE cost_date = '2026-11-24'"
    check(tap, "with every layer of cost", [["4"]], warehouse.query(count))
    day = ("SELECT COUNT(*), CAST(SUM(cost_usd) AS STRING), CAST(SUM(list_usd) AS STRING) FROM `mock.fct_cost_daily` "
           "WHERE cost_date = '2026-11-23'")
    before = warehouse.query(day)
    rows = warehouse.query(
        "SELECT COUNT(*), MAX(run_id) FROM `mock.raw_cursor_events` WHERE usage_date = '2026-11-23'")[0]
    code = program.run("plan", *SMALL, **local)
    check(tap, "a plan says what is there", (0, True), (code, re.search(
        rf"raw_cursor_events\$20261123 +{rows[0]}  {rows[1]}\n", program.printed) is not None), program.printed)
    later = program.run("run", *SMALL, **{**local, "MBC_NOW": "2026-11-26T06:00:00Z"})
    check(tap, "the next day's run goes on", 0, later, program.said)
    check(tap, "a day stays as it was", before, warehouse.query(day))
    check(tap, "a day is added", [["2026-11-25"]],
          warehouse.query("SELECT CAST(MAX(usage_date) AS STRING) FROM `mock.fct_usage_daily`"))


def main():
    tap = Tap()
    program = Program()
    trial(tap, program)
    refusals(tap, program)
    why = install()
    if why:
        print(f"# {why}")
        return tap.end()
    with Warehouse() as warehouse:
        filled(tap, program, warehouse)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
