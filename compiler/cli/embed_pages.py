"""Writes the pages docs/diagnostics/CODE.md as C strings, one PAGE(CODE, "…") a row of diag_codes.inc.

That every row has a page, and that its examples do what they say, is tests/cases/pages.py's business.
"""
import pathlib
import re
import sys


def c_string(text):
    lines = []
    for line in text.splitlines(keepends=True):
        escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append('"' + escaped.replace("??", "?\\?") + '"')
    return "\n\t".join(lines) or '""'


def main():
    rows, folder, output, depfile = map(pathlib.Path, sys.argv[1:5])
    codes = re.findall(r"^DIAG\((\w+),", rows.read_text(), re.MULTILINE)
    pages = [folder / f"{code}.md" for code in codes if (folder / f"{code}.md").is_file()]
    output.write_text("".join(
        f"PAGE({page.stem},\n\t{c_string(page.read_text())})\n" for page in pages))
    depfile.write_text(f"{output}: {' '.join(map(str, [folder, *pages]))}\n")


main()
