#!/usr/bin/env python3
"""The tables of docs/language.md are what mbc prints, those of docs/data-model.md what sql/ and the streams and
settings of mbc-ingest say: compares them, or with --write writes them.

A table stands between the lines `<!-- table NAME -->` and `<!-- end NAME -->`.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MBC_BUILD", ROOT / "build"))
BLOCK = re.compile(r"(<!-- table (\w+) -->\n)(.*?)(<!-- end \2 -->\n)", re.DOTALL)
VIEW_COLUMN = re.compile(r'^  `?(\w+)`? +OPTIONS \(description = "([^"]+)"\),?$', re.MULTILINE)
TABLE = re.compile(r'\.table = "(\w+)"')
SETTING = re.compile(r'^(SETTING|KEY)\(\w+, "(\w+)", (.*)"([^"]+)"\)$', re.MULTILINE)

sys.path.insert(0, str(ROOT / "ingest"))
import embed_sql


def explained(name):
    return subprocess.run([BUILD / "mbc", "explain", "--table", name], check=True, capture_output=True,
                          text=True).stdout


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def type_of(field):
    kind = {"INTEGER": "INT64", "BOOLEAN": "BOOL", "RECORD": "STRUCT"}.get(field["type"], field["type"])
    if field["mode"] == "REPEATED":
        return f"{kind}[]: " + ", ".join(inner["name"] for inner in field["fields"])
    return kind + (" NOT NULL" if field["mode"] == "REQUIRED" else "")


def sql_table(path):
    layout = embed_sql.layout_of(path)
    partition = layout.get("timePartitioning", {}).get("field")
    cluster = layout.get("clustering", {}).get("fields", [])
    ways = [f"a partition a day of `{partition}`"] * bool(partition) + [
        "clustered by " + ", ".join(f"`{name}`" for name in cluster)] * bool(cluster)
    rows = [[f"`{field['name']}`", type_of(field), field["description"]] for field in embed_sql.fields_of(path)]
    return (f"### {path.stem}\n\n{layout['description']}" + (f" ({'; '.join(ways)})" if ways else "") + "\n\n"
            + table(["column", "type", "what it is"], rows))


def sql_view(path):
    text = path.read_text()
    rows = [[f"`{name}`", what] for name, what in VIEW_COLUMN.findall(text.partition("\n)\n")[0])]
    return f"### {path.stem}\n\n{embed_sql.WHOLE.search(text)[1]}\n\n" + table(["column", "what it is"], rows)


def sql_tables(start):
    paths = sorted((ROOT / "sql/tables").glob("*.sql"))
    chosen = [path for path in paths if path.stem.split("_")[0] == start or (
        start == "state" and path.stem.split("_")[0] not in ("fct", "dim", "raw"))]
    return "\n".join(map(sql_table, chosen))


def streams():
    names = re.search(r"stream_names = \[(.*?)\]", (ROOT / "ingest/meson.build").read_text(), re.DOTALL)[1]
    rows = []
    for name in re.findall(r"'(\w+)'", names):
        text = (ROOT / f"ingest/stream_{name}.c").read_text().partition("const struct stream stream_")[2]
        window, settle = re.search(r"\.window = (\d+)", text), re.search(r"\.settle_hours = (\d+)", text)
        rows.append([f"`{name}`", re.search(r'\.doc = "([^"]+)"', text)[1], f"`{TABLE.search(text)[1]}`",
                     "snapshot of the day of the run" if not window else
                     f"{window[1]} days" + (", a month at its end" if ".months = true" in text else ""),
                     f"{settle[1]} h" if settle else ""])
    return table(["stream", "what it is", "table", "read again", "settled after"], rows)


def settings():
    rows = []
    for kind, name, middle, doc in SETTING.findall((ROOT / "ingest/settings.inc").read_text()):
        parts = re.findall(r'"[^"]*"|\w+', middle)
        rows.append([f"`{name}`", doc, f"`{parts[2][1:-1]}`" if kind == "SETTING" and parts[2] != "NULL" else ""])
    return table(["variable", "what it says", "unless it is set"], rows)


def exit_codes():
    rows = re.findall(r'\{EXIT_(\w+), "([^"]+)"\}', (ROOT / "ingest/main.c").read_text())
    text = (ROOT / "ingest/command.h").read_text() + (ROOT / "runtime/options.h").read_text()
    return table(["code", "meaning"],
                 [[re.search(rf"#define EXIT_{name} +(\d+)", text)[1], what] for name, what in rows])


MAKERS = {
    "facts": lambda: sql_tables("fct"), "dims": lambda: sql_tables("dim"), "raw": lambda: sql_tables("raw"),
    "state": lambda: sql_tables("state"),
    "views": lambda: "\n".join(map(sql_view, sorted((ROOT / "sql/views").glob("*.sql")))),
    "streams": streams, "settings": settings, "exit_codes": exit_codes,
}
PAGES = {"docs/language.md": explained, "docs/data-model.md": lambda name: MAKERS[name]()}


def write(path, printed):
    path.write_text(BLOCK.sub(lambda found: found[1] + printed(found[2]) + found[4], path.read_text()))


def main():
    number = failed = 0
    for page, printed in PAGES.items():
        if "--write" in sys.argv:
            write(ROOT / page, printed)
            continue
        for _, name, found, _ in BLOCK.findall((ROOT / page).read_text()):
            good = found == printed(name)
            number, failed = number + 1, failed + (not good)
            print(f"{'ok' if good else 'not ok'} {number} - {page}: table {name}")
            if not good:
                print(f"# {page} is older than what it describes: run ./dev docs")
    print(f"1..{number}")
    return 1 if failed else 0


sys.exit(main())
