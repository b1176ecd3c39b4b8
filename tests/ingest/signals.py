#!/usr/bin/env python3
"""SIGTERM while mbc-ingest fetches, loads or builds: it ends within ten seconds with 143, gives the lease
back, leaves no file behind and says in `runs` how it ended; the run after it makes all good."""
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/cases"), str(ROOT / "tests/warehouse"), str(ROOT / "tests")]

from harness import Tap
from programs import DAY, Ingest, Vendors, check
from proxy import Proxy
from warehouse import Warehouse, install


class Signal:
    """A script for a proxy: the first request that fits ends the program, and is not answered for so long."""

    def __init__(self, fits, delay=0):
        self.fits, self.delay, self.process, self.sent = fits, delay, None, None

    def __call__(self, request):
        if self.process and not self.sent and self.fits(request):
            self.sent = time.monotonic()
            self.process.terminate()
            time.sleep(self.delay)


def is_load(request):
    return request.method == "POST" and "/upload/" in request.path


def is_build(request):
    return request.method == "POST" and b"MERGE" in request.body and b"fct_usage_daily" in request.body


def end_in(tap, name, ingest, proxy, script, **more):
    proxy.script = script
    script.process = ingest.start("run", "--date", DAY, **more)
    said = script.process.communicate(timeout=400)[0]
    check(tap, f"{name}: exit 143 within 10 s", (143, True),
          (script.process.returncode, bool(script.sent) and time.monotonic() - script.sent < 10), said)
    proxy.script = None
    check(tap, f"{name}: no file is left", [], os.listdir(ingest.folder))
    check(tap, f"{name}: nobody holds the lease", [],
          ingest.query("SELECT holder FROM `$leases` WHERE holder IS NOT NULL"), said)


def main():
    why = install()
    if why:
        print(f"1..0 # SKIP {why}")
        return 0
    tap = Tap()
    with Warehouse() as warehouse, Vendors("--people", "4", "--days", "8") as vendors, \
            Proxy(vendors.url) as asked, Proxy(warehouse.url) as proxy:
        ingest = Ingest(vendors, warehouse, "ended")
        ingest.environment["MBC_STREAMS"] = "anthropic_usage,anthropic_cost,anthropic_keys,sheet_people,sheet_keys"
        whole = Ingest(vendors, warehouse, "whole")
        whole.environment["MBC_STREAMS"] = ingest.environment["MBC_STREAMS"]
        check(tap, "a run that is left alone ends well", 0, whole.run("run", "--date", DAY), whole.said)
        behind = {"BIGQUERY_EMULATOR_HOST": proxy.base.removeprefix("http://")}
        end_in(tap, "loading", ingest, proxy, Signal(is_load), **behind)
        end_in(tap, "building", ingest, proxy, Signal(is_build), **behind)
        end_in(tap, "fetching", ingest, asked, Signal(lambda request: True, 15), ANTHROPIC_BASE_URL=asked.base)
        check(tap, "runs tells of all three", [["143", "ended by a signal"]] * 3,
              ingest.query("SELECT CAST(exit_code AS STRING), message FROM `$runs`"))
        check(tap, "the next run ends well", 0, ingest.run("run", "--date", DAY), ingest.said)
        check(tap, "its facts are those of a run that was left alone", whole.facts(), ingest.facts())
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
