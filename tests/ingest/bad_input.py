#!/usr/bin/env python3
"""Bad input that the whole program has to take a stand on: figures that cannot be, days that vanish, a key
that was revoked, vendors that nobody reaches, clocks that differ, a sheet that people broke. Each is reported
with its own exit code, and when it is over the facts are what they were."""
import re
import sys

from programs import DAY, Ingest, Vendors, check, with_warehouse

SETTINGS = {"MBC_PATIENCE_SECONDS": "3", "MBC_RATE_PERCENT": "100000"}
ANTHROPIC, CURSOR, SHEETS = "/v1/organizations/*", "/teams/*", "/v4/*"
DATES = {"starting_at": "2027-01-05T00:00:00Z", "date": "2027-01-05T00:00:00Z", "day": "2027-01-05",
         "timestamp": "1799107200000"}


class Bench:
    """One dataset, the facts of a healthy run, and what each test does to the vendors in between."""

    def __init__(self, tap, vendors, ingest):
        self.tap, self.vendors, self.ingest = tap, vendors, ingest
        self.check("a healthy run ends well", 0, self.run())
        self.before = ingest.facts()

    def run(self, *options, date=DAY, **more):
        return self.ingest.run("run", "--date", date, *options, **SETTINGS, **more)

    def check(self, name, expected, found):
        check(self.tap, name, expected, found, self.ingest.said)

    def says(self, name, *texts):
        self.check(name, [], [text for text in texts if text not in self.ingest.said])

    def unharmed(self, name):
        self.check(f"{name}: the facts are as they were", True, self.ingest.facts() == self.before)

    def fail(self, *faults):
        self.vendors.fail(*({"times": -1, **fault} for fault in faults))

    def heal(self, name):
        self.vendors.heal()
        self.check(f"{name}: the next run is well again", 0, self.run())
        self.unharmed(f"{name}, and healed")

    def coverage(self, where="TRUE"):
        """(status, reason) -> streams of the last run."""
        run_id = re.search(r"run (\S+): \d+ days", self.ingest.said)[1]
        rows = self.ingest.query(f"""
            SELECT DISTINCT status, reason, stream FROM `$coverage` WHERE run_id = '{run_id}' AND {where}
            ORDER BY status, reason, stream""")
        found = {}
        for status, reason, stream in rows:
            found.setdefault((status, reason), []).append(stream)
        return found

    def keys(self):
        return sorted(f"{status}, {reason}" if reason else status for status, reason in self.coverage())


def negative(bench):
    bench.fail({"path": ANTHROPIC, "set": {"web_search_requests": -1, "commits_by_claude_code": -1}},
               {"path": CURSOR, "set": {"totalRejects": -1}})
    bench.check("counts below nothing are loaded as they came, and are exit 1", 1, bench.run())
    bench.says("the check tells of them", "check negative_counts: not so")
    bench.check("no stream is at fault", ["empty", "ok"], bench.keys())
    bench.heal("negative counts")


def nulls(bench):
    names = ["name", "role", "mostUsedModel", "clientVersion", "kind", "requestsCosts", "terminal_type",
             "subscription_type", "created_by", "expires_at", "principal", "web_search_requests", "cache_creation",
             "server_tool_use", "commits_by_claude_code", "tool_actions", "model_breakdown", "totalApplies", "isActive",
             "maxMode", "isHeadless", "cursorTokenFee", "archived_at", "status"]
    bench.fail({"path": ANTHROPIC, "set": dict.fromkeys(names)}, {"path": CURSOR, "set": dict.fromkeys(names)})
    bench.check("null wherever nothing is needed is taken", (True, ["empty", "ok"]), (bench.run() in (0, 1), bench.keys()))
    bench.heal("nulls")


def vanished(bench):
    """All records move into the future: their days lose everything."""
    bench.fail({"path": ANTHROPIC, "set": DATES}, {"path": CURSOR, "set": DATES})
    bench.check("days that vanish are refused, exit 3", 3, bench.run())
    shrunk = ["anthropic_cost", "anthropic_usage", "claude_code", "cursor_events", "cursor_usage"]
    bench.check("they are shrunk", shrunk, bench.coverage().get(("failed", "shrunk")))
    bench.says("both sides are told, and how to take it", "records of days that were not asked for were dropped",
               "became 0 rows, 0 tokens, USD 0; ", "--accept-shrink")
    bench.unharmed("days that vanish")
    bench.check("one stream's day can be accepted", 3, bench.run(f"--accept-shrink=anthropic_cost:{DAY}"))
    bench.check("that day is empty now", ["anthropic_cost"], bench.coverage(f"day = '{DAY}' AND loaded").get(("empty", None)))
    bench.check("its other days are not", True, "anthropic_cost" in bench.coverage()[("failed", "shrunk")])
    bench.run("--accept-shrink=anthropic_cost", "--accept-shrink=cursor_usage")
    bench.check("so can streams, several of them", [name for name in shrunk if name not in ("anthropic_cost", "cursor_usage")],
                bench.coverage().get(("failed", "shrunk")))
    bench.check("so can all", (False, ["empty", "ok"]), (bench.run("--accept-shrink=all") == 3, bench.keys()))
    bench.heal("days that vanished and came back")


