#!/usr/bin/env python3
"""The files of sql/ read alike: one statement each, named as the file, every column described."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = {
    "tables": re.compile(r"^CREATE TABLE IF NOT EXISTS `\$\{dataset\}\.(\w+)` \($", re.MULTILINE),
    "views": re.compile(r"^CREATE OR REPLACE VIEW `\$\{dataset\}\.(\w+)` \($", re.MULTILINE),
}
COLUMN = re.compile(r'^  (`?\w+`? .*|>>) ?OPTIONS \(description = "[^"]+"\),?$')
OPENS_STRUCT = re.compile(r"^  \w+ +ARRAY<STRUCT<$")
STRUCT_FIELD = re.compile(r"^    \w+ \w+,?$")


def faults(kind, path):
    text = path.read_text()
    heads = HEAD[kind].findall(text)
    if heads != [path.stem]:
        return [f"holds {', '.join(heads) or 'nothing'}, not one statement that makes {path.stem}"]
    body = text[HEAD[kind].search(text).end() + 1 : text.index("\n)\n")]
    good = COLUMN, OPENS_STRUCT, STRUCT_FIELD
    found = [f"column without description: {line.strip()}" for line in body.splitlines()
             if not any(shape.match(line) for shape in good)]
    if not re.search(r'^OPTIONS \(description = "[^"]+"\)', text, re.MULTILINE):
        found.append("has no description")
    return found


def main():
    paths = [(kind, path) for kind in HEAD for path in sorted((ROOT / "sql" / kind).glob("*.sql"))]
    failed = 0
    for number, (kind, path) in enumerate(paths, 1):
        found = faults(kind, path)
        failed += bool(found)
        print(f"{'not ok' if found else 'ok'} {number} - {path.relative_to(ROOT)}")
        for line in found:
            print(f"# {line}")
    print(f"1..{len(paths)}")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
