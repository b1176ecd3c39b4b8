#!/usr/bin/env python3
"""bigquery.py DRIVE: runs the program DRIVE (drive.c) against a local warehouse of its own."""
import subprocess
import sys

from warehouse import Warehouse, install


def main():
    why = install()
    if why:
        print(f"1..0 # SKIP {why}")
        return 0
    with Warehouse() as warehouse:
        return subprocess.run([sys.argv[1], warehouse.url]).returncode


if __name__ == "__main__":
    sys.exit(main())
