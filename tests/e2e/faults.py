"""A proxy on loopback in front of any HTTP server: it keeps a list of what was asked, and where a script
says so it answers itself, cuts the answer, or does not answer at all.

    with Proxy("http://127.0.0.1:3000") as proxy:
        proxy.script = lambda request: answer(503) if request.path == "/api/card" else None
"""

import http.client
import http.server
import threading
import time
import urllib.parse


def answer(status, body="", kind="application/json", headers=()):
    """Answers without asking the server."""
    return ("answer", status, body.encode(), kind, dict(headers))


def cut(after):
    """Asks the server and passes on only so many bytes of its answer."""
    return ("cut", after)


def lose():
    """Asks the server and closes the connection without passing anything on."""
    return ("lose",)


def drop():
    """Closes the connection without asking the server."""
    return ("drop",)


def change(edit):
    """Asks the server and passes on edit(bytes)."""
    return ("change", edit)


class Request:
    def __init__(self, method, path, body, count):
        self.method, self.path, self.body, self.count = method, path, body, count

    def __repr__(self):
        return "%s %s" % (self.method, self.path)


class Proxy:
    def __init__(self, target):
        self.target = urllib.parse.urlsplit(target)
        self.requests = []
        self.script = None
        self.delay = 0
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = "http://127.0.0.1:%d" % self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def forget(self):
        self.requests = []

    def writes(self):
        return [r for r in self.requests if r.method != "GET"]

    def forward(self, handler, body):
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=30)
        headers = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "connection", "accept-encoding")}
        connection.request(handler.command, handler.path, body or None, headers)
        reply = connection.getresponse()
        result = reply.status, reply.read(), reply.getheader("content-type", "text/plain")
        connection.close()
        return result

    def handle(self, handler):
        length = int(handler.headers.get("content-length") or 0)
        body = handler.rfile.read(length) if length else b""
        path = handler.path
        count = sum(1 for r in self.requests if r.method == handler.command and r.path == path)
        request = Request(handler.command, path, body, count)
        self.requests.append(request)
        time.sleep(self.delay)
        fault = self.script(request) if self.script else None
        what = fault[0] if fault else "pass"
        if what == "drop":
            handler.close_connection = True
            return
        if what == "answer":
            _, status, text, kind, headers = fault
        else:
            try:
                status, text, kind = self.forward(handler, body)
            except (OSError, http.client.HTTPException) as trouble:
                status, text, kind = 502, ("no answer from the server: %r" % trouble).encode(), "text/plain"
            headers = {}
        if what == "lose":
            handler.close_connection = True
            return
        if what == "change":
            text = fault[1](text)
        handler.send_response(status)
        handler.send_header("content-type", kind)
        handler.send_header("content-length", str(len(text)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text[:fault[1]] if what == "cut" else text)
        if what == "cut":
            handler.close_connection = True
