#!/usr/bin/env python3
"""Makes a project of a given number of dashboards with ten charts each: generate.py FOLDER DASHBOARDS.

The same numbers give the same bytes. Charts are of the kinds and sizes that teams write: a title, SQL of
about ten lines, filters, formats, a layout.
"""
import pathlib
import random
import sys

TABLES = ["orders", "visits", "invoices", "tickets"]
PROJECT = """\
mbc: 1
project: bench
metabase: 0.56
collection: Bench
sources: [dashboards/]
catalogue: [sql/]
vars: {dataset: shop}
environments:
  local: {url: "http://localhost:3000", api_key: local, database: Warehouse, default: true}
"""


def table(name):
    return f"""\
CREATE TABLE `${{dataset}}.{name}` (
  day DATE NOT NULL,
  created_at TIMESTAMP,
  country STRING,
  channel STRING,
  status STRING,
  customer STRING,
  amount NUMERIC,
  quantity INT64,
  seconds FLOAT64
);
"""


def chart(random_, number):
    source = random_.choice(TABLES)
    measure = random_.choice(["amount", "quantity", "seconds"])
    dimension = random_.choice(["country", "channel", "status", "customer"])
    kind = random_.choice(["scalar", "line", "bar", "area", "row", "table", "combo"])
    by = {"line": "day", "area": "day", "bar": "day", "combo": "day"}.get(kind, dimension)
    where = f"""\
      WHERE {{{{period}}}}
        [[AND {{{{country}}}}]]
        [[AND {{{{channel}}}}]]
        AND {measure} > {random_.randint(0, 50)}"""
    if kind == "scalar":
        return f"""\
  chart_{number}:
    type: scalar
    title: {measure.title()} of {source} number {number}
    description: How much {measure} the {source} of the period had, all countries together.
    sql: |
      SELECT SUM({measure}) AS {measure}
      FROM `${{dataset}}.{source}`
{where}
    filters: {{period: {source}.day, country: {source}.country, channel: {source}.channel}}
    format: {{{measure}: {{style: currency, currency: EUR, decimals: 0}}}}
"""
    axes = {"combo": f"    x: {by}\n    bars: [{measure}]\n    lines: [average]\n    right: [average]\n",
            "table": f"    columns: [{by}, {{column: {measure}, title: {measure.title()}, bar: true}}, average]\n"}
    axes = axes.get(kind, f"    x: {by}\n    y: [{measure}, average]\n")
    return f"""\
  chart_{number}:
    type: {kind}
    title: {measure.title()} of {source} by {by}, number {number}
    description: How much {measure} the {source} of the period had for each {by}.
    sql: |
      SELECT
        {by},
        SUM({measure}) AS {measure},
        AVG({measure}) AS average
      FROM `${{dataset}}.{source}`
{where}
      GROUP BY {by}
      ORDER BY {by if kind != "row" else measure + " DESC"}
{axes}    filters: {{period: {source}.day, country: {source}.country, channel: {source}.channel}}
    format: {{{measure}: {{style: currency, currency: EUR, decimals: 0}}, average: {{decimals: 2}}}}
"""


def dashboard(random_, number):
    charts = "".join(chart(random_, i) for i in range(10))
    rows = "".join(f"  - [chart_{i}, chart_{i + 1}]\n" for i in range(0, 10, 2))
    return f"""\
dashboard: Board {number}
description: What happened in part {number} of the shop.
filters:
  period: {{type: relative-date, label: Period, default: last 30 days, field: orders.day}}
  country: {{type: dropdown, label: Country, field: orders.country}}
  channel: {{type: multi-select, label: Channel, field: orders.channel}}
charts:
{charts}layout:
{rows}"""


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    random_ = random.Random(20260101)
    (folder / "sql").mkdir(parents=True, exist_ok=True)
    (folder / "dashboards").mkdir(exist_ok=True)
    (folder / "mbc.yaml").write_text(PROJECT)
    for name in TABLES:
        (folder / f"sql/{name}.sql").write_text(table(name))
    for number in range(count):
        (folder / f"dashboards/board_{number:04}.yaml").write_text(dashboard(random_, number))


main()
