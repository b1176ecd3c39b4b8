#!/usr/bin/env python3
"""A dataset that mbc-ingest made meets mbc-ingest-later, which has two migrations: they run once, whatever is
killed on the way, and the dataset is then like one that the later version made itself. What was edited or
changed by hand is refused, with its name."""
import json
import sys

from programs import BUILD, DAY, Ingest, Vendors, check, with_warehouse
from proxy import Proxy, drop, lose

FIRST, SECOND = "0001_purpose_of_workspaces", "0002_budgets_of_departments"
LATER = BUILD / "tests/ingest/mbc-ingest-later"
ROWS = (
    "INSERT INTO `$dim_workspaces` (workspace_id, name) VALUES ('a', 'Search ranking'), ('b', 'Support')",
    "INSERT INTO `$dim_users` (user_email, department, team, is_active) VALUES ('ann@example.com', 'Data', '(none)', TRUE),"
    " ('bob@example.com', 'Data', '(none)', TRUE), ('cy@example.com', 'Design', '(none)', FALSE)",
)


def described(field):
    inner = sorted(map(described, field.get("fields", [])))
    return [field["name"], field["type"], field.get("mode", "NULLABLE"), field.get("description", ""), inner]


def schema(ingest):
    """All tables and views as the API tells them, columns without their order."""
    result = {}
    for row in ingest.warehouse.call("GET", f"/datasets/{ingest.dataset}/tables?maxResults=1000")["tables"]:
        table = ingest.warehouse.call("GET", f"/datasets/{ingest.dataset}/tables/{row['tableReference']['tableId']}")
        result[row["tableReference"]["tableId"]] = [
            table["type"], table.get("description"), table.get("timePartitioning"), table.get("clustering"),
            table.get("view", {}).get("query", "").replace(ingest.dataset, "DATASET"),
            sorted(described(field) for field in table["schema"]["fields"])]
    return result


def columns(ingest):
    return ingest.query("""
        SELECT table_name, column_name, data_type, is_nullable, is_partitioning_column,
          CAST(clustering_ordinal_position AS STRING)
        FROM `$INFORMATION_SCHEMA.COLUMNS` ORDER BY table_name, column_name""")


def compare(tap, name, fresh, other):
    check(tap, f"{name}: COLUMNS are those of a fresh dataset", columns(fresh), columns(other))
    expected, found = schema(fresh), schema(other)
    different = sorted(table for table in expected | found if expected.get(table) != found.get(table))
    check(tap, f"{name}: so are descriptions, partitions, clustering and views", [], different,
          json.dumps([(expected.get(table), found.get(table)) for table in different[:2]], indent=1))


def history(ingest):
    return ingest.query("SELECT number, name FROM `$schema_migrations` WHERE number > 0 ORDER BY number")


def old_dataset(warehouse, vendors, name):
    """As this version makes it, with a few rows for the migrations to move."""
    ingest = Ingest(vendors, warehouse, name)
    code = ingest.run("migrate")
    for sql in ROWS:
        ingest.query(sql)
    return ingest, code


def moved(ingest):
    return [ingest.query("SELECT workspace_id, purpose FROM `$dim_workspaces` ORDER BY workspace_id"),
            ingest.query("SELECT department FROM `$budgets` ORDER BY department")]


MOVED = [[["a", "search"], ["b", "support"]], [["Data"], ["Design"]]]
BOTH = [["1", FIRST], ["2", SECOND]]


def forwards(tap, warehouse, vendors):
    ingest, code = old_dataset(warehouse, vendors, "old")
    check(tap, "a new dataset is made", 0, code, ingest.said)
    check(tap, "by a version that has no migrations", [], history(ingest))
    check(tap, "the later version runs what the dataset has not seen", (0, f"""\
mbc-ingest: budgets was not there; it is made
mbc-ingest: migration {FIRST}
mbc-ingest: migration {SECOND}
mbc-ingest: dataset old is as this version wants it
"""), (ingest.run("migrate", program=LATER), ingest.said), ingest.said)
    check(tap, "the data has moved", MOVED, moved(ingest))
    check(tap, "and it is noted", BOTH, history(ingest))
    check(tap, "once", (0, "mbc-ingest: dataset old is as this version wants it\n"),
          (ingest.run("migrate", program=LATER), ingest.said))
    fresh = Ingest(vendors, warehouse, "fresh")
    check(tap, "the later version makes a fresh dataset", (0, "mbc-ingest: dataset fresh is as this version wants it\n"),
          (fresh.run("migrate", program=LATER), fresh.said))
    check(tap, "which counts all migrations as done", BOTH, history(fresh))
    compare(tap, "migrated", fresh, ingest)
    return fresh, ingest


def backwards(tap, ingest):
    check(tap, "an older version keeps off", (3, "".join(
        f"mbc-ingest: error: the dataset has seen migration {name}, which this version does not know; use a newer version\n"
        for name in (FIRST, SECOND))), (ingest.run("migrate"), ingest.said))
    ingest.query(f"UPDATE `$schema_migrations` SET sha256 = 'another' WHERE name = '{FIRST}'")
    check(tap, "an edited migration is refused by name", (
        3, f"mbc-ingest: error: migration {FIRST} is not the text that ran here; write a new one instead\n"),
        (ingest.run("migrate", program=LATER), ingest.said))
    check(tap, "by a run as well", 3, ingest.run("run", "--date", DAY, program=LATER), ingest.said)


