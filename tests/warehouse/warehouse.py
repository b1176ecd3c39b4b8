"""A warehouse of its own for a test: local-bigquery on loopback, with an empty folder for its data."""
import gzip
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/cases"))

from harness import Tap

PROGRAMS = ROOT / "vm/sandbox/warehouse"
TOOLS = ROOT / ".tools/warehouse"


class Refused(Exception):
    """The warehouse answered with an error; the text is its message."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def install():
    """None, or the sentence that says why there can be no warehouse."""
    done = subprocess.run([PROGRAMS / "install", TOOLS], capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


class Warehouse:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mbc-warehouse-"))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [TOOLS / "bin/python", PROGRAMS / "serve.py", "serve", "--host", "127.0.0.1", "--port", str(port),
             "--grpc-port", str(free_port()), "--project", "local", "--data-dir", self.folder / "data"],
            env={**os.environ, "HOME": str(self.folder)}, stdout=self.log, stderr=self.log)

    def __enter__(self):
        for _ in range(600):
            try:
                self.call("GET", "/datasets")
                return self
            except (OSError, Refused):
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        text = (self.folder / "log").read_text()[-2000:]
        self.__exit__()
        raise RuntimeError(f"the warehouse did not start: {text}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, path, body=None, kind="application/json", root="/bigquery/v2"):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(f"{self.url}{root}/projects/local{path}", data=data, method=method,
                                         headers={"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise Refused(json.load(error)["error"]["message"]) from None

    def query(self, sql):
        """Rows as lists of texts."""
        answer = self.call("POST", "/queries", {"query": sql, "useLegacySql": False, "timeoutMs": 60000})
        while not answer.get("jobComplete", True):
            answer = self.call("GET", f"/queries/{answer['jobReference']['jobId']}?timeoutMs=60000")
        return [[cell["v"] for cell in row["f"]] for row in answer.get("rows", [])]

    def plan(self, sql):
        """Refuses what could not run, and runs nothing."""
        self.call("POST", "/queries", {"query": sql, "useLegacySql": False, "dryRun": True})

    def load(self, table, rows, packed=False, **more):
        """A load job of newline-delimited JSON into `dataset.table`."""
        dataset, name = table.split(".")
        job = {"configuration": {"load": {
            "destinationTable": {"projectId": "local", "datasetId": dataset, "tableId": name},
            "sourceFormat": "NEWLINE_DELIMITED_JSON", "createDisposition": "CREATE_NEVER", **more}}}
        lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
        body = b"\r\n".join([
            b"--part", b"Content-Type: application/json", b"", json.dumps(job).encode(),
            b"--part", b"Content-Type: application/octet-stream", b"", gzip.compress(lines) if packed else lines,
            b"--part--", b""])
        answer = self.call("POST", "/jobs?uploadType=multipart", body, "multipart/related; boundary=part",
                           "/upload/bigquery/v2")
        while answer["status"]["state"] != "DONE":
            time.sleep(0.05)
            answer = self.call("GET", f"/jobs/{answer['jobReference']['jobId']}")
        if "errorResult" in answer["status"]:
            raise Refused(answer["status"]["errorResult"]["message"])
        return int(answer["statistics"]["load"]["outputRows"])

    def fill(self, program):
        """Runs mbc-ingest for two days of invented data; gives its exit code and what it says."""
        kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        done = subprocess.run(
            [program, "backfill", "--from", "2026-11-23", "--mock-apis", "--mock-people", "8", "--mock-days", "12"],
            env={**kept, "TMPDIR": str(self.folder), "MBC_NOW": "2026-11-25T06:00:00Z", "GOOGLE_CLOUD_PROJECT": "local",
                 "BIGQUERY_DATASET": "ai_usage", "BIGQUERY_EMULATOR_HOST": self.url.removeprefix("http://")},
            capture_output=True, text=True)
        return done.returncode, done.stderr


def with_warehouse(test):
    """Runs `test(tap, warehouse)` and gives the exit code; where there can be no warehouse, all is skipped."""
    why = install()
    if why:
        print(f"1..0 # SKIP {why}")
        return 0
    tap = Tap()
    with Warehouse() as warehouse:
        test(tap, warehouse)
    return tap.end()
