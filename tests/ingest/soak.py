#!/usr/bin/env python3
"""Kills mbc-ingest at every request of a run: before the request reaches its server, when it has been
carried out but nobody knows, and within the answer. After each kill a reader must see whole days only,
old or new, and coverage must not speak of what is not there; then the next run must end well and leave
what runs leave that were never killed.

    soak.py [--points N] [--seed S] [--state FILE]      N points of all, in an order that S gives
    soak.py --tap [--seed S]                            a few, as a test

With --state the points of a daily run that were tried are kept in a file until all were, and the next call
goes on behind them."""
import argparse
import json
import os
import pathlib
import random
import sys
import time

from programs import DAY, ROOT, Vendors
import kinds
from harness import Tap
from proxy import Proxy, cut, drop, lose
from stage import Stage
from truth import compare_truth
from warehouse import Warehouse, install

WAYS = {"before": drop, "after": lose, "within": lambda then: cut(then=then)}
# What the vendors say: at first, with figures of two days revised, with another department and price.
VERSIONS = {
    "first": [{"tab": "people", "row": 1, "column": 1, "value": "Product"},
              {"tab": "subscriptions", "row": 3, "column": 3, "value": "29.99"}],
    "figures": [{"vendor": "anthropic", "day": "2026-11-19"}, {"vendor": "anthropic", "day": DAY},
                {"vendor": "cursor", "day": DAY}],
    "sheet": [{"tab": "people", "row": 1, "column": 1, "value": "Elsewhere"},
              {"tab": "subscriptions", "row": 3, "column": 3, "value": "31.50"}],
}


def whole(view, allowed, fresh):
    """What is wrong with what a reader sees, where each day must be as in one of the allowed views; in a
    fresh dataset it may also not be there yet."""
    for key in {key for one in (view, *allowed) for key in one.rows}:
        found = view.rows.get(key, [])
        if found not in [one.rows.get(key, []) for one in allowed] and not (fresh and not found):
            yield f"{key[0]} {key[1]}: {len(found)} rows, of no one version"
        if len(view.runs.get(key, ())) > 1:
            yield f"{key[0]} {key[1]}: rows of several runs"
    for (stream, day), said in view.coverage.items():
        key, rows = ("raw_" + stream, day), int(said[1] or 0)
        if said not in [one.coverage.get((stream, day)) for one in allowed]:
            yield f"coverage of {stream} {day} is of no version: {said}"
        if view.runs.get(key) == {view.loads[stream, day]} and rows != len(view.rows[key]):
            yield f"coverage of {stream} {day} says {rows} rows, there are {len(view.rows[key])}"
        if rows and key not in view.rows:
            yield f"coverage of {stream} {day} says {rows} rows, there are none"


def same(view, golden):
    for key in {*view.rows, *golden.rows}:
        if view.rows.get(key) != golden.rows.get(key):
            yield f"{key[0]} {key[1]}: {len(view.rows.get(key, []))} rows, not those of a run that was never killed"
    for key in {*view.coverage, *golden.coverage}:
        if view.coverage.get(key) != golden.coverage.get(key):
            yield f"coverage of {key[0]} {key[1]}: {view.coverage.get(key)} instead of {golden.coverage.get(key)}"


