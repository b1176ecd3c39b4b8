"""What the tests of mbc-ingest start: the vendors' stand-in and the program itself, with nothing of the
caller's environment but what is named here."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "tests/cases", "tests/warehouse")]

from warehouse import with_warehouse

BUILD = pathlib.Path(os.environ.get("MBC_BUILD", ROOT / "build"))
DAY, NOW = "2026-11-21", "2026-11-22T06:00:00Z"


class Vendors:
    """The stand-in for all vendors on a free port; more options than the clock as `"--people", "8"`."""

    def __init__(self, *options, now=NOW):
        self.process = subprocess.Popen([BUILD / "mbc-vendors", "--port", "0", "--now", now, *options],
                                        stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/__control/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"{}")

    def truth(self, first, last):
        return self.ask(f"truth?from={first}&to={last}")["days"]

    def fail(self, *faults):
        self.heal()
        self.ask("faults", {"faults": list(faults)})

    def heal(self):
        self.ask("faults", method="DELETE")


class Ingest:
    """mbc-ingest with a dataset and an environment of its own; what a run said is in `said`."""

    def __init__(self, vendors, warehouse, dataset):
        host, port = vendors.url.removeprefix("http://"), warehouse.url.removeprefix("http://")
        self.warehouse, self.dataset = warehouse, dataset
        self.folder = tempfile.mkdtemp(prefix="mbc-ingest-")
        self.environment = {
            "PATH": os.environ["PATH"], "TMPDIR": self.folder, "HOME": self.folder,
            "ANTHROPIC_BASE_URL": vendors.url, "ANTHROPIC_ADMIN_KEY": "sk-ant-admin01-local",
            "CURSOR_BASE_URL": vendors.url, "CURSOR_API_KEY": "crsr_local",
            "GOOGLE_SHEETS_BASE_URL": vendors.url, "GOOGLE_SHEETS_ID": "sheet-local",
            "GOOGLE_SHEETS_SUBSCRIPTIONS_RANGE": "subscriptions!A:Z",
            "GOOGLE_TOKEN_URL": f"{vendors.url}/token", "GCE_METADATA_HOST": host,
            "BIGQUERY_EMULATOR_HOST": port, "GOOGLE_CLOUD_PROJECT": "local", "BIGQUERY_DATASET": dataset,
            "MBC_NOW": NOW,
            **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ},
        }

    def start(self, *arguments, program=BUILD / "mbc-ingest", **more):
        return subprocess.Popen([program, *arguments], env={**self.environment, **more},
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *arguments, **more):
        process = self.start(*arguments, **more)
        self.said = process.communicate(timeout=1200)[0]
        return process.returncode

    def query(self, sql):
        return self.warehouse.query(sql.replace("$", self.dataset + "."))

    def facts(self):
        """Every row of both facts, without order."""
        return [sorted(map(str, self.query(f"SELECT * FROM `${fact}`")))
                for fact in ("fct_usage_daily", "fct_cost_daily")]

    def content(self, first, last):
        """What stands of a stretch of days, by table: rows of facts, dims and histories, and what each
        stream and day was last loaded with (snapshots have no past, and are left out)."""
        asked = {
            "fct_usage_daily": f"SELECT * FROM `$fct_usage_daily` WHERE usage_date BETWEEN '{first}' AND '{last}'",
            "fct_cost_daily": f"SELECT * FROM `$fct_cost_daily` WHERE cost_date BETWEEN '{first}' AND '{last}'",
            "coverage": f"""
                SELECT stream, day, content_hash FROM `$coverage`
                WHERE loaded AND day BETWEEN '{first}' AND '{last}' AND stream IN ('anthropic_usage', 'anthropic_cost',
                  'anthropic_usage_analytics', 'anthropic_cost_analytics', 'claude_code', 'cursor_usage', 'cursor_events')
                QUALIFY ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC, run_id DESC) = 1""",
            **{dim: f"SELECT * FROM `${dim}`" for dim in (
                "dim_users", "dim_workspaces", "dim_api_keys", "dim_users_history", "dim_api_keys_history")}}
        return {table: sorted(map(str, self.query(sql))) for table, sql in asked.items()}

    def status(self, stream):
        return self.query(f"SELECT status, reason FROM `$coverage_current` WHERE stream = '{stream}' AND day = '{DAY}'")


def check(tap, name, expected, found, said=""):
    tap.result(expected == found, name, "" if expected == found else f"expected {expected!r}\nfound    {found!r}\n{said}")


def compare(tap, name, expected, found):
    """Two contents; of a table that differs the first rows are shown."""
    why = []
    for table in (table for table, rows in expected.items() if rows != found[table]):
        missing, extra = sorted(set(expected[table]) - set(found[table])), sorted(set(found[table]) - set(expected[table]))
        why += [f"{table}: {len(expected[table])} rows, {len(found[table])} rows", "without", *missing[:3], "with", *extra[:3]]
    tap.result(not why, f"{name}: facts, dims and loads are the same", "\n".join(why))
