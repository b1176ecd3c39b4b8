#!/usr/bin/env python3
"""A warehouse that refuses, limits, breaks, or was changed by hand: a passing fault is waited for, any other
has its exit code and names what is wrong, and nothing is half done."""
import json
import sys

from programs import DAY, Ingest, Vendors, check, with_warehouse
from proxy import Proxy, answer, change, cut


def refusal(status, reason, message):
    """An error as BigQuery words it."""
    return answer(status, json.dumps({"error": {
        "code": status, "message": message, "errors": [{"reason": reason, "message": message, "domain": "global"}]}}))


class Once:
    """The fault for the first request that fits, behind `skip` others, or for all."""

    def __init__(self, fits, fault, times=1, skip=0):
        self.fits, self.fault, self.left, self.skip, self.struck = fits, fault, times, skip, 0

    def __call__(self, request):
        if self.left == 0 or not self.fits(request):
            return None
        self.skip -= 1
        if self.skip >= 0:
            return None
        self.left -= 1
        self.struck += 1
        return self.fault


def is_load(request):
    return request.method == "POST" and "/upload/" in request.path


def is_query(request):
    return request.method == "POST" and request.path.split("?")[0].endswith(("/queries", "/jobs")) and not is_load(request)


def is_merge(request):
    return is_query(request) and b"MERGE" in request.body


PASSING = [
    ("a limit of the rate", is_query, refusal(403, "rateLimitExceeded", "Exceeded rate limits: too many api requests")),
    ("a limit of the rate at a load", is_load, refusal(403, "rateLimitExceeded", "Exceeded rate limits")),
    ("a backend in trouble", is_query, refusal(503, "backendError", "Error encountered during execution. Retrying may solve the problem.")),
    ("a backend in trouble at a load", is_load, refusal(500, "backendError", "An internal error occurred")),
    ("a backend in trouble at a merge", is_merge, refusal(503, "backendError", "Try again")),
    ("a page of a proxy", is_query, answer(502, "<html>502 Bad Gateway</html>", "text/html")),
    ("an answer that breaks off", is_query, cut(20)),
]
STAYING = [
    ("a quota that is used up", is_query, refusal(403, "quotaExceeded", "Quota exceeded: your project exceeded quota for query"),
     "quotaExceeded"),
    ("a quota of loads", is_load, refusal(403, "quotaExceeded", "Quota exceeded: imports per table"), "quotaExceeded"),
    ("an account without rights", is_query, refusal(403, "accessDenied", "Access Denied: Project local: User does not have bigquery.jobs.create permission"),
     "bigquery.jobs.create"),
    ("an account without rights to load", is_load, refusal(403, "accessDenied", "Access Denied: Table raw_cursor_members"),
     "Access Denied: Table raw_cursor_members"),
]


class Bench:
    def __init__(self, tap, vendors, ingest, proxy):
        self.tap, self.vendors, self.ingest, self.proxy = tap, vendors, ingest, proxy
        self.behind = proxy.base.removeprefix("http://")
        self.check("a healthy run ends well", 0, self.run())
        self.before = ingest.facts()

    def run(self, *command, **more):
        return self.ingest.run(*(command or ("run", "--date", DAY)), BIGQUERY_EMULATOR_HOST=self.behind, **more)

    def check(self, name, expected, found):
        check(self.tap, name, expected, found, self.ingest.said)

    def says(self, name, *texts):
        self.check(name, [], [text for text in texts if text not in self.ingest.said])

    def strike(self, fault, *command, **more):
        self.proxy.script = fault
        code = self.run(*command, **more)
        self.proxy.script = None
        return code

    def touch(self):
        """Something to load and to build."""
        self.vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-20"})

    def revert(self):
        self.vendors.ask("revise", {"vendor": "anthropic", "day": "2026-11-20", "revert": True})

    def heal(self, name):
        self.revert()
        self.check(f"{name}: the next run makes all good", (0, True), (self.run(), self.ingest.facts() == self.before))


