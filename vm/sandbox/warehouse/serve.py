"""Starts local-bigquery, with the same arguments, and teaches its load jobs what BigQuery's do besides.

local-bigquery answers BigQuery's REST API over DuckDB. What the programs of this repository need and
it lacks is added here, in memory; nothing of the package is changed on disk:

- uploads may be compressed with gzip;
- a load job without a schema takes the table's own;
- rows with unknown fields, or without a value for a REQUIRED one, are refused;
- `table$YYYYMMDD` names the partition of a day: a load into it replaces or extends that day alone,
  deleting it empties the day;
- statements that meet are done one after another, or end as BigQuery's do: `concurrent update`.
"""

import contextlib
import gzip
import json
import pathlib
import random
import re
import threading
import time

import duckdb
from duckdb_extensions import import_extension
from local_bigquery import cli
from local_bigquery.catalog import datasets, tables
from local_bigquery.engine import database, types
from local_bigquery.errors import BigQueryError
from local_bigquery.jobs import load, query, runner
from local_bigquery.sql.rules import partitions
from sqlglot import exp

# DuckDB would fetch them from its own site at the first start; these come with packages of the same
# version and are unpacked below $HOME/.duckdb, which is why the server gets a HOME of its own.
EXTENSIONS = ("icu", "spatial", "ducklake")
GZIP_MAGIC = b"\x1f\x8b"
DECORATED = re.compile(r"(?P<table>.+)\$(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")

# DuckLake aborts one of two transactions that replace rows of the same table at the same time.
replacing = threading.Lock()

# Two that make a dataset or a table of the same name must not both find that it is not there.
defining = threading.Lock()
TRIES = 20

TEMPORARY_TABLES = "SELECT table_name FROM duckdb_tables() WHERE temporary"
NO_TABLES = "SELECT '' AS table_name WHERE false"


def in_turn(change, tries=TRIES):
    """Makes a change that stands alone, again when another came between: DuckLake has undone it then. BigQuery
    gives up at last, in these words."""
    for turn in range(tries):
        try:
            return change()
        except duckdb.TransactionException:
            time.sleep(random.uniform(0, 0.02 * (turn + 1)))
    raise BigQueryError("invalidQuery", "Transaction is aborted due to concurrent update")


class Target:
    """The table that a request names and, if the name carries one, the day of its partition."""

    def __init__(self, project, dataset, name):
        match = DECORATED.fullmatch(name)
        self.reference = (project, dataset, match["table"] if match else name)
        self.day = "-".join(match.group("year", "month", "day")) if match else None
        self.table = tables.load(*self.reference) if tables.exists(*self.reference) else None
        self.fields = tables.fields(self.table) if self.table else []

    def partition_column(self, config=None):
        layout = (config and config.timePartitioning) or (self.table and self.table.timePartitioning)
        if not (layout and layout.field):
            raise invalid(f"{self.reference[2]} has no partitioning column")
        return layout.field

    def delete_day(self, cursor, column):
        cursor.execute(
            f"DELETE FROM {tables.name(*self.reference)} WHERE {database.quote(column)} = DATE '{self.day}'"
        )


def invalid(message):
    return BigQueryError("invalid", message)


def unpack(upload):
    data = upload.read_bytes()
    if data.startswith(GZIP_MAGIC):
        data = gzip.decompress(data)
        upload.write_bytes(data)
    return data


def with_schema(config, target):
    """The job's configuration, with the table's schema if the job brings none."""
    given = config.schema_ and config.schema_.fields
    if given or config.autodetect or not target.fields:
        return config
    return config.replace(schema={"fields": [field.dump() for field in target.fields]})


class RowCheck:
    """Finds what is wrong with one line of newline-delimited JSON, or nothing."""

    def __init__(self, config, target):
        fields = config.schema_.fields
        self.known = None if config.ignoreUnknownValues else {field.name for field in fields}
        self.required = {f.name for f in [*fields, *target.fields] if f.mode == "REQUIRED"}
        self.day = target.day
        self.column = target.partition_column(config) if target.day else None

    def fault(self, line):
        try:
            row = json.loads(line)
        except ValueError as error:
            return f"Parser terminated before end of string: {error}"
        if self.day and row.get(self.column) != self.day:
            raise invalid(
                "Some rows belong to different partitions rather than destination partition "
                + self.day.replace("-", "")
            )
        if self.known is not None:
            unknown = [name for name in row if name not in self.known]
            if unknown:
                return f"No such field: {unknown[0]}."
        missing = sorted(name for name in self.required if row.get(name) is None)
        return f"Missing required field: {missing[0]}." if missing else None


def check_rows(upload, data, config, target):
    """Refuses the upload, or drops as many bad lines as the job allows."""
    check = RowCheck(config, target)
    good, faults = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        fault = check.fault(line)
        if fault:
            faults.append((number, fault))
        else:
            good.append(line)
    if len(faults) > (config.maxBadRecords or 0):
        number, fault = faults[0]
        raise invalid(
            "Error while reading data, error message: JSON table encountered too many errors, giving "
            f"up. Rows: {number}; errors: {len(faults)}. Line {number}: {fault}"
        )
    if faults:
        upload.write_bytes(b"".join(line + b"\n" for line in good))


def load_day(cursor, config, upload, target):
    """A load into one partition: appends, or replaces the day in one transaction."""
    column = target.partition_column(config)
    replace = config.writeDisposition == "WRITE_TRUNCATE" and target.table is not None
    destination = config.destinationTable.replace(tableId=target.reference[2]).dump()
    config = config.replace(destinationTable=destination, writeDisposition="WRITE_APPEND")
    if not replace:
        return plain_load(cursor, config, upload)
    with replacing:
        return in_turn(lambda: replace_day(cursor, config, upload, target, column))


