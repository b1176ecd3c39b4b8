#!/usr/bin/env python3
"""sql/ is the schema of the warehouse and the catalogue of the dashboards: a column that is dropped there
fails, by name, the dashboards that use it. Each column of what the dashboards read is dropped in turn."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

from harness import BUILD, ROOT, Tap

COLUMN = re.compile(r"^  `?(\w+)`? .*OPTIONS", re.MULTILINE)
READ = re.compile(r"\$\{dataset\}\.(\w+)")
MESSAGE = re.compile(r"^(?:error|warning)\[(\w+)\]: (.*)\n *--> (dashboards/\w+\.\w+):", re.MULTILINE)

WHOLE = {
    ("runs", "bytes_billed"): """\
error[E0622]: table `runs` has no column `bytes_billed`
   --> dashboards/data_health.yaml:248:9
    |
248 |         bytes_billed,
    |         ^^^^^^^^^^^^
note: it is defined here
   --> sql/tables/runs.sql:1:28
    |
  1 | CREATE TABLE IF NOT EXISTS `${dataset}.runs` (
    |                            -----------------

1 error in 1 file
""",
}


def drop(text, column):
    """The statement without the column; the last one leaves no comma behind."""
    lines = text.splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if re.match(rf"  `?{column}`? .*OPTIONS", line))
    if not lines[place].rstrip().endswith(","):
        lines[place - 1] = lines[place - 1].rstrip().removesuffix(",") + "\n"
    del lines[place]
    return "".join(lines)


def validate(folder):
    done = subprocess.run([BUILD / "mbc", "validate"], cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def charts():
    """(file that holds it, SQL) of every chart."""
    for path in sorted((ROOT / "dashboards").glob("*.yaml")):
        for chart in (yaml.safe_load(path.read_text()).get("charts") or {}).values():
            if "sql_file" in chart:
                yield f"dashboards/{chart['sql_file']}", (ROOT / "dashboards" / chart["sql_file"]).read_text()
            elif "sql" in chart:
                yield f"dashboards/{path.name}", chart["sql"]


def must_fail(table, column):
    """Files with a chart that reads this table alone and says the column's name in other places than behind AS.
    `day` and `month` are parts of dates, too: where they stand alone nothing is said."""
    if column in ("day", "month"):
        return set()
    used = re.compile(rf"(?<!AS )(?<![\w.{{]){column}(?!\w)")
    return {file for file, sql in charts()
            if set(READ.findall(sql)) == {table} and used.search(sql) and f"AS {column}" not in sql}


def may_fail(column):
    """Files that say its name at all: in SQL, as a filter's field, as the field of a click."""
    return {f"dashboards/{path.name}" for path in (ROOT / "dashboards").iterdir()
            if re.search(rf"(?<![a-z_]){column}(?![a-z_])", path.read_text())}


def main():
    tap = Tap()
    read = {table for _, sql in charts() for table in READ.findall(sql)}
    with tempfile.TemporaryDirectory(prefix="mbc-dropped-") as name:
        folder = pathlib.Path(name)
        shutil.copy(ROOT / "mbc.yaml", folder)
        for part in ("dashboards", "sql"):
            shutil.copytree(ROOT / part, folder / part)
        code, said = validate(folder)
        tap.result(code == 0, "the dashboards are as they should be", said)
        paths = [path for kind in ("tables", "views") for path in sorted((folder / "sql" / kind).glob("*.sql"))]
        for path in filter(lambda path: path.stem in read, paths):
            text, wrong, found = path.read_text(), [], 0
            for column in COLUMN.findall(text.partition("\n)\n")[0]):
                path.write_text(drop(text, column))
                code, said = validate(folder)
                found_here = [(kind, file) for kind, what, file in MESSAGE.findall(said) if f"column `{column}`" in what]
                by_name = {file for _, file in found_here}
                named = by_name or bool(MESSAGE.search(said))
                direct = {file for kind, file in found_here if kind != "E0624"}     # a view that a file reads
                found += bool(named)
                must = must_fail(path.stem, column)
                if path.parent.name == "views":     # its SELECT still gives the column: places shift, other messages come first
                    must = must if must and not must & {file for _, _, file in MESSAGE.findall(said)} else set()
                good = must <= by_name and direct <= may_fail(column) and code == bool(named)
                if not good:
                    wrong.append(f"{column}: must be {must}, may be "
                                 f"{may_fail(column)}, is {by_name}, exit {code}\n{said}")
                if (path.stem, column) in WHOLE and said != WHOLE[path.stem, column]:
                    wrong.append(f"{column}: not the output that is expected:\n{said}")
            path.write_text(text)
            tap.result(not wrong and found > 0, f"{path.stem}: of its columns, {found} are missed when they are dropped", "\n".join(wrong))
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
