#!/usr/bin/env python3
"""Runs the examples on the pages of `mbc explain`: the ones under Fails report the page's code, the ones
under Passes report nothing."""
import json
import re
import shutil
import sys
import urllib.request

from harness import FIXTURE, ROOT, Project, Sandbox, Tap

FENCE = re.compile(r"^```(\w+) (\S+)((?: \w+=\S+)*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

sys.path.insert(0, str(ROOT / "tests"))
from proxy import Proxy, answer, drop  # noqa: E402


def examples(page, heading):
    """The blocks of each example below a heading, in order. A new example begins with a file name seen
    already, unless the block before it was applied first (`before=apply`)."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    found, seen = [], set()
    for language, name, words, text in FENCE.findall(section[1] if section else ""):
        attributes = dict(word.split("=") for word in words.split())
        if not found or name in seen:
            found.append([])
            seen = set()
        found[-1].append((language, name, attributes, text))
        if attributes.get("before"):
            seen.discard(name)
        else:
            seen.add(name)
    return found


def fault(blocks):
    """What the server answers instead, by the example's `http METHOD:PATH status=N` blocks; 0 is nothing."""
    def script(request):
        for language, name, attributes, text in blocks:
            if language != "http" or "status" not in attributes:
                continue
            if "%s:%s" % (request.method, request.path.split("?")[0]) != name:
                continue
            status, kind = int(attributes["status"]), "application/json" if text[:1] in "{[" else "text/plain"
            return answer(status, text, kind) if status else drop()
        return None
    return script


def ask(url, name, text):
    """A request that somebody else sends to the server, beside the definitions."""
    method, path = name.split(":", 1)
    headers = {"content-type": "application/json", "x-api-key": "local"}
    urllib.request.urlopen(urllib.request.Request(url + path, text.encode(), headers, method=method)).close()


def on_server(project, blocks, command):
    """Applies what comes before, sends what others send, and runs mbc through the faults."""
    project.sandbox = Sandbox(project.folder, 57, FIXTURE / "sql")
    server = project.sandbox.url
    for language, name, attributes, text in blocks:
        if language == "http" and "send" in attributes:
            ask(server, name, text)
        elif language != "http":
            project.write(name, text)
        if attributes.get("before"):
            project.run(["apply"])
    with Proxy(server) as proxy:
        proxy.script = fault(blocks)
        stdout, stderr, _ = project.run([command], {"MBC_URL": proxy.base})
    return set(re.findall(r"\b[EW]\d{4}\b", stderr)), stdout + stderr


def codes_of(blocks):
    """The codes that mbc reports on an example, and what it printed."""
    command = next((a["run"] for _, _, a, _ in blocks if "run" in a), None)
    with Project() as project:
        shutil.rmtree(project.folder / "dashboards")
        if command:
            return on_server(project, blocks, command)
        for _, name, _, text in blocks:
            project.write(name, text)
        stdout, stderr, _ = project.run(["validate", "--format", "json"])
        try:
            found = json.loads(stdout)["diagnostics"]
            return {one["code"] for one in found if not one.get("suppressed")}, stdout + stderr
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
