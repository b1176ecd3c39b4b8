#!/usr/bin/env python3
"""The life of a load job as mbc-ingest sees it: it waits, it runs, it is not found yet, its upload is lost,
it fails, it loads fewer rows than were sent, it never ends. What a run cannot bring is not covered, its exit
code says so, and the next run brings it."""
import json
import sys

import kinds
from programs import DAY, Vendors, check, with_warehouse
from proxy import Proxy, answer, change, lose
from stage import Stage

LOAD = "load raw_claude_code$20261121: "


def edited(**members):
    """The job's own answer, with these members of its status or statistics."""
    def edit(body):
        job = json.loads(body)
        for name, value in members.items():
            job[name] = value
        return json.dumps(job).encode()
    return change(edit)


def state(name):
    return edited(status={"state": name}, statistics={})


def failed(reason):
    """A job that was taken and failed; the server never sees its rows."""
    error = {"reason": reason, "message": "it did not work"}
    return answer(200, json.dumps({"status": {"state": "DONE", "errorResult": error, "errors": [error]}}))


def refused(status, reason):
    return answer(status, json.dumps({"error": {"code": status, "message": "no", "errors": [{"reason": reason}]}}))


class Jobs:
    def __init__(self, tap, stage):
        self.tap, self.stage = tap, stage

    def run(self, faults, **more):
        """A run that finds one day revised; `faults` are the answers to requests of a kind, one behind the
        other; a last one that is a list of one stands for all that follow."""
        def script(request):
            answers = faults.get(request.kind.removeprefix(LOAD), [])
            if answers and isinstance(answers[-1], list):
                return answers[request.turn] if request.turn < len(answers) - 1 else answers[-1][0]
            return answers[request.turn] if request.turn < len(answers) else None
        return self.stage.run(script, MBC_STREAMS="claude_code", **more)

    def revise(self):
        self.stage.vendors.ask("revise", {"vendor": "anthropic", "day": DAY})

    def count(self, step):
        return sum(kind == LOAD + step for kind, _ in self.stage.asked)

    def stands(self):
        """Do raw rows and the fact hold what the vendor says?"""
        truth = self.stage.vendors.truth(DAY, DAY)[DAY]["claude_code"]["loc_added"]
        return [int(self.stage.ingest.query(sql)[0][0]) == truth for sql in (
            f"SELECT SUM(loc_added) FROM `$raw_claude_code` WHERE usage_date = '{DAY}'",
            f"SELECT SUM(loc_added) FROM `$fct_usage_daily` WHERE usage_date = '{DAY}' AND product = 'claude_code'")]

    def covered(self):
        """The job that coverage names for the rows that stand, and how many rows say so."""
        return self.stage.ingest.query(f"""
            SELECT job_id FROM `$coverage` WHERE stream = 'claude_code' AND day = '{DAY}' AND loaded
            ORDER BY recorded_at DESC""")

    def good(self, name, faults, starts, last):
        self.revise()
        code, before = self.run(faults), len(self.covered()) - 1
        jobs = self.covered()
        check(self.tap, name, (0, [True, True], starts, before + 1, last),
              (code, self.stands(), self.count("start"), len(jobs), jobs[0][0][-2:]), self.stage.said)

    def bad(self, name, exit_code, faults, word, mending=None, **more):
        self.revise()
        before = self.covered()
        code = self.run(faults, **more)
        check(self.tap, f"{name}: exit {exit_code}, and it is not covered", (exit_code, before, True, False),
              (code, self.covered(), word in self.stage.said, self.stands()[1]), self.stage.said)
        self.stage.free_lease()
        code = self.run(mending or {})
        check(self.tap, f"{name}: the next run brings it", (0, [True, True], len(before) + 1),
              (code, self.stands(), len(self.covered())), self.stage.said)


def all_jobs(jobs):
    check(jobs.tap, "a first run ends well", 0, jobs.run({}), jobs.stage.said)
    jobs.good("an upload that is lost midway, a job that is not found at first, waits, cannot be asked for, and runs", {
        "rows": [answer(308, headers={"Range": "bytes=0-99"}), refused(404, "notFound"), state("PENDING")],
        "look": [refused(404, "notFound"), state("PENDING"), answer(503, "<html>", "text/html"), state("RUNNING")],
    }, starts=2, last="_0")
    jobs.good("a job whose answer is lost and whose upload is gone is the one that is there (409)", {"rows": [lose()]},
              starts=2, last="_0")
    jobs.good("a job that failed by the warehouse's fault is tried again under another id",
              {"rows": [failed("backendError")]}, starts=2, last="_1")
    jobs.bad("a job that failed for good", 3, {"rows": [failed("invalid")]}, "it did not work")
    jobs.bad("a job that loads other rows than were sent", 4, {
        "rows": [edited(statistics={"load": {"outputRows": "1"}}, status={"state": "DONE"})]}, "1 arrived")
    jobs.bad("a job that never ends", 5, {"rows": [state("RUNNING")], "look": [[state("RUNNING")]]}, "still runs",
             mending={"look for jobs": [answer(200, json.dumps({"jobs": [{
                 "jobReference": {"jobId": "mbc_jobs_claude_code_20261121_killed_0123456789ab_0"},
                 "status": {"state": "RUNNING"}}]}))], "look": [state("RUNNING"), failed("stopped")]},
             MBC_JOB_PATIENCE_SECONDS="3")
    check(jobs.tap, "that run waited for it first", True, "waited for 1 load job" in jobs.stage.said, jobs.stage.said)


def main(tap, warehouse):
    with Vendors("--people", "4", "--days", "4") as vendors, \
            Proxy(vendors.url, kinds.of_vendor) as asked, Proxy(warehouse.url, kinds.of_warehouse) as written:
        all_jobs(Jobs(tap, Stage(vendors, warehouse, asked, written, "jobs")))


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
