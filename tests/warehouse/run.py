#!/usr/bin/env python3
"""The local warehouse does what BigQuery would, the tables of sql/ keep their grain, and every chart of
dashboards/ runs on them, with no filter set and with all of them."""
import json
import os
import pathlib
import re
import subprocess
import sys

from warehouse import ROOT, Refused, with_warehouse

BUILD = pathlib.Path(os.environ.get("MBC_BUILD", ROOT / "build"))
OPTIONAL = re.compile(r"\[\[.*?\]\]", re.DOTALL)
TAG = re.compile(r"\{\{\s*(.*?)\s*\}\}")
SNIPPET = re.compile(r"\{\{\s*snippet:\s*(.*?)\s*\}\}")
GRAINS = {
    "fct_usage_daily": "usage_date, platform, product, workspace_id, api_key_id, user_email, model",
    "fct_cost_daily": "cost_date, platform, product, workspace_id, api_key_id, user_email, cost_type, component, "
                      "model, cost_basis",
    "coverage_current": "stream, day",
    "dim_users": "user_email",
    "dim_api_keys": "api_key_id",
}
SAMPLES = {"text": "'a'", "number": "1000", "date": "TIMESTAMP '2026-11-12'", "boolean": "TRUE"}


def check(tap, name, expected, found):
    tap.result(expected == found, name, "" if expected == found else f"expected {expected!r}\nfound    {found!r}")


def refusal(action, *arguments, **more):
    try:
        action(*arguments, **more)
    except Refused as error:
        return str(error)
    return None


def launcher(tap, warehouse):
    """What serve.py adds to the load jobs of local-bigquery."""
    warehouse.call("POST", "/datasets", {"datasetReference": {"datasetId": "t"}})
    warehouse.query("CREATE TABLE `t.days` (day DATE NOT NULL, n INT64) PARTITION BY day")
    one, two = {"day": "2026-11-01", "n": 1}, {"day": "2026-11-02", "n": 2}
    count = "SELECT CAST(day AS STRING), SUM(n) FROM `t.days` GROUP BY 1 ORDER BY 1"
    check(tap, "a packed upload without a schema loads", 2, warehouse.load("t.days", [one, two], packed=True))
    warehouse.load("t.days$20261102", [{**two, "n": 7}], writeDisposition="WRITE_TRUNCATE")
    check(tap, "a load into a day replaces that day alone", [["2026-11-01", "1"], ["2026-11-02", "7"]],
          warehouse.query(count))
    warehouse.load("t.days$20261102", [two])
    check(tap, "a load that appends to a day keeps it", [["2026-11-01", "1"], ["2026-11-02", "9"]],
          warehouse.query(count))
    message = refusal(warehouse.load, "t.days$20261101", [two], writeDisposition="WRITE_TRUNCATE")
    check(tap, "a row of another day is refused",
          "Some rows belong to different partitions rather than destination partition 20261101", message)
    message = refusal(warehouse.load, "t.days", [{"n": 1}]) or ""
    check(tap, "a missing REQUIRED field is refused", True, "Missing required field: day" in message)
    message = refusal(warehouse.load, "t.days", [{**one, "m": 1}]) or ""
    check(tap, "an unknown field is refused", True, "No such field: m" in message)
    warehouse.call("DELETE", "/datasets/t/tables/days$20261102")
    check(tap, "deleting a day empties that day alone", [["2026-11-01", "1"]], warehouse.query(count))


def tables(tap, warehouse):
    code, said = warehouse.fill(BUILD / "mbc-ingest")
    tap.result(code == 0, "mbc-ingest fills the tables", said)
    check(tap, "cost views add up to the fact", [["0"], ["0"]], warehouse.query("""
        SELECT (SELECT SUM(cost_usd) FROM `ai_usage.fct_cost_daily`) - SUM(cost_usd) FROM `ai_usage.cost_allocation`
        UNION ALL
        SELECT (SELECT SUM(cost_usd) FROM `ai_usage.fct_cost_daily`) - SUM(cost_usd) FROM `ai_usage.monthly_finance`"""))
    for table, grain in GRAINS.items():
        doubled = f"SELECT COUNT(*) FROM (SELECT {grain} FROM `ai_usage.{table}` GROUP BY {grain} HAVING COUNT(*) > 1)"
        check(tap, f"the grain of {table} is unique", [["0"]], warehouse.query(doubled))


def compiled():
    """What `mbc compile` makes of dashboards/, by kind and key."""
    done = subprocess.run([BUILD / "mbc", "compile", ROOT / "dashboards"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)["objects"]


def native_cards(objects):
    for item in objects:
        native = item["body"].get("dataset_query", {}).get("native") if item["kind"] == "card" else None
        if native:
            yield item["key"], native["query"], native.get("template-tags", {})


def plain(sql, tags, snippets, filtered):
    """The SQL as Metabase would send it, with every optional clause or with none."""
    def value(found):
        tag = tags[found[1]]
        if tag["type"] != "dimension":
            return SAMPLES[tag["type"]]
        if not filtered:
            return "1 = 1"
        schema, table, column = tag["dimension"][1]["$field"].split(".")
        return f"`{schema}.{table}`.`{column}` IS NOT NULL"
    sql = SNIPPET.sub(lambda found: snippets[found[1]], sql)
    sql = sql.replace("[[", "").replace("]]", "") if filtered else OPTIONAL.sub("", sql)
    return TAG.sub(value, sql)


def charts(tap, warehouse):
    objects = compiled()
    snippets = {item["body"]["name"]: item["body"]["content"] for item in objects if item["kind"] == "snippet"}
    for key, sql, tags in native_cards(objects):
        message = refusal(warehouse.query, plain(sql, tags, snippets, filtered=False))
        tap.result(message is None, f"{key} runs without filters", message or "")
        message = refusal(warehouse.plan, plain(sql, tags, snippets, filtered=True))
        tap.result(message is None, f"{key} can run with every filter", message or "")


def main(tap, warehouse):
    launcher(tap, warehouse)
    tables(tap, warehouse)
    charts(tap, warehouse)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
