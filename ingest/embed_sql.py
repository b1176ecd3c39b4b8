"""Writes the files of sql/ as C strings, so that the program and its schema cannot drift apart.

    embed_sql.py FOLDER… OUTPUT DEPFILE

Each file becomes SQL(folder, name, "text"), views after the views that they read; each table besides
TABLE(name, "JSON of its fields", "JSON of its layout") as BigQuery's API has them, read from the CREATE
TABLE statement. A file in a later folder stands in for the one of its name in those before.
"""
import graphlib
import json
import pathlib
import re
import sys

FOLDERS = ("tables", "views", "transforms", "checks", "migrations")
DESCRIPTION = r'\s*OPTIONS \(description = "(?P<description>(?:[^"\\]|\\.)*)"\)'
FIELD = re.compile(rf"^`?(?P<name>\w+)`?\s+(?P<type>[A-Z0-9]+)(?P<required> NOT NULL)?{DESCRIPTION},?$")
ARRAY_START = re.compile(r"^`?(?P<name>\w+)`?\s+ARRAY<STRUCT<$")
ARRAY_END = re.compile(rf"^>>{DESCRIPTION},?$")
INNER = re.compile(r"^`?(?P<name>\w+)`?\s+(?P<type>[A-Z0-9]+),?$")
PARTITION = re.compile(r"^PARTITION BY (\w+)$", re.MULTILINE)
CLUSTER = re.compile(r"^CLUSTER BY ([\w, ]+)$", re.MULTILINE)
WHOLE = re.compile(r'^OPTIONS \(description = "((?:[^"\\]|\\.)*)"\)', re.MULTILINE)
MIGRATION = re.compile(r"^\d{4}_[a-z0-9_]+$")
TYPES = {"INT64": "INTEGER", "BOOL": "BOOLEAN", "FLOAT64": "FLOAT"}


def c_string(text):
    lines = []
    for line in text.splitlines(keepends=True):
        escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append('"' + escaped.replace("??", "?\\?") + '"')
    return "\n\t".join(lines) or '""'


def field(match, mode):
    row = {"name": match["name"], "type": TYPES.get(match["type"], match["type"]), "mode": mode}
    if "description" in match.groupdict():
        row["description"] = match["description"]
    return row


def fields_of(path):
    """The columns of a CREATE TABLE statement that has one a line."""
    rows, array = [], None
    body = re.search(r"\(\n(.*?)\n\)\n", path.read_text(), re.DOTALL)[1]
    for line in filter(None, map(str.strip, body.splitlines())):
        if array is not None and (end := ARRAY_END.match(line)):
            array["description"] = end["description"]
            array = None
        elif array is not None and (inner := INNER.match(line)):
            array["fields"].append(field(inner, "NULLABLE"))
        elif start := ARRAY_START.match(line):
            array = {"name": start["name"], "type": "RECORD", "mode": "REPEATED", "fields": []}
            rows.append(array)
        elif plain := FIELD.match(line):
            rows.append(field(plain, "REQUIRED" if plain["required"] else "NULLABLE"))
        else:
            raise SystemExit(f"{path}: cannot read the column `{line}`")
    return rows


def layout_of(path):
    """What stands behind the columns, as members of the table's resource."""
    text = path.read_text()
    layout = {"description": WHOLE.search(text)[1]}
    if partition := PARTITION.search(text):
        layout["timePartitioning"] = {"type": "DAY", "field": partition[1]}
    if cluster := CLUSTER.search(text):
        layout["clustering"] = {"fields": [name.strip() for name in cluster[1].split(",")]}
    return layout


def in_order(folder, paths):
    """By name, but a view after those that it reads; migrations must be numbered."""
    if folder == "migrations":
        numbers = [name[:4] for name in paths]
        for name in paths:
            if not MIGRATION.match(name) or numbers.count(name[:4]) > 1:
                raise SystemExit(f"{paths[name]}: a migration is named 0001_what_it_does, by a number of its own")
    if folder != "views":
        return [paths[name] for name in sorted(paths)]
    reads = {name: sorted(set(re.findall(r"\$\{dataset\}\.(\w+)", path.read_text())) & set(paths) - {name})
             for name, path in sorted(paths.items())}
    return [paths[name] for name in graphlib.TopologicalSorter(reads).static_order()]


def main():
    *roots, output, depfile = map(pathlib.Path, sys.argv[1:])
    parts, files = [], []
    for folder in FOLDERS:
        paths = {path.stem: path for root in roots for path in sorted((root / folder).glob("*.sql"))}
        for path in in_order(folder, paths):
            files.append(path)
            parts.append(f'SQL({folder}, "{path.stem}",\n\t{c_string(path.read_text())})\n')
            if folder == "tables":
                parts.append(f'TABLE("{path.stem}",\n\t{c_string(json.dumps(fields_of(path)))},\n'
                             f"\t{c_string(json.dumps(layout_of(path)))})\n")
    output.write_text("".join(parts))
    folders = [root / folder for root in roots for folder in FOLDERS if (root / folder).is_dir()]
    depfile.write_text(f"{output}: {' '.join(map(str, roots + folders + files))}\n")


if __name__ == "__main__":
    main()
