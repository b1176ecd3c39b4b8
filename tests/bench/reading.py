"""How fast mbc-ingest reads pages, beside yajl alone and jq, and how much memory that takes."""
import os
import subprocess
import tempfile

RECORDS, FEW = 500_000, 50_000
RUNS = 3

# The rows that mbc-ingest makes of Anthropic's usage report, without their checks.
FLATTEN = """.data[] | .starting_at[:10] as $day | .results[] | {usage_date: $day, api_key_id, workspace_id, model,
service_tier, context_window, inference_geo, uncached_input_tokens, cache_read_tokens: .cache_read_input_tokens,
cache_5m_tokens: .cache_creation.ephemeral_5m_input_tokens, cache_1h_tokens: .cache_creation.ephemeral_1h_input_tokens,
output_tokens, web_search_requests: .server_tool_use.web_search_requests}"""


def most_memory(build, command, folder=None):
    """In MiB."""
    done = subprocess.run([build / "tests/bench/peak", *command], cwd=folder, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))[:100]} failed")
    return int(done.stdout) / 1024


def measure_ways(program):
    """Name -> least CPU seconds of some runs, in each of which the ways take turns page by page; bytes; packed bytes."""
    seconds, size, packed = {}, 0, 0
    for _ in range(RUNS):
        done = subprocess.run([program, "time", str(RECORDS)], capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            name, used, _, size, packed = line.split()
            seconds[name] = min(seconds.get(name, float("inf")), float(used))
    return seconds, int(size), int(packed)


def measure_jq(build, program):
    """CPU seconds and MiB for a tenth of the records; the seconds are then as for all."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([program, "pages", str(FEW)], stdout=file, check=True)
        command = ["jq", "-c", FLATTEN, file.name]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        memory = most_memory(build, command)
    return (usage.ru_utime + usage.ru_stime) * RECORDS / FEW, memory


def measure(build, budget):
    program = build / "tests/bench/ingest"
    seconds, size, packed = measure_ways(program)
    memory = {(way, count): most_memory(build, [program, way, str(count)]) for way in ("rows", "spool") for count in (FEW, RECORDS)}
    scan, rows, spool = seconds["scan"], seconds["rows"], seconds["spool"]
    jq, jq_memory = measure_jq(build, program)
    print(f"\n{RECORDS:,} records of usage, {size / 1e6:.0f} MB of answers, one core")
    print(f"  {'':32}{'time':>10}{'ratio':>8}{'records a second':>18}{'memory':>10}")
    for name, used, most in (("yajl alone", scan, None), ("to rows", rows, memory["rows", RECORDS]),
                             (f"packed with payload, {packed / 1e6:.0f} MB", spool, memory["spool", RECORDS]),
                             ("jq, the same rows (from a tenth)", jq, jq_memory)):
        print(f"  {name:32}{used:8.2f} s{used / scan:7.2f}x{RECORDS / used:18,.0f}"
              + (f"{most:6.0f} MiB" if most else f"{'-':>10}"))
    print("\nBudgets")
    budget(f"records to rows: {RECORDS / rows:,.0f} a second (at least 250,000)", RECORDS / rows >= 250_000)
    budget(f"records to rows: {rows / scan:.2f}x yajl alone (at most 2.5x)", rows / scan <= 2.5)
    for way, name in (("rows", "records to rows"), ("spool", "records to the packed spool")):
        few, many = memory[way, FEW], memory[way, RECORDS]
        budget(f"{name}: {many:.1f} MiB (under 64)", many < 64)
        budget(f"{name}: {many - few:+.1f} MiB for ten times the records (at most 2)", many - few <= 2)