def passing(bench):
    """All of them in one run, each once, and not all at the same request; one day is loaded only, so that there
    are few loads and merges to strike."""
    faults = [Once(fits, fault, skip=2 * i if fits is is_query else 0) for i, (_, fits, fault) in enumerate(PASSING)]
    bench.touch()
    code = bench.strike(lambda request: next((found for found in (fault(request) for fault in faults) if found), None))
    bench.check("faults that pass are waited for", 0, code)
    bench.check("each of them struck", [name for name, _, _ in PASSING], [row[0] for row, fault in zip(PASSING, faults) if fault.struck])
    bench.heal("faults that passed")


def staying(bench):
    for name, fits, fault, text in STAYING:
        bench.touch()
        bench.check(f"{name} is exit 5", 5, bench.strike(Once(fits, fault, -1)))
        bench.says(f"{name} is told", text)
    bench.heal("faults that stayed")


def places(bench):
    def elsewhere(body):
        dataset = json.loads(body)
        dataset["location"] = "EU"
        return json.dumps(dataset).encode()

    def is_dataset(request):
        return request.method == "GET" and request.path.split("?")[0].endswith("/datasets/" + bench.ingest.dataset)

    code = bench.strike(Once(is_dataset, change(elsewhere), -1), BIGQUERY_LOCATION="europe-west6")
    bench.check("a dataset in another location is exit 3", 3, code)
    bench.says("both places are told", "is in EU, and BIGQUERY_LOCATION says europe-west6")
    for command in ("report", "check", "health"):
        code = bench.run(command, BIGQUERY_DATASET="nowhere")
        bench.check(f"{command} without a dataset is no success, and names it", (True, True), (code != 0, "nowhere" in bench.ingest.said))


def changed(bench):
    """Each change strikes its own table, whether there is something to load or not; the streams of the others go on."""
    query = bench.ingest.query
    query("ALTER TABLE `$raw_claude_code` DROP COLUMN terminal_type")
    query("ALTER TABLE `$raw_anthropic_cost` ADD COLUMN note STRING")
    query("ALTER TABLE `$raw_cursor_spend` DROP COLUMN role")
    query("ALTER TABLE `$raw_cursor_spend` ADD COLUMN role INT64")
    bench.touch()
    bench.check("tables changed by hand are exit 3", 3, bench.run())
    bench.says("table and column are named", "raw_claude_code", "terminal_type", "raw_anthropic_cost", "note",
               "raw_cursor_spend", "role")
    bench.check("the streams of these tables failed, and no others", [["anthropic_cost"], ["claude_code"], ["cursor_spend"]],
                query("SELECT DISTINCT stream FROM `$coverage_current` WHERE status = 'failed' ORDER BY stream"))
    bench.check("migrate refuses as well", 3, bench.run("migrate"))
    query("ALTER TABLE `$raw_claude_code` ADD COLUMN terminal_type STRING")
    query("ALTER TABLE `$raw_anthropic_cost` DROP COLUMN note")
    query("ALTER TABLE `$raw_cursor_spend` DROP COLUMN role")
    query("ALTER TABLE `$raw_cursor_spend` ADD COLUMN role STRING")
    bench.heal("tables changed back")


def dropped(bench):
    bench.ingest.query("DROP VIEW `$revisions`")
    bench.ingest.query("DROP TABLE `$raw_anthropic_cost`")
    bench.ingest.query("DROP TABLE `$fct_cost_daily`")
    bench.check("what was dropped is made and filled again", 0, bench.run())
    bench.check("the view is there", True, len(bench.ingest.query("SELECT COUNT(*) FROM `$revisions`")) == 1)
    bench.check("the facts are as they were", True, bench.ingest.facts() == bench.before)


def main(tap, warehouse):
    with Vendors("--people", "4", "--days", "8") as vendors, Proxy(warehouse.url) as proxy:
        bench = Bench(tap, vendors, Ingest(vendors, warehouse, "broken"), proxy)
        for part in (passing, staying, places, changed, dropped):
            if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
                part(bench)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
