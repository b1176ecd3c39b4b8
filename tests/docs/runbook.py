#!/usr/bin/env python3
"""Runs docs/runbook.md against the stand-ins, in its order: each line of a block ```sh must end with the code that
its comment names (`# exit 4`; 0 without one), each statement of a block ```sql must be one that the warehouse takes.
A comment `<!-- before: … -->` makes happen what the text speaks of."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/ingest")]

from programs import BUILD, Ingest, Vendors, check, with_warehouse
from warehouse import Refused

STEP = re.compile(r"^ *<!-- (?P<event>[^>]*?) -->$|^ *```(?P<kind>sh|sql)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"\s+# exit (\d+)$")
PERSON = "ann@example.com"


def shell(tap, ingest, line):
    wanted = int(EXIT.search(line)[1]) if EXIT.search(line) else 0
    environment = {**ingest.environment, "PATH": f"{BUILD}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", EXIT.sub("", line)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=400)
    check(tap, line, wanted, done.returncode, done.stdout[-3000:])


def statements(tap, ingest, body, person):
    for sql in filter(str.strip, body.replace(PERSON, person).split(";")):
        name = " ".join(sql.split())[:100]
        try:
            ingest.warehouse.query(sql)
            tap.result(True, name)
        except Refused as why:
            tap.result(False, name, str(why))


def columns_with(ingest, text):
    """Columns of tables and views in which the text stands."""
    tables, found = {}, []
    for table, column in ingest.query("SELECT table_name, column_name FROM `$INFORMATION_SCHEMA.COLUMNS`"
                                      " WHERE data_type = 'STRING' ORDER BY 1, 2"):
        tables.setdefault(table, []).append(column)
    for table, columns in tables.items():
        counts = ", ".join(f"COUNTIF(LOWER(`{column}`) LIKE '%{text}%')" for column in columns)
        row = ingest.query(f"SELECT {counts} FROM `${table}`")[0]
        found += [f"{table}.{column}" for column, count in zip(columns, row) if int(count)]
    return found


class Events:
    """What happens between the commands."""

    def __init__(self, tap, vendors, ingest):
        self.tap, self.vendors, self.ingest = tap, vendors, ingest
        self.person = self.sums = None

    def happen(self, event):
        if event == "before: a vendor denies":
            self.vendors.fail({"path": "/v1/organizations/cost_report", "status": 403, "times": -1})
        elif event == "after: a vendor denies":
            self.vendors.heal()
        elif event == "before: a day shrinks":
            self.vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-20", "keep": 100})
        elif event == "before: a column by hand":
            self.ingest.query("ALTER TABLE `$dim_workspaces` ADD COLUMN colour STRING")
        elif event == "erase":
            self.choose_person()
        else:
            raise SystemExit(f"docs/runbook.md: nobody knows what `{event}` is")

    def total(self):
        return self.ingest.query("SELECT CAST(SUM(cost_usd) AS STRING), CAST(SUM(list_usd) AS STRING) FROM `$fct_cost_daily`")

    def choose_person(self):
        self.person = self.ingest.query("""
            SELECT people.user_email FROM `$dim_users` AS people JOIN `$fct_cost_daily` AS cost USING (user_email)
            WHERE people.first_name IS NOT NULL GROUP BY people.user_email ORDER BY COUNT(*) DESC, 1 LIMIT 1""")[0][0]
        self.sums = self.total()
        check(self.tap, "the person is in facts, dims and raw", True,
              {"fct_cost_daily.user_email", "dim_users.user_email", "raw_sheet_people.email"}
              <= set(columns_with(self.ingest, self.person)))
        # Step 1 of the page: the sources name the person no more. Here they say nothing at all.
        self.vendors.fail({"path": "/*", "status": 403, "times": -1})

    def erased(self):
        self.ingest.run("run", "--date", "2026-11-20")
        check(self.tap, "after a run the name stands nowhere", [], columns_with(self.ingest, self.person), self.ingest.said)
        check(self.tap, "the money is what it was", self.sums, self.total())


def main(tap, warehouse):
    with Vendors("--people", "6", "--days", "20", now="2026-11-21T06:00:00Z") as vendors:
        ingest = Ingest(vendors, warehouse, "ai_usage")
        ingest.environment["MBC_NOW"] = "2026-11-21T06:00:00Z"
        events = Events(tap, vendors, ingest)
        for step in STEP.finditer((ROOT / "docs/runbook.md").read_text()):
            if step["event"]:
                events.happen(step["event"])
            elif step["kind"] == "sh" and not events.person:
                for line in filter(None, map(str.strip, step["body"].splitlines())):
                    shell(tap, ingest, line)
            elif step["kind"] == "sql":
                statements(tap, ingest, step["body"], events.person or PERSON)
                if events.person:
                    events.erased()


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