class Soak:
    """The points of a run, and what came of those that were tried."""

    def __init__(self, stage, seed):
        self.stage, self.random = stage, random.Random(seed)
        self.golden, self.points = {}, {}
        self.now, self.possible = None, set()   # the version that was brought last; those that may be seen
        self.tried, self.failures, self.aloud = 0, [], False    # aloud: failures are printed as they come

    def learn(self, *versions):
        """Runs that are left alone: what they leave, which must be the vendors' truth, and what they ask."""
        for version in versions:
            self.say(version)
            code = self.stage.run()
            if code:
                raise RuntimeError(f"a run that is left alone ended with {code}:\n{self.stage.said}")
            truth = Findings()
            compare_truth(truth, self.stage.vendors, self.stage.ingest)
            self.fail("a run that is left alone", truth.wrong)
            self.golden.setdefault(version, self.stage.view())
            self.fail(f"another run to {version}", same(self.stage.view(), self.golden[version]))
            self.points[version] = list(dict.fromkeys(self.stage.asked))
            self.now, self.possible = version, {version}

    def places(self):
        """Every point of a run that brings figures; of one that brings a sheet, those that write."""
        sheet = [place for place in self.points.get("sheet", []) if place[0].startswith(("load", "insert", "merge"))]
        return [[version, kind, turn, way]
                for version, asked in (("figures", self.points["figures"]), ("sheet", sheet))
                for kind, turn in asked if not (kind.endswith(": look") and turn) for way in WAYS]

    def fail(self, where, problems):
        for problem in problems:
            self.failures.append(f"{where}: {problem}")
            if self.aloud:
                print(self.failures[-1], flush=True)

    def say(self, version):
        vendors = self.stage.vendors
        for vendor, day in (("anthropic", "2026-11-19"), ("anthropic", DAY), ("cursor", DAY)):
            vendors.ask("revise", {"vendor": vendor, "day": day, "revert": True})
        for change in VERSIONS["first"] + VERSIONS[version]:
            vendors.ask("revise" if "vendor" in change else "sheet", change)

    def bring(self, version, script=None):
        self.say(version)
        self.stage.free_lease()
        return self.stage.run(script)

    def strike(self, version, kind, turn, way):
        """One kill; False when the run did not come to the point, and ended."""
        target = version if self.now != version else "first"
        where = f"{self.now} to {target}, {way} {kind} ({turn})"
        code = self.bring(target, self.stage.at(kind, turn, WAYS[way], self.stage.kill))
        if not self.stage.struck:
            self.finish(f"{where}, not reached", code, target)
            return False
        self.tried += 1
        self.possible.add(target)
        self.fail(where, whole(self.stage.view(), [self.golden[one] for one in self.possible], False))
        self.now, self.where = target, where
        return True

    def mend(self):
        """The next run after a kill: of what the killed one wanted to bring, or of what the vendors said
        before it."""
        back = [version for version in sorted(self.possible) if version != self.now]
        target = self.random.choice([self.now, *back]) if back else self.now
        self.finish(f"the run to {target} after {self.where}", self.bring(target), target)

    def finish(self, where, code, target):
        if code:
            self.fail(where, [f"ended with {code}\n{self.stage.said}"])
        self.fail(where, same(self.stage.view(), self.golden[target]))
        self.now, self.possible = target, {target}


class Findings:
    """Takes the results of a test and keeps what is wrong."""

    def __init__(self):
        self.wrong = []

    def result(self, good, name, why=""):
        if not good:
            self.wrong.append(f"{name}: {why}")


# --- a new dataset -------------------------------------------------------------------------------------


def making():
    """What makes the tables and views, as requests: in each try of a run that many are made as it lived for."""
    tables = [("create " + path.stem, 0) for path in sorted((ROOT / "sql/tables").glob("*.sql"))]
    views = [("view " + path.stem, 0) for path in sorted((ROOT / "sql/views").glob("*.sql"))]
    return [("make the dataset", 0), *tables, *views]


def make(soak, stage, points):
    """Kills while a dataset is being made, one behind the other, each run going on where the last one died.
    What was seen is judged when it is known what should be there."""
    seen = []
    for kind, turn, way in points:
        stage.free_lease()
        stage.run(stage.at(kind, turn, WAYS[way], stage.kill))
        soak.tried += stage.struck
        seen.append((f"a new dataset, {way} {kind} ({turn})", stage.view()))
    return seen


def judge_making(soak, seen):
    for where, view in seen:
        soak.fail(where, whole(view, [soak.golden["first"]], True))


def first_loads(soak, stage):
    """Kills at the first loads, builds and notes of a dataset that has its tables."""
    places = [place for place in soak.points["first"] if place[0].startswith(("load", "insert", "merge", "take"))]
    judge_making(soak, make(soak, stage, [(*place, soak.random.choice(list(WAYS))) for place in places]))
    stage.free_lease()
    code = stage.run()
    soak.fail("a new dataset, at last", [f"ended with {code}\n{stage.said}"] if code else [])
    soak.fail("a new dataset, at last", same(stage.view(), soak.golden["first"]))
    code = stage.run(arguments=("migrate",))
    soak.fail("a new dataset, its schema", [f"ended with {code}\n{stage.said}"] if code else [])


# --- four tasks, and one that is started again ---------------------------------------------------------


