#!/usr/bin/env python3
"""Runs the cases beside it: whole runs of mbc with their whole output. README.md tells the format."""
import difflib
import itertools
import pathlib
import re
import shlex
import subprocess
import sys

from harness import FIXTURE, Project, Sandbox, Tap

HERE = pathlib.Path(__file__).resolve().parent
BLOCKS = ("file", "stdout", "stderr")


def parse(path):
    """A case as a list of (directive, argument, text)."""
    steps = []
    for line in path.read_text().splitlines(keepends=True):
        directive = re.match(r"@(\w+)(?: (.*))?\n$", line)
        if directive:
            steps.append([directive[1], directive[2] or "", ""])
        elif steps and steps[-1][0] in BLOCKS:
            steps[-1][2] += line
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"{path.name}: a line outside any block: {line!r}")
    return steps


def runs_of(steps):
    """Groups steps: what prepares, and for each @run its expectations."""
    groups = []
    for name, argument, text in steps:
        if name in ("stdout", "stderr", "exit"):
            groups[-1][3][name] = int(argument) if name == "exit" else text
        else:
            groups.append([name, argument, text, {}])
    return groups


def prepare(project, name, argument, text):
    if name == "file":
        project.write(argument, text)
    elif name == "remove":
        (project.folder / argument).unlink()
    elif name == "replace":
        file, change = argument.split(": ", 1)
        old, new = change.split(" => ")
        before = (project.folder / file).read_text()
        if before.count(old) != 1:
            raise ValueError(f"@replace: {old!r} stands {before.count(old)} times in {file}")
        project.write(file, before.replace(old, new))
    elif name == "shell":
        project.shell(argument)
    elif name == "person":
        project.sandbox.as_person(*argument.split(" ", 2))
    elif name == "sandbox":
        project.sandbox = Sandbox(project.folder, argument, FIXTURE / "sql")
    elif name != "empty":
        raise ValueError(f"unknown directive @{name}")


def command_of(argument):
    """The arguments of a run, and the variables that stand before them as in a shell."""
    words, environment = shlex.split(argument), {}
    while words and re.match(r"[A-Z_]+=", words[0]):
        name, environment[name] = words.pop(0).split("=", 1)
    return words, environment


def difference(what, expected, actual):
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), f"expected {what}", what, lineterm="")
    return "\n".join(lines)


def run_case(path, bless):
    groups = runs_of(parse(path))
    problems = []
    with Project(empty=any(group[0] == "empty" for group in groups)) as project:
        for group in groups:
            name, argument, text, expected = group
            if name != "run":
                prepare(project, name, argument, text)
                continue
            stdout, stderr, code = project.run(*command_of(argument))
            if bless:
                group[3] = {"stdout": stdout, "stderr": stderr, "exit": code}
                continue
            problems.append(difference(f"stdout of {argument}", expected.get("stdout", ""), stdout))
            problems.append(difference(f"stderr of {argument}", expected.get("stderr", ""), stderr))
            if code != expected.get("exit", 0):
                problems.append(f"exit code of {argument}: {code}, expected {expected.get('exit', 0)}")
    if bless:
        write(path, groups)
    return "\n".join(filter(None, problems))


def write(path, groups):
    lines = path.read_text().splitlines(keepends=True)
    out = list(itertools.takewhile(lambda line: line.startswith("#"), lines))
    for name, argument, text, expected in groups:
        out.append(f"@{name} {argument}".rstrip() + "\n" + text)
        for block in ("stdout", "stderr"):
            if expected.get(block):
                out.append(f"@{block}\n{expected[block]}" + ("" if expected[block].endswith("\n") else "\n"))
        if expected.get("exit"):
            out.append(f"@exit {expected['exit']}\n")
    path.write_text("".join(out))


def main():
    arguments = sys.argv[1:]
    bless = "--bless" in arguments
    names = [name for name in arguments if not name.startswith("--")]
    tap = Tap()
    for path in sorted(HERE.glob("*.case")):
        if names and path.stem not in names:
            continue
        try:
            why = run_case(path, bless)
        except Exception as problem:  # a broken case is one failed test, not the end of the run
            why = f"{type(problem).__name__}: {problem}"
        tap.result(not why, path.stem, why)
    return tap.end()


sys.exit(main())
