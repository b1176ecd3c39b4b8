#!/usr/bin/env python3
"""The JSON Schema that `mbc schema` prints, held by an independent validator (python3-jsonschema) against
the repository's own definitions, which must pass, and against wrong ones, which must not."""
import os
import pathlib
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"1..0 # SKIP {missing.name} is not installed")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MBC_BUILD", ROOT / "build"))
CHART = "dashboard: A\ncharts:\n  one:\n    type: line\n    sql: SELECT 1 AS a, 2 AS b\n    x: a\n    y: b\n"

WRONG = {
    "an unknown key": "dashboard: A\ncolour: red\n",
    "a title that is a list": "dashboard: [A]\n",
    "charts that are a list": "dashboard: A\ncharts: [spend]\n",
    "a chart without a type": "dashboard: A\ncharts: {one: {sql: SELECT 1}}\n",
    "an unknown chart type": CHART.replace("line", "lien"),
    "a key of another chart type": CHART + "    bands: [{to: 1}]\n",
    "an unknown word": CHART + "    stack: pile\n",
    "a goal that is a list": CHART + "    goal: [1]\n",
    "a key of a goal misspelt": CHART + "    goal: {valu: 1}\n",
    "an unknown filter type": "dashboard: A\nfilters: {f: {type: dropdwon, field: t.c}}\n",
    "a filter that is a text": "dashboard: A\nfilters: {f: dropdown}\n",
    "an unknown key of a format": CHART + "    format: {b: {stile: currency}}\n",
    "an unknown currency style": CHART + "    format: {b: {style: money}}\n",
    "a click that is a text": CHART + "    click: dashboard\n",
    "a snippet that is a list": "snippets: {s: [a]}\n",
    "a layout that is a map": "dashboard: A\nlayout: {a: b}\n",
}


def schema(which):
    printed = subprocess.run([BUILD / "mbc", "schema", "--for", which], check=True, capture_output=True).stdout
    return yaml.safe_load(printed)


class Text(yaml.SafeLoader):
    """Days stay texts, as JSON has none."""


Text.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def main():
    definitions, project = schema("definitions"), schema("project")
    validators = {}
    results = []
    for name, found in (("definitions", definitions), ("project", project)):
        validator = jsonschema.validators.validator_for(found, default=jsonschema.Draft202012Validator)
        try:
            validator.check_schema(found)
            results.append((f"the schema of {name} is a schema", ""))
        except jsonschema.SchemaError as problem:
            results.append((f"the schema of {name} is a schema", problem.message))
        validators[name] = validator(found)

    def problems(name, document):
        return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
                for error in validators[name].iter_errors(document)]

    for path in [*sorted((ROOT / "dashboards").rglob("*.yaml")), ROOT / "tests/project/dashboards/sales.yaml"]:
        found = problems("definitions", yaml.load(path.read_text(), Loader=Text))
        results.append((f"{path.relative_to(ROOT)} passes", "\n".join(found)))
    for path in (ROOT / "mbc.yaml", ROOT / "tests/project/mbc.yaml"):
        results.append((f"{path.relative_to(ROOT)} passes",
                        "\n".join(problems("project", yaml.load(path.read_text(), Loader=Text)))))
    results.append(("the chart that the wrong ones are made of passes",
                    "\n".join(problems("definitions", yaml.load(CHART, Loader=Text)))))
    for what, text in WRONG.items():
        found = problems("definitions", yaml.load(text, Loader=Text))
        results.append((f"{what} is refused", "" if found else "the schema lets it pass"))
    for number, (name, why) in enumerate(results, 1):
        print(f"{'not ok' if why else 'ok'} {number} - {name}")
        for line in why.splitlines():
            print(f"# {line}")
    print(f"1..{len(results)}")
    return any(why for _, why in results)


sys.exit(main())