class Shards:
    """A backfill in four tasks, of which one is killed and started again, as Cloud Run does it."""

    COMMAND = ("backfill", "--from", "2026-11-14", "--to", DAY, "--again")

    def __init__(self, soak, stage):
        self.soak, self.stage, self.golden, self.count = soak, stage, {}, 0
        for version in ("first", "figures"):
            soak.say(version)
            code = stage.run(arguments=self.COMMAND)
            soak.fail("a backfill that is left alone", [f"ended with {code}\n{stage.said}"] if code else [])
            self.golden[version] = stage.view()
        self.now = "figures"

    def environment(self, task, attempt, execution):
        return {"CLOUD_RUN_EXECUTION": execution, "CLOUD_RUN_TASK_COUNT": "4", "CLOUD_RUN_TASK_INDEX": str(task),
                "CLOUD_RUN_TASK_ATTEMPT": str(attempt)}

    def others(self, victim, execution):
        """The other tasks, past the proxies, by the clock that the victim will have."""
        direct = {"BIGQUERY_EMULATOR_HOST": self.stage.warehouse.url.removeprefix("http://")}
        for name in ("ANTHROPIC_BASE_URL", "CURSOR_BASE_URL", "GOOGLE_SHEETS_BASE_URL"):
            direct[name] = self.stage.vendors.url
        return [self.stage.ingest.start(*self.COMMAND, **direct, MBC_NOW=self.stage.clock(1),
                                        **self.environment(task, 0, execution))
                for task in range(4) if task != victim]

    def strike(self, victim, number, way):
        """Kills a task at its request of this number to the warehouse."""
        target = "first" if self.now == "figures" else "figures"
        self.count += 1
        execution, left = f"shards-{self.count}", [number]
        self.soak.say(target)

        def script(request):
            left[0] -= request.kind and not request.kind.startswith("ask")
            return WAYS[way](then=self.stage.kill) if not left[0] and not self.stage.struck else None

        others = self.others(victim, execution)
        self.stage.run(script, self.COMMAND, **self.environment(victim, 0, execution))
        struck = self.stage.struck
        said = [(other.communicate(timeout=900)[0], other.returncode) for other in others]
        where = f"task {victim} of four, {way} request {number}"
        self.soak.tried += struck
        self.soak.fail(where, [f"another task ended with {code}\n{text}" for text, code in said if code])
        self.soak.fail(where, whole(self.stage.view(), list(self.golden.values()), False))
        if struck:
            code = self.stage.run(None, self.COMMAND, **self.environment(victim, 1, execution))
            self.soak.fail(where, [f"the next try ended with {code}\n{self.stage.said}"] if code else [])
        self.soak.fail(where + ", at last", same(self.stage.view(), self.golden[target]))
        self.now = target


# --- all of it -----------------------------------------------------------------------------------------


class State:
    """Which points were tried, so that a soak may go on where it was ended."""

    def __init__(self, path):
        self.path = path and pathlib.Path(path)
        self.done = json.loads(self.path.read_text()) if path and self.path.exists() else []

    def add(self, point):
        self.done.append(point)
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(self.done))

    def end(self):
        if self.path:
            self.path.unlink(missing_ok=True)


def tell(soak, left):
    line = f"{time.strftime('%H:%M:%S')} {soak.tried} kills, {left} points to go, {len(soak.failures)} failures"
    print("\r" + line if sys.stderr.isatty() else line, end=" " if sys.stderr.isatty() else "\n", file=sys.stderr,
          flush=True)


def strike_all(soak, points, state):
    """Kills in a row, up to three, then a run that must make all of it good. A point that a run does not come
    to (a query that was not repeated, say) is tried once more."""
    again = []
    while points:
        for _ in range(soak.random.randint(1, 3)):
            if not points:
                break
            point = points.pop(0)
            if soak.strike(*point) or point in again:
                state.add(point)
            else:
                again.append(point)
                points.append(point)
            tell(soak, len(points))
        if len(soak.possible) > 1:
            soak.mend()


def some(chance, places, count):
    """So many of them, in their order; all, if it is None."""
    if count is None or count >= len(places):
        return places
    return [places[i] for i in sorted(chance.sample(range(len(places)), count))]


