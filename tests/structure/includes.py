#!/usr/bin/env python3
"""Reads every #include of the project and fails on one that looks the wrong way.

Who may see whom is the table below; docs/architecture.md says why.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

SEES = {
    "runtime": [],
    "compiler/source": ["runtime"],
    "compiler/query": ["runtime", "compiler/source"],
    "compiler/model": ["runtime", "compiler/source", "compiler/query"],
    "charts": ["runtime", "compiler/source", "compiler/query", "compiler/model"],
    "filters": ["runtime", "compiler/source", "compiler/query", "compiler/model"],
    "compiler/ir": ["runtime", "compiler/source", "compiler/query", "compiler/model", "charts", "filters"],
    "compiler/metabase": ["runtime", "compiler/source", "compiler/query", "compiler/model", "compiler/ir"],
    "compiler/cli": ["runtime", "compiler/source", "compiler/query", "compiler/model", "charts", "filters",
                     "compiler/ir", "compiler/metabase"],
    "vm/loopback": ["runtime"],
    "vm/sandbox": ["runtime", "compiler/source", "compiler/query", "vm/loopback"],
    "tests/vendors": ["runtime", "vm/loopback"],
    "ingest": ["runtime"],
}
EXCEPTIONS = {("ingest/mock.c", "tests/vendors/vendors.h")}


def folder_of(path):
    return next((folder for folder in SEES if path.startswith(folder + "/")), None)


def check_includes():
    problems, count = [], 0
    for path in sorted(ROOT.rglob("*.[ch]")):
        name = path.relative_to(ROOT).as_posix()
        folder = folder_of(name)
        if not folder:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            included = re.match(r'#include "([^"]+)"', line)
            target = included and folder_of(included[1])
            count += bool(target)
            if (name, included and included[1]) in EXCEPTIONS:
                continue
            if target and target != folder and target not in SEES[folder]:
                problems.append(f"{name}:{number}: {folder} must not see {target}")
    return problems, count


def check_curl():
    """Only runtime/http.c speaks to libcurl, through runtime/curl.h."""
    users = ("runtime/curl.h", "runtime/curl.c", "runtime/http.c")
    problems = []
    for path in sorted(ROOT.rglob("*.[ch]")):
        name = path.relative_to(ROOT).as_posix()
        if re.search(r'#include ["<](runtime/)?curl[/.]', path.read_text()) and name not in users:
            problems.append(f"{name}: only runtime/http.c uses libcurl")
    return problems


def check_names(folder):
    """A chart or filter is a word in the list of its meson.build if and only if there is its file."""
    build = (ROOT / folder / "meson.build").read_text()
    listed = set(re.findall(r"'([a-z_]+)'", re.search(r"_names = \[(.*?)\]", build, re.DOTALL)[1]))
    helpers = set(re.findall(r"'([a-z_]+)\.c'", build))
    files = {path.stem for path in (ROOT / folder).glob("*.c")} - helpers
    return [f"{folder}/{name}.c is not a word of the list in {folder}/meson.build" for name in sorted(files - listed)]


def main():
    problems, count = check_includes()
    checks = [("includes look one way", problems if count > 100 else [f"only {count} includes found"]),
              ("curl has one user", check_curl()),
              ("every chart file is listed", check_names("charts")),
              ("every filter file is listed", check_names("filters"))]
    for number, (name, found) in enumerate(checks, 1):
        print(f"{'not ok' if found else 'ok'} {number} - {name}")
        for problem in found:
            print(f"# {problem}")
    print(f"1..{len(checks)}")
    return any(found for _, found in checks)


sys.exit(main())
