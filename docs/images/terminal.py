#!/usr/bin/env python3
"""Draws what a command printed as a picture of a terminal: terminal.py COMMAND-LINE < OUTPUT > PICTURE.svg

The pictures of the README are real output, taken with CLICOLOR_FORCE=1.
"""
import html
import re
import sys

COLOURS = {"30": "#6e7781", "31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "34": "#79c0ff", "35": "#d2a8ff",
           "36": "#76e3ea", "90": "#8b949e"}
STEP, LINE, PAD = 8.43, 20, 16


def spans(line):
    """(text, colour, bold) of a line with ANSI colours."""
    colour, bold = None, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        codes = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if not codes:
            if part:
                yield part, colour, bold
            continue
        for code in codes[1].split(";"):
            if code in ("", "0"):
                colour, bold = None, False
            elif code == "1":
                bold = True
            else:
                colour = COLOURS.get(code, colour)


def draw(lines):
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width = max(map(len, plain)) * STEP + 2 * PAD
    height = len(lines) * LINE + 2 * PAD
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
           f'viewBox="0 0 {width:.0f} {height}" role="img">')
    yield f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#0d1117"/>'
    yield ('<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" '
           'font-size="14" fill="#e6edf3">')
    for row, line in enumerate(lines):
        at = 0
        for text, colour, bold in spans(line):
            style = (f' fill="{colour}"' if colour else "") + (' font-weight="bold"' if bold else "")
            yield (f'<text x="{PAD + at * STEP:.1f}" y="{PAD + row * LINE + 15}" textLength="{len(text) * STEP:.1f}" '
                   f'lengthAdjust="spacingAndGlyphs" xml:space="preserve"{style}>{html.escape(text)}</text>')
            at += len(text)
    yield "</g></svg>"


def main():
    output = sys.stdin.read().rstrip("\n").split("\n")
    print("\n".join(draw([f"\x1b[90m$\x1b[0m \x1b[1m{sys.argv[1]}\x1b[0m", "", *output])))


main()
