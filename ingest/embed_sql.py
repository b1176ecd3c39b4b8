"""Writes the files of sql/ as C strings, so that the program and its schema cannot drift apart.

Each becomes SQL(folder, name, "text"); each table besides SCHEMA(name, "JSON of its fields"), as a load
job wants it, read from the CREATE TABLE statement.
"""
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


def main():
    root, output, depfile = map(pathlib.Path, sys.argv[1:4])
    parts, files = [], []
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*.sql")):
            files.append(path)
            parts.append(f'SQL({folder}, "{path.stem}",\n\t{c_string(path.read_text())})\n')
            if folder == "tables":
                parts.append(f'SCHEMA("{path.stem}",\n\t{c_string(json.dumps(fields_of(path)))})\n')
    output.write_text("".join(parts))
    folders = [root / folder for folder in FOLDERS if (root / folder).is_dir()]
    depfile.write_text(f"{output}: {' '.join(map(str, folders + files))}\n")


main()
