#!/usr/bin/env python3
"""ingest/Dockerfile holds together: what it copies is there and is enough for meson, the packages that it installs are
those of ./dev, its base is pinned by digest, and it does not run as root."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def faults():
    text = (ROOT / "ingest/Dockerfile").read_text()
    dev = re.search(r"readonly packages=\((.*?)\)", (ROOT / "dev").read_text(), re.DOTALL)[1].split()
    install = re.search(r"apt-get install (.*?)\n[A-Z]", text, re.DOTALL)[1].replace("\\\n", " ").split()
    for package in install:
        if not package.startswith("--") and package not in dev:
            yield f"package {package} is not one that ./dev installs"
    copied = [name for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE) for name in line.split()[:-1]]
    for name in copied:
        if not (ROOT / name).exists():
            yield f"COPY {name}: there is no such file"
    for folder in re.findall(r"^subdir\('([\w/]+)'", (ROOT / "meson.build").read_text(), re.MULTILINE):
        if not any(f"{folder}/".startswith(f"{name}/") for name in copied):
            yield f"meson.build reads {folder}, which is not copied"
    for base in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
        if base != "scratch" and not re.search(r"@sha256:[0-9a-f]{64}$", base):
            yield f"FROM {base}: not pinned by digest"
    if not re.search(r"^USER [1-9]\d*:[1-9]\d*$", text, re.MULTILINE):
        yield "runs as root"


def main():
    found = list(faults())
    print(f"{'not ok' if found else 'ok'} 1 - ingest/Dockerfile")
    for line in found:
        print(f"# {line}")
    print("1..1")
    return 1 if found else 0


sys.exit(main())
