#!/usr/bin/env python3
"""What holds for every example of the manual: applied, it leaves nothing to do; written with its keys in
another order, it compiles to the same bytes; without one of its keys, to others."""
import difflib
import json
import random
import re
import sys

try:
    import yaml
except ImportError as missing:
    print(f"1..0 # SKIP {missing.name} is not installed")
    sys.exit(0)

from harness import FIXTURE, ROOT, Project, Sandbox, Tap

sys.path.insert(0, str(ROOT / "tests/structure"))
from coverage import PAGE, Schema, general  # noqa: E402

TYPE = re.compile(r"^### `([\w-]+)`\n(?:(?!^### ).)*?^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Maps in which the order is what the reader sees.
ORDERED = {"filters", "charts", "tabs", "layout", "styles", "format", "columns"}
# They say what something was called, or what is already known, and leave no trace in what is compiled.
SILENT = {"was", "yields", "required", "value", "as", "key", "dashboard"}


class Loader(yaml.SafeLoader):
    """Days stay texts."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def parsed(text):
    try:
        return yaml.load(text, Loader=Loader)
    except yaml.YAMLError:
        return None


def query_for(name, filter_):
    if name == "time-grouping":
        return "SELECT {{f}} AS day, COUNT(*) AS orders FROM `shop.orders` GROUP BY {{f}} ORDER BY day"
    if "field" in filter_:
        table = filter_["field"].split(".")[0]
        return f"SELECT COUNT(*) AS rows_found FROM `shop.{table}` WHERE {{{{f}}}}"
    return "SELECT COUNT(*) AS orders FROM `shop.orders` WHERE [[total > {{f}} AND]] TRUE"


def corpus(project):
    """{file: definitions}, one dashboard each: the examples of types and of messages."""
    found = {}
    for name, text in TYPE.findall(project.run(["explain", "--table", "charts"])[0]):
        if "type" in parsed(text):
            found[f"chart-{name}"] = {"dashboard": f"Chart {name}", "charts": {"one": parsed(text)}}
    for name, text in TYPE.findall(project.run(["explain", "--table", "filters"])[0]):
        filter_ = parsed(text)
        chart = {"type": "table", "sql": query_for(name, filter_)}
        found[f"filter-{name}"] = {"dashboard": f"Filter {name}", "filters": {"f": filter_}, "charts": {"one": chart}}
    for page in sorted((ROOT / "docs/diagnostics").glob("*.md")):
        blocks = PAGE.findall(page.read_text().split("## Passes")[-1])
        if [path for path, _ in blocks] == ["dashboards/example.yaml"]:
            value = parsed(blocks[0][1])
            if isinstance(value, dict) and "dashboard" in value:
                found[page.stem.lower()] = {**value, "dashboard": page.stem, "key": page.stem.lower()}
    return found


def write(project, name, value):
    project.write(f"dashboards/{name}.yaml", yaml.dump(value, sort_keys=False, allow_unicode=True))


def settle(project, found):
    """Writes the examples, and takes out the few that only work under their own name."""
    project.shell("rm -r dashboards")
    for name, value in found.items():
        write(project, name, value)
    left_out = set()
    while True:
        said = json.loads(project.run(["validate", "--format", "json"])[0])["diagnostics"]
        bad = {one["file"].split("/")[-1][:-5] for one in said if one["severity"] == "error" and "file" in one}
        if not bad:
            return left_out
        left_out |= bad
        for name in bad:
            (project.folder / f"dashboards/{name}.yaml").unlink()
            del found[name]


def check_settled(tap, project):
    project.sandbox = Sandbox(project.folder, 60, FIXTURE / "sql", "--no-throttle")
    applied = project.run(["apply", "--quiet"])
    tap.result(applied[2] == 0, "every example is applied", applied[1])
    again = project.run(["diff", "--exit-code"])
    tap.result(again[2] == 0, "and then nothing differs", again[0] + again[1])


def shuffled(value, random_, ordered=False):
    if isinstance(value, list):
        return [shuffled(item, random_) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    if not ordered:
        random_.shuffle(keys)
    return {key: shuffled(value[key], random_, key in ORDERED) for key in keys}


def difference(before, after):
    return "\n".join(list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm=""))[:40])


def check_order(tap, project, found):
    before = project.run(["compile"])[0]
    random_ = random.Random(1)
    for name, value in found.items():
        write(project, name, shuffled(value, random_))
    after = project.run(["compile"])[0]
    tap.result(before == after and len(before) > 100000, "the order of keys changes nothing", difference(before, after))
    for name, value in found.items():
        write(project, name, value)


def without(value, path):
    if len(path) == 1:
        if isinstance(value, list):
            return value[:path[0]] + value[path[0] + 1:]
        return {key: below for key, below in value.items() if key != path[0]}
    if isinstance(value, list):
        return [without(item, path[1:]) if index == path[0] else item for index, item in enumerate(value)]
    return {key: without(below, path[1:]) if key == path[0] else below for key, below in value.items()}


def paths(value, path=()):
    if isinstance(value, dict):
        for key, below in value.items():
            yield path + (key,)
            yield from paths(below, path + (key,))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from paths(below, path + (index,))


def keys_of(schema, value):
    """{name of a key in the tables: paths to it}"""
    whole = Schema.__new__(Schema)
    whole.root, whole.used = schema.root, set()
    whole.use((), value)
    everything, found = general(whole.used, schema), {}
    for path in paths(value):
        whole.used = set()
        whole.use((), without(value, path))
        for name in everything - general(whole.used, schema):
            found.setdefault(name, path)
    return found


def check_keys(tap, project, found):
    schema, places = Schema("definitions"), {}
    for name, value in found.items():
        for key, path in keys_of(schema, value).items():
            places.setdefault(key, []).append((name, path))
    without_trace, judged = [], 0
    for key, examples in sorted(places.items()):
        if re.split(r"[.: ]", key)[-1] in SILENT:
            continue
        results = [changes(project, found, name, path) for name, path in examples[:4]]
        judged += any(one is not None for one in results)
        if True not in results and False in results:
            without_trace.append(key)
    tap.result(not without_trace and judged > 100, "every key shows in what is compiled",
               "\n".join([f"{judged} keys judged"] + [f"{key} leaves no trace" for key in without_trace]))


def changes(project, found, name, path):
    """Does the example compile to something else without the key? None: not at all."""
    selected = ["compile", "--quiet", f"dashboards/{name}.yaml"]
    before = project.run(selected)[0]
    write(project, name, without(found[name], path))
    after, _, code = project.run(selected)
    write(project, name, found[name])
    return None if code else before != after


def main():
    tap = Tap()
    with Project() as project:
        found = corpus(project)
        whole = len(found)
        bad = settle(project, found)
        tap.result(len(found) > 60 and len(bad) * 5 < whole, "the examples work beside each other",
                   " ".join(sorted(bad)))
        check_order(tap, project, found)
        check_settled(tap, project)
        check_keys(tap, project, found)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
