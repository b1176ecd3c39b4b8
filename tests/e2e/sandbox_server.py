"""A running mbc-sandbox for tests: started on a free port, asked in JSON, ended by a signal."""

import json
import os
import re
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

ROOT = os.environ.get("MBC_SOURCE_ROOT") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
)
KEY = {"x-api-key": "local"}


class Sandbox:
    """with Sandbox(program, version) as server: server.get("/api/health")"""

    def __init__(self, program, version, *options, tables=True):
        self.errors = tempfile.TemporaryFile("w+")
        arguments = [program, "--port", "0", "--metabase-version", str(version)]
        if tables:
            arguments += [
                "--catalogue",
                os.path.join(ROOT, "tests/project/sql"),
                "--var",
                "dataset=shop",
            ]
        self.process = subprocess.Popen(
            arguments + list(options), stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.wait()
            raise AssertionError("no address in %r; %s" % (line, self.said()))
        self.base = found.group(0)
        self.port = int(found.group(1))

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        code = self.stop()
        assert failure[0] or code == 0, "ended with %s: %s" % (code, self.said())

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(10)
        self.process.stdout.close()
        return code

    def ask(self, method, path, body=None, headers=KEY, raw=None):
        """Status, body (parsed if it is JSON, else text) and headers."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, method=method, data=data, headers=dict(headers)
        )
        if data is not None:
            request.add_header("content-type", "application/json")
        try:
            answer = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            text = answer.read().decode()
            kind = answer.headers.get("content-type", "")
            return (
                answer.status,
                json.loads(text) if "json" in kind and text else text,
                answer.headers,
            )

    def get(self, path, headers=KEY):
        status, body, _ = self.ask("GET", path, headers=headers)
        assert status == 200, (path, status, body)
        return body

    def post(self, path, body, status=200, headers=KEY):
        return self.expect("POST", path, body, status, headers)

    def put(self, path, body, status=200, headers=KEY):
        return self.expect("PUT", path, body, status, headers)

    def expect(self, method, path, body, status, headers=KEY):
        got, answer, _ = self.ask(method, path, body, headers)
        assert got == status, "%s %s: %s instead of %s: %s" % (method, path, got, status, answer)
        return answer

    def login(self, email, password="metabase1"):
        session = self.post("/api/session", {"username": email, "password": password}, headers={})
        return {"X-Metabase-Session": session["id"]}
