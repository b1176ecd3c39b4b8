#!/usr/bin/env python3
"""SIGTERM while mbc-ingest fetches, loads or builds: it ends within ten seconds with 143, gives the lease
back, leaves no file behind and says in `runs` how it ended; the run after it makes all good."""
import os
import sys
import time

from programs import DAY, Ingest, Vendors, check, with_warehouse
from proxy import Proxy


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


def main(tap, warehouse):
    with Vendors("--people", "4", "--days", "8") as vendors, \
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


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
