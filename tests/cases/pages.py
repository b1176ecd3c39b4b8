#!/usr/bin/env python3
"""Runs the examples on the pages of `mbc explain`: the ones under Fails report the page's code, the ones
under Passes report nothing."""
import json
import re
import shutil
import sys

from harness import FIXTURE, ROOT, Project, Sandbox, Tap

FENCE = re.compile(r"^```(\w+) (\S+)( run=(\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(page, heading):
    """The files of each example below a heading; a new one begins with a file name seen already."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    found = []
    for _, name, _, command, text in FENCE.findall(section[1] if section else ""):
        if not found or name in found[-1]["files"]:
            found.append({"files": {}, "command": ""})
        found[-1]["files"][name] = text
        found[-1]["command"] = found[-1]["command"] or command
    return found


def codes_of(example):
    """The codes that mbc reports on an example, and what it printed."""
    with Project() as project:
        shutil.rmtree(project.folder / "dashboards")
        for name, text in example["files"].items():
            project.write(name, text)
        if example["command"] == "diff":
            project.sandbox = Sandbox(project.folder, 57, FIXTURE / "sql")
            stdout, stderr, _ = project.run(["diff"])
            return set(re.findall(r"\b[EW]\d{4}\b", stderr)), stdout + stderr
        stdout, stderr, _ = project.run(["validate", "--format", "json"])
        try:
            return {found["code"] for found in json.loads(stdout)["diagnostics"]}, stdout + stderr
        except (ValueError, KeyError):
            return {"?"}, stdout + stderr


def check(tap, code, page):
    failing, passing = examples(page, "Fails"), examples(page, "Passes")
    if not failing or not passing:
        tap.result(False, f"{code} has an example that fails and one that passes")
        return
    for number, example in enumerate(failing, 1):
        found, output = codes_of(example)
        tap.result(code in found, f"{code} fails {number}", "" if code in found else output)
    for number, example in enumerate(passing, 1):
        found, output = codes_of(example)
        tap.result(not found, f"{code} passes {number}", "" if not found else output)


def main():
    tap = Tap()
    rows = (ROOT / "compiler/source/diag_codes.inc").read_text()
    wanted = sys.argv[1:]
    for code in re.findall(r"^DIAG\((\w+),", rows, re.MULTILINE):
        if not wanted or code in wanted:
            page = ROOT / f"docs/diagnostics/{code}.md"
            if page.is_file():
                check(tap, code, page.read_text())
            else:
                tap.result(False, f"{code} has a page")
    return tap.end()


sys.exit(main())