def soak_all(given, servers):
    """All points; of those beside a daily run, an eighth as many when only some are wanted."""
    part = given.points is not None
    few = given.points // 8 if part else None
    state, chance = State(None if part else given.state), random.Random(given.seed)
    stage = Stage(*servers, "soak")
    soak = Soak(stage, given.seed)
    soak.aloud = True
    tables = some(chance, [(*place, way) for place in making() for way in ("before", "after")], few)
    soak.say("first")
    seen = make(soak, stage, tables)
    soak.learn("first", "figures", "sheet", *([] if part else ["first"]))
    judge_making(soak, seen)
    points = soak.places()
    print(f"{len(points)} points of a daily run, {len(tables)} of a new dataset", file=sys.stderr)
    chance.shuffle(points)
    strike_all(soak, [point for point in points[:given.points] if point not in state.done], state)
    if not part:
        soak.say("first")
        first_loads(soak, Stage(*servers, "loads"))
    shard(soak, Shards(soak, Stage(*servers, "shards")), chance, few if part else 24)
    state.end()
    return soak


def shard(soak, shards, chance, count):
    for left in range(count, 0, -1):
        shards.strike(chance.randrange(4), chance.randint(4, 60), chance.choice(list(WAYS)))
        tell(soak, left - 1)


def sample(soak):
    """One point of each part of a run, in its order: while it asks, loads, notes, and builds or checks."""
    for names in (("ask",), ("load",), ("insert coverage",), ("merge", "insert fact_builds", "empty fact_builds", "check")):
        yield soak.random.choice([point for point in soak.places() if point[1].startswith(names)])


def stop(tap, soak, kind):
    """SIGTERM while a request is without an answer."""
    target = "first" if soak.now != "first" else "figures"
    code = soak.bring(target, soak.stage.at(kind, 0, lose, soak.stage.stop))
    within = time.monotonic() - soak.stage.stopped
    tap.result((code, within < 10) == (143, True), f"SIGTERM within `{kind}` is exit 143 within 10 s",
               f"exit {code} after {within:.1f} s\n{soak.stage.said}")
    soak.possible.add(target)
    soak.now, soak.where = target, f"SIGTERM within {kind}"


def soak_tap(given, servers):
    """The sample, each part a result."""
    tap, stage = Tap(), Stage(*servers, "sample")
    soak = Soak(stage, given.seed)
    soak.say("first")
    tables = making()
    seen = make(soak, stage, [(*tables[i], soak.random.choice(list(WAYS))) for i in sorted(
        soak.random.sample(range(len(tables)), 3))])
    soak.learn("first", "figures")
    judge_making(soak, seen)
    report(tap, soak, "kills while a dataset is made leave nothing that the next run does not mend")
    points = list(sample(soak))
    for point in points[:2]:
        soak.strike(*point)
    soak.mend()
    for point in points[2:]:
        soak.strike(*point)
    report(tap, soak, f"after each of {soak.tried} kills a reader sees whole days, and the next run brings the rest")
    stop(tap, soak, "ask cost_report")
    soak.mend()
    report(tap, soak, "the run after kills and SIGTERM brings the rest")
    return tap.end()


def report(tap, soak, name):
    tap.result(not soak.failures, name, "\n".join(soak.failures))
    soak.failures.clear()


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--points", type=int, help="so many of all")
    parser.add_argument("--seed", type=int, default=1, help="another order")
    parser.add_argument("--state", help="file of the points that were tried")
    parser.add_argument("--tap", action="store_true", help="a few points, as a test")
    return parser.parse_args()


def main():
    given, why, started = options(), install(), time.monotonic()
    if why:
        print(f"1..0 # SKIP {why}" if given.tap else f"soak: {why}")
        return 0 if given.tap else 1
    with Warehouse() as warehouse, Vendors("--people", "5", "--days", "12") as vendors, \
            Proxy(vendors.url, kinds.of_vendor) as asked, Proxy(warehouse.url, kinds.of_warehouse) as written:
        servers = vendors, warehouse, asked, written
        if given.tap:
            return soak_tap(given, servers)
        soak = soak_all(given, servers)
    print(f"{soak.tried} kills in {time.monotonic() - started:.0f} s: {len(soak.failures)} failures")
    return 1 if soak.failures else 0


if __name__ == "__main__":
    sys.exit(main())
