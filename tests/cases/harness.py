"""What the drivers of whole runs share: a fixture project in a folder of its own, mbc, a sandbox."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MBC_BUILD", ROOT / "build"))
FIXTURE = ROOT / "tests/project"


class Project:
    """A folder with the fixture project in it, gone when it is closed."""

    def __init__(self, empty=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mbc-case-"))
        if not empty:
            shutil.copytree(FIXTURE, self.folder, dirs_exist_ok=True)
        self.sandbox = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.sandbox:
            self.sandbox.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def shell(self, command):
        """Runs a command of a user in the project's folder, with mbc at hand."""
        environment = dict(os.environ, PATH=f"{BUILD}:{os.environ['PATH']}")
        subprocess.run(["sh", "-c", command], cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, check=True)

    def run(self, arguments, more=None):
        """Runs mbc; gives (stdout, stderr, exit code) with the sandbox's address made stable."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if self.sandbox:
            environment["MBC_URL"] = self.sandbox.url
        environment.update(more or {})
        done = subprocess.run([BUILD / "mbc", *arguments], cwd=self.folder, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        return (self.stable(done.stdout), self.stable(done.stderr), done.returncode)

    def stable(self, output):
        text = output.decode("utf-8", "backslashreplace").replace(str(self.folder), "PROJECT")
        text = re.sub(r"on \d{4}-\d\d-\d\d at \d\d:\d\d", "on DAY at TIME", text)
        if self.sandbox:
            text = text.replace(self.sandbox.url, "http://sandbox")
        return text


class Sandbox:
    """mbc-sandbox on a free port of loopback, with its state in `folder`."""

    def __init__(self, folder, version, catalogue, *more):
        self.process = subprocess.Popen(
            [BUILD / "mbc-sandbox", "--port", "0", "--state", str(folder / "sandbox.db"),
             "--metabase-version", str(version), "--catalogue", str(catalogue), "--var", "dataset=shop",
             "--api-key", "local", *more],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.url = None
        for line in self.process.stdout:
            found = re.search(r"http://[\w.]+:\d+", line)
            if found:
                self.url = found.group()
                return
        raise RuntimeError("mbc-sandbox did not start")

    def ask(self, method, path, body=None, headers=None):
        """A request to the server, and its answer as JSON."""
        headers = {"content-type": "application/json", **(headers or {"x-api-key": "local"})}
        request = urllib.request.Request(self.url + path, body and body.encode(), headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def as_person(self, method, path, body=None):
        """What somebody does in the browser, not mbc's own account."""
        account = '{"username": "admin@example.com", "password": "metabase1"}'
        session = self.ask("POST", "/api/session", account, {"accept": "*/*"})
        return self.ask(method, path, body, {"x-metabase-session": session["id"]})

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Tap:
    """Results in the Test Anything Protocol, as meson reads it."""

    def __init__(self):
        self.count = self.failed = 0

    def result(self, good, name, why=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        for line in why.splitlines():
            print(f"# {line}")
        sys.stdout.flush()

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0
