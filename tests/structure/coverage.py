#!/usr/bin/env python3
"""Names every chart type, filter type, key and diagnostic code that no example of the project uses.

What there is comes from the tables of the language, by way of `mbc schema`. Examples are the project's own
dashboards, the files in tests/cases, what passes on the pages of docs/diagnostics and what the unit tests
of the charts read.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

try:
    import yaml
except ImportError as missing:
    print(f"1..0 # SKIP {missing.name} is not installed")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MBC_BUILD", ROOT / "build"))
PAGE = re.compile(r"^```yaml (\S+).*?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CASE = re.compile(r"^@file (\S+\.ya?ml)\n(.*?)(?=^@|\Z)", re.MULTILINE | re.DOTALL)
BRANCHES = ("anyOf", "oneOf", "allOf")


class Schema:
    """A JSON Schema whose keys are known by their names."""

    def __init__(self, which):
        self.root = json.loads(subprocess.run([BUILD / "mbc", "schema", "--for", which], check=True,
                                              capture_output=True).stdout)
        self.used = set()

    def resolve(self, place):
        """The schema at a place, and the place after its references are followed."""
        found = self.root
        for part in place:
            found = found[part]
        while "$ref" in found:
            place = tuple(found["$ref"].split("/")[1:])
            return self.resolve(place)
        return found, place

    def inner(self, place):
        """What a schema is made of besides its keys."""
        found, _ = self.resolve(place)
        for word in BRANCHES:
            for index in range(len(found.get(word, []))):
                yield place + (word, index)
        for word in ("then", "else"):
            if word in found:
                yield place + (word,)

    def named(self, place, name):
        """The schema at a place, its place, and its name: that of the definition it belongs to."""
        here, place = self.resolve(place)
        if place[:1] == ("$defs",):
            name = place[1].replace("-", " ", 1) + ":" if len(place) == 2 else name
            if len(place) == 4 and place[2] == "properties":
                name = f"{place[1].replace('-', ' ', 1)}: {place[3]}"
        return here, place, name

    def keys(self):
        """A name for every key, as a person would give it; the same for all branches of a schema."""
        found, open_places, seen = set(), [((), "")], set()
        while open_places:
            here, place, name = self.named(*open_places.pop())
            if place in seen:
                continue
            seen.add(place)
            for key in here.get("properties", {}):
                below = self.named(place + ("properties", key), below_of(name, key))[2]
                found.add(below)
                open_places.append((place + ("properties", key), below))
            if isinstance(here.get("items"), dict):
                open_places.append((place + ("items",), name))
            if isinstance(here.get("additionalProperties"), dict):
                open_places.append((place + ("additionalProperties",), below_of(name, "NAME")))
            open_places += [(one, name) for one in self.inner(place)]
        return found

    def fits(self, place, value):
        """Is it the branch that the value's type chooses?"""
        here, _ = self.resolve(place)
        kind = here.get("properties", {}).get("type", {})
        return not isinstance(value, dict) or "const" not in kind or value.get("type") == kind["const"]

    def use(self, place, value, name=""):
        """Marks the keys that a value has."""
        here, place, name = self.named(place, name)
        if isinstance(value, list) and isinstance(here.get("items"), dict):
            for item in value:
                self.use(place + ("items",), item, name)
        if isinstance(value, dict):
            for key, below in value.items():
                if key in here.get("properties", {}):
                    inner = self.named(place + ("properties", key), below_of(name, key))[2]
                    self.used.add(inner)
                    self.use(place + ("properties", key), below, inner)
                elif isinstance(here.get("additionalProperties"), dict):
                    self.use(place + ("additionalProperties",), below, below_of(name, "NAME"))
        for one in self.inner(place):
            if self.fits(one, value):
                self.use(one, value, name)


def below_of(name, key):
    return key if not name else f"{name} {key}" if name.endswith(":") else f"{name}.{key}"


def parsed(text):
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return None


def examples():
    """(path, text) of every definition file among the examples."""
    for folder in ("dashboards", "tests/project"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            yield path.name, path.read_text()
    yield "mbc.yaml", (ROOT / "mbc.yaml").read_text()
    for path in sorted((ROOT / "tests/cases").glob("*.case")):
        yield from CASE.findall(path.read_text())
    for path in sorted((ROOT / "docs/diagnostics").glob("*.md")):
        yield from PAGE.findall(path.read_text().split("## Passes")[-1])


def read_everything():
    definitions, project = Schema("definitions"), Schema("project")
    types = {"chart": set(), "filter": set()}
    charts = []
    for path, text in examples():
        value = parsed(text)
        if path == "mbc.yaml":
            project.use((), value)
        elif isinstance(value, dict):
            definitions.use((), value)
            charts += (value.get("charts") or {}).values() if isinstance(value.get("charts"), dict) else []
            filters = value.get("filters") or {}
            types["filter"] |= {one.get("type") for one in filters.values() if isinstance(one, dict)}
    for path in sorted((ROOT / "tests/unit/charts").glob("*.yaml")):
        charts += (parsed(path.read_text()) or {}).values()
    for chart in charts:
        if isinstance(chart, dict) and f"chart-{chart.get('type')}" in definitions.root["$defs"]:
            definitions.use(("$defs", f"chart-{chart['type']}"), chart)
            types["chart"].add(chart["type"])
    return definitions, project, types


def unused_types(definitions, types):
    for name, schema in definitions.root["$defs"].items():
        kind, _, word = name.partition("-")
        if kind in types and "const" in schema["properties"].get("type", {}) and word not in types[kind]:
            yield f"{kind} type {word}"


def general(names, schema):
    """Names in which a key that every filter type takes is the same for all of them."""
    filters = [one["properties"] for one in schema.root.get("$defs", {}).values()
               if "const" in one.get("properties", {}).get("type", {}) and "field" in one["properties"]]
    common = set.intersection(*map(set, filters)) if filters else set()
    return {re.sub(r"^filter \S+: (\w+)", lambda found: f"filter: {found[1]}" if found[1] in common else found[0],
                   name) for name in names}


def unused_keys(schema):
    return general(schema.keys(), schema) - general(schema.used, schema)


def unused_codes():
    rows = (ROOT / "compiler/source/diag_codes.inc").read_text()
    for code in re.findall(r"^DIAG\((\w+),", rows, re.MULTILINE):
        page = ROOT / f"docs/diagnostics/{code}.md"
        if not page.is_file() or not re.search(r"^## Fails\n.*^```.*^## Passes\n.*^```", page.read_text(),
                                               re.MULTILINE | re.DOTALL):
            yield code


def main():
    definitions, project, types = read_everything()
    checks = [("every chart and filter type has an example", unused_types(definitions, types)),
              ("every key of a definition has an example", unused_keys(definitions)),
              ("every key of mbc.yaml has an example", unused_keys(project)),
              ("every message has an example that fails and one that passes", unused_codes())]
    bad = 0
    for number, (name, unused) in enumerate(checks, 1):
        unused = sorted(set(unused))
        bad += bool(unused)
        print(f"{'not ok' if unused else 'ok'} {number} - {name}")
        for one in unused:
            print(f"# no example uses {one}")
    print(f"1..{len(checks)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