def revoked(bench):
    bench.fail({"path": ANTHROPIC, "status": 401})
    bench.check("a revoked key is exit 4", 4, bench.run())
    bench.says("the setting is named", "anthropic: everything was denied; was the key of ANTHROPIC_ADMIN_KEY revoked?",
               "the key is wrong, expired or revoked: look at ANTHROPIC_ADMIN_KEY")
    bench.check("only that vendor is denied", {"anthropic", "claude"},
                {name.split("_")[0] for name in bench.coverage()[("denied", "http")]})
    bench.fail({"path": CURSOR, "status": 401})
    bench.run(CURSOR_API_KEY="", CURSOR_API_KEY_FILE=key_file(bench))
    bench.says("of a key in a file, the file's setting", "look at CURSOR_API_KEY_FILE")
    bench.fail({"path": "/computeMetadata/*", "status": 403})
    bench.check("a token that Google refuses is exit 4", 4, bench.run())
    bench.check("it denies the sheets", ["sheet_keys", "sheet_people", "sheet_subscriptions"],
                bench.coverage().get(("denied", "http")))
    bench.unharmed("keys that were refused")


def key_file(bench):
    path = f"{bench.ingest.folder}/key"
    with open(path, "w") as file:
        file.write("crsr_local\n")
    return path


def unreachable(bench):
    nowhere = "http://127.0.0.1:1"
    bench.vendors.heal()
    bench.check("vendors that nobody reaches are exit 5", 5, bench.run(
        ANTHROPIC_BASE_URL=nowhere, CURSOR_BASE_URL=nowhere, GOOGLE_SHEETS_BASE_URL=nowhere))
    bench.says("the settings are named", "nobody could be reached: look at ANTHROPIC_BASE_URL",
               "nobody could be reached: look at CURSOR_BASE_URL", "nobody could be reached: look at GOOGLE_SHEETS_BASE_URL")
    bench.check("everything failed", ["failed, http"], bench.keys())
    bench.fail(*({"path": path, "status": 503, "html": True} for path in (ANTHROPIC, CURSOR, SHEETS)))
    bench.check("a proxy that answers for all of them is exit 5", 5, bench.run())
    bench.unharmed("vendors out of reach")


def clocks(bench):
    bench.fail({"path": CURSOR, "headers": {"date": "Mon, 02 Nov 2026 06:00:00 GMT"}})
    bench.check("a clock that differs is no failure", 0, bench.run())
    bench.says("it is a warning", "warning: cursor: its clock says Mon, 02 Nov 2026 06:00:00 GMT, ")


def unpublished(bench):
    """Days before the world began hold nothing: whether that is all depends on when one asks."""
    family = {"MBC_ANTHROPIC_FAMILY": "both"}
    bench.fail({"path": "/v1/organizations/analytics/*", "set": {"data_refreshed_at": "2026-10-19T00:00:00Z"}})
    bench.run(date="2026-10-20", MBC_NOW="2026-10-21T00:30:00Z", **family)
    where = "day = '2026-10-20'"
    bench.check("a day that has just ended is not published yet", {("not_published", None): [
        "anthropic_cost", "anthropic_cost_analytics", "anthropic_usage", "anthropic_usage_analytics", "claude_code",
        "cursor_events", "cursor_usage"]}, bench.coverage(where))
    bench.check("a day that is not published after two days is exit 4", 4,
                bench.run(date="2026-10-20", MBC_NOW="2026-10-23T00:30:00Z", **family))
    bench.check("it is overdue; where the clock decides it is empty", {
        ("empty", None): ["anthropic_cost", "anthropic_usage", "claude_code", "cursor_events", "cursor_usage"],
        ("failed", "overdue"): ["anthropic_cost_analytics", "anthropic_usage_analytics"]}, bench.coverage(where))
    bench.says("that is told", "nothing was published 48 hours after the end of the day")


def sheet(bench):
    def write(tab, *rows):
        bench.vendors.ask("sheet", {"tab": tab, "rows": rows})

    bench.vendors.heal()
    people = bench.ingest.query("SELECT * FROM `$dim_users` ORDER BY 1, 2, 3")
    write("people", ["email", "team", "Email"], ["ann@example.com", "Core"])
    bench.check("a header that is there twice is exit 4", 4, bench.run())
    bench.says("its cells are named", "sheet_people", "people!C1: the header has `email` here and in people!A1")
    bench.check("the last good people stay", True, people == bench.ingest.query("SELECT * FROM `$dim_users` ORDER BY 1, 2, 3"))
    bench.unharmed("a broken header")
    bench.vendors.ask("sheet", {"tab": "people", "rows": None})
    bench.fail({"path": "/v4/spreadsheets/sheet-local/values/api_keys*", "status": 403})
    bench.check("a tab that was renamed is exit 4", 4, bench.run())
    bench.says("the settings of tabs and sheets are named",
               "400 Unable to parse range: people!A:Z", "look at GOOGLE_SHEETS_PEOPLE_RANGE",
               "is the sheet shared with the account that the job runs as", "look at GOOGLE_SHEETS_ID")
    bench.unharmed("a tab that was renamed")
    bench.vendors.heal()
    write("people", ["email", "department", "is_active"], ["ann@example.com", "Core"], ["bob@example", "Core", "perhaps"])
    bench.check("rows that are wrong are a warning", 0, bench.run())
    wrong = ("people!A3", "`email` is `bob@example`, which is no e-mail address; `is_active` is `perhaps`, expected TRUE or FALSE")
    bench.says("the check names cell and mistake", "check sheet_problem: not so", f"cell {wrong[0]}, problem {wrong[1]}")
    bench.check("a wrong row makes nobody", [], bench.ingest.query("SELECT user_email FROM `$dim_users` WHERE user_email = 'bob@example'"))
    bench.ingest.run("report", "--date", DAY)
    bench.says("the report does as well", *wrong)


def main(tap, warehouse):
    with Vendors("--people", "4", "--days", "8") as vendors:
        bench = Bench(tap, vendors, Ingest(vendors, warehouse, "input"))
        for part in (negative, nulls, vanished, revoked, unreachable, clocks, unpublished, sheet):
            if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
                part(bench)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