def killed(tap, warehouse, vendors, fresh):
    """Before or behind each statement that changes something, one kill after another on the same dataset."""
    ingest, _ = old_dataset(warehouse, vendors, "cut")
    points = [("ADD COLUMN IF NOT EXISTS purpose", lose), (f"'{FIRST}'", drop), (f"'{FIRST}'", lose),
              ("AS users", lose), ("VIEW `cut.known_budgets`", drop), ("'schema'", drop)]
    hits = 0
    with Proxy(warehouse.url) as proxy:
        for text, strike in points:
            process = None

            def script(request):
                body = json.loads(request.body) if request.path.endswith("/queries") and request.body else {}
                return strike(then=process.kill) if text in body.get("query", "") else None

            proxy.script = script
            process = ingest.start("migrate", program=LATER, BIGQUERY_EMULATOR_HOST=proxy.base.removeprefix("http://"))
            process.communicate(timeout=400)
            hits += process.returncode == -9
            proxy.settle()
            # A killed run's lease is free after 90 s.
            ingest.query("UPDATE `$leases` SET holder = NULL, expires_at = NULL WHERE TRUE")
    check(tap, "each kill met its statement", len(points), hits)
    check(tap, "what the last kill left is completed", 0, ingest.run("migrate", program=LATER), ingest.said)
    check(tap, "the data has moved once", MOVED, moved(ingest))
    check(tap, "each migration is noted once", BOTH, history(ingest))
    compare(tap, "killed", fresh, ingest)


def changed(tap, warehouse, vendors):
    """By hand, on tables that a stream loads and that it does not."""
    ingest, _ = old_dataset(warehouse, vendors, "hand")
    for sql in ("ALTER TABLE `$raw_anthropic_workspaces` DROP COLUMN archived_at",
                "ALTER TABLE `$raw_anthropic_workspaces` ADD COLUMN colour STRING",
                "ALTER TABLE `$raw_anthropic_workspaces` ALTER COLUMN payload DROP NOT NULL",
                "ALTER TABLE `$raw_anthropic_users` ALTER COLUMN role SET OPTIONS (description = 'Something else')",
                "DROP VIEW `$revisions`"):
        ingest.query(sql)
    ingest.query("DROP TABLE `$fact_builds`")
    ingest.query("CREATE TABLE `$fact_builds` (fact STRING NOT NULL, day DATE NOT NULL, input_hash STRING NOT NULL,"
                 " run_id INT64 NOT NULL, built_at TIMESTAMP NOT NULL) CLUSTER BY input_hash, fact")
    said = """\
mbc-ingest: error: table fact_builds: column run_id is INT64 NOT NULL and should be STRING NOT NULL
mbc-ingest: error: table fact_builds: is partitioned by nothing and should be by day
mbc-ingest: error: table fact_builds: column 1 of its clustering is input_hash and should be fact
mbc-ingest: error: table fact_builds: column 2 of its clustering is fact and should be nothing
mbc-ingest: error: table raw_anthropic_workspaces: column archived_at is not there and should be TIMESTAMP
mbc-ingest: error: table raw_anthropic_workspaces: column payload is STRING and should be STRING NOT NULL
mbc-ingest: error: table raw_anthropic_workspaces: column colour should not be there
"""
    check(tap, "what was changed by hand is told by table and column", (3, said), (ingest.run("migrate"), errors(ingest)))
    ingest.query("DROP TABLE `$fact_builds`")
    code = ingest.run("run", "--date", DAY, MBC_STREAMS="anthropic_workspaces,anthropic_users")
    check(tap, "a run with such a table is exit 3", 3, code, ingest.said)
    check(tap, "its stream fails for that reason", [["failed", "schema"]], state(ingest, "anthropic_workspaces"))
    check(tap, "the others go on", [["ok", None]], state(ingest, "anthropic_users"))
    check(tap, "a view that was dropped is made anew", [], ingest.query("SELECT stream FROM `$revisions`"))
    ingest.query("DROP TABLE `$raw_anthropic_workspaces`")
    check(tap, "without the table, migrate makes it anew, and mends descriptions", 0, ingest.run("migrate"), ingest.said)
    whole = Ingest(vendors, warehouse, "whole")
    whole.run("migrate")
    compare(tap, "mended", whole, ingest)


def errors(ingest):
    return "".join(line for line in ingest.said.splitlines(keepends=True) if " error: " in line)


def state(ingest, stream):
    return ingest.query(f"SELECT status, reason FROM `$coverage_current` WHERE stream = '{stream}'")


def main(tap, warehouse):
    with Vendors("--people", "4", "--days", "3") as vendors:
        fresh, ingest = forwards(tap, warehouse, vendors)
        backwards(tap, ingest)
        changed(tap, warehouse, vendors)
        killed(tap, warehouse, vendors, fresh)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
