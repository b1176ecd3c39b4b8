"""Reads meson's log of a test run and says in one line how many test cases passed and failed.

Programs that speak TAP count by their cases, others as one; a program that fails without saying which
case counts as one failure."""

import json
import pathlib
import re
import sys

CASE = re.compile(r"^(not )?ok \d+(?:.*?# (skip|todo)\b)?", re.IGNORECASE | re.MULTILINE)
GOOD = {"OK", "EXPECTEDFAIL", "SKIP"}


def count(run):
    """Cases of one program: passed, failed, skipped."""
    cases = CASE.findall(run.get("stdout") or "")
    failed = sum(1 for bad, directive in cases if bad and not directive)
    skipped = sum(1 for _, directive in cases if directive)
    passed = len(cases) - failed - skipped
    if run["result"] == "SKIP":
        return 0, 0, max(skipped, 1)
    if run["result"] in GOOD:
        return max(passed, 0 if cases else 1), failed, skipped
    return passed, max(failed, 1), skipped


def main(path):
    runs = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
    passed, failed, skipped = (sum(column) for column in zip((0, 0, 0), *map(count, runs)))
    if skipped:
        print(f"({skipped} skipped: what they need is not here)")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