def replace_day(cursor, config, upload, target, column):
    cursor.execute("BEGIN")
    try:
        target.delete_day(cursor, column)
        statistics = plain_load(cursor, config, upload)
        cursor.execute("COMMIT")
        return statistics
    except BaseException:
        with contextlib.suppress(duckdb.Error):
            cursor.execute("ROLLBACK")
        raise


def run_load(cursor, config, upload):
    target = Target(*tables.reference(config.destinationTable))
    config = with_schema(config, target)
    if upload:
        path = pathlib.Path(upload)
        data = unpack(path)
        if config.sourceFormat == "NEWLINE_DELIMITED_JSON" and config.schema_:
            check_rows(path, data, config, target)
    if target.day is None:
        return plain_load(cursor, config, upload)
    return load_day(cursor, config, upload, target)


def delete_table(project, dataset, name):
    target = Target(project, dataset, name)
    if target.day is None:
        return plain_delete(project, dataset, name)
    if target.table is None:
        return plain_delete(*target.reference)
    with database.cursor() as cursor:
        in_turn(lambda: target.delete_day(cursor, target.partition_column()))


class FreshCursor:
    """A cursor that was made for one query. It has no temporary tables yet, so that DuckDB need not list all
    tables to find them, which takes longer than most queries."""

    def __init__(self, cursor):
        self.cursor = cursor

    def __getattr__(self, name):
        return getattr(self.cursor, name)

    def sql(self, text, *arguments, **more):
        return self.cursor.sql(NO_TABLES if text == TEMPORARY_TABLES else text, *arguments, **more)


def run_query(cursor, project, job, config, dry_run=False, session=None):
    return plain_query(cursor if session else FreshCursor(cursor), project, job, config, dry_run, session)


def run_statement(cursor, tree, *rest):
    """A commit is not tried again: the statements before it are gone with it."""
    with defining if isinstance(tree, query.DDL) else contextlib.nullcontext():
        return in_turn(lambda: plain_statement(cursor, tree, *rest), 1 if isinstance(tree, exp.Commit) else TRIES)


def create_dataset(project, body):
    with defining:
        return plain_create(project, body)


OBJECTS = """
SELECT t.table_name, 'TABLE', coalesce(stats.record_count, 0)
FROM {lake}.ducklake_table AS t
JOIN {lake}.ducklake_schema AS s ON s.schema_id = t.schema_id AND s.end_snapshot IS NULL
LEFT JOIN {lake}.ducklake_table_stats AS stats ON stats.table_id = t.table_id
WHERE t.end_snapshot IS NULL AND s.schema_name = $1 AND t.table_name = coalesce($2, t.table_name)
UNION ALL
SELECT v.view_name, 'VIEW', 0
FROM {lake}.ducklake_view AS v
JOIN {lake}.ducklake_schema AS s ON s.schema_id = v.schema_id AND s.end_snapshot IS NULL
WHERE v.end_snapshot IS NULL AND s.schema_name = $1 AND v.view_name = coalesce($2, v.view_name)
ORDER BY 1
"""


COLUMNS = """
SELECT c.column_name, c.nulls_allowed
FROM {lake}.ducklake_column AS c
JOIN {lake}.ducklake_table AS t ON t.table_id = c.table_id AND t.end_snapshot IS NULL
JOIN {lake}.ducklake_schema AS s ON s.schema_id = t.schema_id AND s.end_snapshot IS NULL
WHERE c.end_snapshot IS NULL AND c.parent_column IS NULL AND s.schema_name = $1 AND t.table_name = $2
"""


def ask_lake(project, sql, *values):
    """Asks DuckLake's own catalogue: DuckDB makes its lists of tables and columns anew, with the statistics of
    all of them, for each name that a query looks up, which would be most of a query's time."""
    database.attach(project)
    return database.fetch(sql.format(lake=database.quote(f"__ducklake_metadata_{project}")), list(values))


def list_objects(project, dataset, table=None):
    if project == "emulator":
        return plain_objects(project, dataset, table)
    return ask_lake(project, OBJECTS, dataset, table)


def list_columns(project, dataset, table):
    """As the schema of a table shows them. One of partitions by the time of ingestion is hidden."""
    if dataset == tables.RESULTS:
        return plain_columns(project, dataset, table)
    required = {name for name, nulls in ask_lake(project, COLUMNS, dataset, table) if not nulls}
    with database.cursor() as cursor:
        try:
            relation = cursor.sql(f"SELECT * FROM {tables.name(project, dataset, table)} LIMIT 0")
        except duckdb.CatalogException:
            return plain_columns(project, dataset, table)  # which knows how to say it
        return [types.field(name, kind, name in required) for name, kind in zip(relation.columns, relation.types)
                if name != tables.INGESTION_TIME]


def has_hidden_column(table):
    if not (table.catalog and table.db) or not isinstance(table.this, exp.Identifier):
        return False
    if table.catalog == "emulator":
        return plain_hidden(table)
    return any(name == tables.INGESTION_TIME for name, _ in ask_lake(table.catalog, COLUMNS, table.db, table.name))


plain_load, runner.HANDLERS["load"] = load.run, run_load
plain_query, query.execute = query.execute, run_query
plain_statement, query._run = query._run, run_statement
plain_objects, database.objects = database.objects, list_objects
plain_create, datasets.create = datasets.create, create_dataset
plain_columns, tables.columns = tables.columns, list_columns
plain_hidden, partitions._hidden = partitions._hidden, has_hidden_column
plain_delete, tables.delete = tables.delete, delete_table

if __name__ == "__main__":
    for extension in EXTENSIONS:
        import_extension(extension)
    cli.main()
