"""mbc-ingest between scripted proxies: every request of a run can be met by a fault, a kill or a signal, and
what a reader of the dataset sees is held against what he should see."""
import contextlib
import json
import os
import signal
import time
import types

import kinds
from programs import DAY, NOW, ROOT, Ingest

FACTS = {"fct_usage_daily": "usage_date", "fct_cost_daily": "cost_date"}
DIMS = "dim_users dim_workspaces dim_api_keys dim_users_history dim_api_keys_history".split()
RAW = sorted(path.stem for path in (ROOT / "sql/tables").glob("raw_*.sql"))
SNAPSHOTS = ("_keys", "_users", "_workspaces", "_members", "_spend", "_people", "_subscriptions")
FOREIGN = "ingest_date fetched_at run_id".split()


class Stage:
    """Vendors and a warehouse behind proxies, and a dataset; a run can be killed at a point of it."""

    def __init__(self, vendors, warehouse, asked, written, dataset):
        self.vendors, self.warehouse, self.proxies = vendors, warehouse, (asked, written)
        through = types.SimpleNamespace(url=written.base, query=warehouse.query)
        self.ingest = Ingest(types.SimpleNamespace(url=asked.base), through, dataset)
        self.dataset, self.runs, self.process = dataset, 0, None

    def end(self, number):
        """Sends a signal and returns when the program is gone: it can do nothing about the rest of an answer."""
        self.struck, self.stopped = True, time.monotonic()
        self.process.send_signal(number)
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)

    def kill(self):
        self.end(signal.SIGKILL)

    def stop(self):
        self.end(signal.SIGTERM)

    def at(self, kind, turn, way, then):
        """A script that strikes once, at that request."""
        def script(request):
            if not self.struck and (request.kind, request.turn) == (kind, turn):
                return way(then=then)
            return None
        return script

    def run(self, script=None, arguments=("run", "--date", DAY), **more):
        """Runs it to its end; what was asked is in `asked`. The clock of each run is later than that of the one
        before."""
        self.runs += 1
        self.struck = False
        for proxy in self.proxies:
            proxy.forget()
            proxy.script = script
        self.process = self.ingest.start(*arguments, MBC_NOW=self.clock(), **more)
        self.said = self.process.communicate(timeout=900)[0]
        for proxy in self.proxies:
            proxy.settle()
        self.asked = [(request.kind, request.turn) for proxy in self.proxies for request in proxy.requests]
        return self.process.returncode

    def clock(self, ahead=0):
        seconds = 6 * 3600 + self.runs + ahead
        return NOW[:11] + "%02d:%02d:%02dZ" % (seconds // 3600, seconds // 60 % 60, seconds % 60)

    def free_lease(self):
        if self.has("leases"):
            self.ingest.query("UPDATE `$leases` SET expires_at = TIMESTAMP '2026-01-01' WHERE holder IS NOT NULL")

    def has(self, table):
        return table in self.tables()

    def tables(self):
        try:
            answer = self.warehouse.call("GET", f"/datasets/{self.dataset}/tables?maxResults=1000")
        except Exception:
            return set()
        return {table["tableReference"]["tableId"] for table in answer.get("tables", [])}

    def view(self):
        """What a reader sees: rows by (table, day), without what depends on the run; who loaded them; and
        what coverage says."""
        there = self.tables()
        parts = [f"SELECT '{table}' AS part, CAST({column} AS STRING) AS day, TO_JSON_STRING(r) AS text "
                 f"FROM `${table}` AS r" for table, column in columns() if table in there]
        rows, runs = {}, {}
        for table, day, text in self.ingest.query(" UNION ALL ".join(parts)) if parts else []:
            row = json.loads(text)
            if table in RAW:
                runs.setdefault((table, day), set()).add(row["run_id"])
            rows.setdefault((table, day), []).append(
                json.dumps({name: row[name] for name in row if name not in FOREIGN}, sort_keys=True))
        covered = self.ingest.query("""
            SELECT now.stream, CAST(now.day AS STRING), now.data_status, CAST(now.data_rows AS STRING),
              CAST(now.sum_tokens AS STRING), CAST(now.sum_usd AS STRING), loads.run_id
            FROM `$coverage_current` AS now
            LEFT JOIN (
              SELECT stream, day, run_id FROM `$coverage` WHERE status IN ('ok', 'empty') AND loaded
              QUALIFY ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC, run_id DESC) = 1
            ) AS loads ON loads.stream = now.stream AND loads.day = now.day""") if "coverage_current" in there else []
        return types.SimpleNamespace(
            rows={key: sorted(texts) for key, texts in rows.items()}, runs=runs,
            coverage={tuple(row[:2]): row[2:6] for row in covered}, loads={tuple(row[:2]): row[6] for row in covered})


def columns():
    for table in RAW:
        yield table, "snapshot_date" if table.endswith(SNAPSHOTS) else "usage_date"
    yield from FACTS.items()
    for table in DIMS:
        yield table, "NULL"
