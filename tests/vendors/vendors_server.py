"""A running mbc-vendors for tests: started on a free port, asked over HTTP, ended by a signal."""

import base64
import json
import re
import signal
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

NOW = "2026-11-22T06:00:00Z"
ADMIN = {"x-api-key": "sk-ant-admin01-local", "anthropic-version": "2023-06-01"}
ANALYTICS = dict(ADMIN, **{"anthropic-beta": "analytics-usage-cost-2026-08-24"})
CURSOR = {"authorization": "Basic " + base64.b64encode(b"crsr_local:").decode()}


class Vendors:
    """with Vendors(program) as server: server.get("/v1/organizations/me", ADMIN)"""

    def __init__(self, program, *options, now=NOW):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [program, "--port", "0", "--now", now, *options],
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if not found:
            self.process.wait()
            raise AssertionError("no address in %r; %s" % (line, self.said()))
        self.base = found.group(0)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        code = self.stop()
        assert failure[0] or code == 0, "ended with %s: %s" % (code, self.said())

    def said(self):
        self.errors.seek(0)
        return self.errors.read(4000)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.process.stdout.close()
        return code

    def ask(self, method, path, headers=None, body=None, query=()):
        """Status, bytes and headers."""
        if query:
            path += "?" + urllib.parse.urlencode(list(query))
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, method=method, data=body)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        if body is not None and "content-type" not in (headers or {}):
            request.add_header("content-type", "application/json")
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.read(), answer.headers

    def expect(self, status, method, path, headers=None, body=None, query=()):
        """The parsed answer; numbers with a point stay text."""
        got, text, _ = self.ask(method, path, headers, body, query)
        assert got == status, (method, path, query, got, text[:500])
        return json.loads(text, parse_float=str) if text else None

    def get(self, path, headers=None, query=()):
        return self.expect(200, "GET", path, headers, query=query)

    def post(self, path, body, headers=None):
        return self.expect(200, "POST", path, headers, body)

    def control(self, name, body):
        return self.post("/__control/" + name, body)

    def truth(self, first, last=None):
        query = [("from", first), ("to", last or first)]
        return self.get("/__control/truth", query=query)["days"]
