#!/usr/bin/env python3
"""Measures mbc beside its floor in one run and prints the ratios: bench.py BUILD-FOLDER.

Times are the least of several runs, since anything else that runs only adds to them; instruction counts
(valgrind, where it is installed) are repeatable. The exit code says whether the budgets hold.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import reading
import runs

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(sys.argv[1]).resolve()
RUNS = 25


def run_once(command, folder):
    """Wall time in ms."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if process.wait() != 0:
        sys.exit(f"{' '.join(map(str, command))[:100]} failed")
    return (time.perf_counter() - start) * 1000


def measure(commands, folder):
    """For each command the least time of some runs, taken in turns, so that whatever else the machine does
    meets all of them alike; and the most memory of one."""
    best = {name: float("inf") for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            best[name] = min(best[name], run_once(command, folder))
    return {name: (best[name], reading.most_memory(BUILD, command, folder)) for name, command in commands.items()}


def instructions(command, folder):
    """Millions of instructions, or None without valgrind."""
    if not shutil.which("valgrind"):
        return None
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
                          cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    return int(found[1]) / 1e6 if found else None


def measure_all(folder, dashboards):
    subprocess.run([sys.executable, HERE / "generate.py", folder, str(dashboards)], check=True)
    files = sorted(str(path) for path in (folder / "dashboards").iterdir())
    size = sum(os.path.getsize(path) for path in files)
    commands = {"libyaml events alone": [BUILD / "tests/bench/scan", *files],
                "mbc validate": [BUILD / "mbc", "validate"],
                "mbc compile": [BUILD / "mbc", "compile"]}
    print(f"\n{dashboards * 10:,} charts in {dashboards:,} dashboards, {size / 1e6:.1f} MB of YAML")
    print(f"  {'':24}{'time':>10}{'ratio':>8}{'instructions':>16}{'ratio':>8}{'memory':>10}")
    results = {}
    measured = measure(commands, folder)
    for name, command in commands.items():
        elapsed, memory = measured[name]
        count = instructions(command, folder)
        floor = results.get("libyaml events alone", (elapsed, memory, count))
        results[name] = (elapsed, memory, count)
        print(f"  {name:24}{elapsed:7.1f} ms{elapsed / floor[0]:7.2f}x"
              + (f"{count:13,.0f} M{count / floor[2]:8.2f}x" if count else f"{'-':>15}{'-':>9}")
              + f"{memory:6.0f} MiB")
    return results


class Budgets:
    """Prints whether each holds, and remembers whether all did."""

    def __init__(self):
        self.good = True

    def __call__(self, text, holds):
        self.good = self.good and holds
        print(f"  {'ok  ' if holds else 'OVER'} {text}")


def measure_compiler(budget):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mbc-bench-"))
    try:
        small = measure_all(folder / "small", 100)
        large = measure_all(folder / "large", 1000)
    finally:
        shutil.rmtree(folder)
    floor, validate = small["libyaml events alone"], small["mbc validate"]
    print("\nBudgets")
    budget(f"validate of 1,000 charts: {validate[0] / floor[0]:.2f}x the scan (at most 1.6x)",
           validate[0] <= 1.6 * floor[0])
    budget(f"validate of 1,000 charts: {validate[1]:.0f} MiB (under 64)", validate[1] < 64)
    ratio = large["mbc validate"][0] / validate[0]
    budget(f"validate of 10,000 charts: {ratio:.1f}x the time of 1,000 (at most 11x)", ratio <= 11)
    if validate[2]:
        ratio = large["mbc validate"][2] / validate[2]
        budget(f"validate of 10,000 charts: {ratio:.1f}x the instructions of 1,000 (at most 11x)", ratio <= 11)
        ratio = large["mbc compile"][2] / small["mbc compile"][2]
        budget(f"compile of 10,000 charts: {ratio:.1f}x the instructions of 1,000 (at most 11x)", ratio <= 11)


def main():
    budget = Budgets()
    measure_compiler(budget)
    reading.measure(BUILD, budget)
    runs.measure(BUILD, budget)
    return 0 if budget.good else 1


sys.exit(main())
