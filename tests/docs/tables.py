#!/usr/bin/env python3
"""The tables of docs/language.md are what mbc prints: compares them, or with --write writes them.

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


def printed(name):
    return subprocess.run([BUILD / "mbc", "explain", "--table", name], check=True, capture_output=True,
                          text=True).stdout


def main():
    page = ROOT / "docs/language.md"
    text = page.read_text()
    if "--write" in sys.argv:
        page.write_text(BLOCK.sub(lambda found: found[1] + printed(found[2]) + found[4], text))
        return 0
    failed = 0
    blocks = BLOCK.findall(text)
    for number, (_, name, table, _) in enumerate(blocks, 1):
        good = table == printed(name)
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - table {name}")
        if not good:
            print("# docs/language.md is older than the tables of the language: run ./dev docs")
    print(f"1..{len(blocks)}")
    return 1 if failed or not blocks else 0


sys.exit(main())
