"""A proxy on loopback in front of any HTTP server: it keeps a list of what was asked, and where a script
says so it answers itself, cuts the answer, or does not answer at all. What it passes on is untouched,
packed bodies included; an address of the server in `Location` becomes the proxy's own, so that an upload
goes on through it.

    with Proxy("http://127.0.0.1:3000") as proxy:
        proxy.script = lambda request: answer(503) if request.path == "/api/card" else None

`then` is called at exactly that place, before anything else happens to the request: the place for a kill.
"""

import http.client
import http.server
import threading
import time
import urllib.parse

HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length", "host", "expect"}


def answer(status, body="", kind="application/json", headers=()):
    """Answers without asking the server."""
    return ("answer", status, body.encode(), kind, dict(headers))


def cut(after=None, then=None):
    """Asks the server and passes on only so many bytes of its answer, or half of them."""
    return ("cut", after, then)


def lose(then=None):
    """Asks the server and closes the connection without passing anything on."""
    return ("lose", then)


def drop(then=None):
    """Closes the connection without asking the server."""
    return ("drop", then)


def change(edit):
    """Asks the server and passes on edit(bytes)."""
    return ("change", edit)


class Request:
    """`count`: how many requests of this method and path came before. `kind`, if the proxy names kinds: what
    it is for, and `turn`, how many of that kind came before. `origin`: the request whose answer gave the
    address that this one goes to. `took`: seconds until the server had answered."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.count = self.turn = 0
        self.kind = self.origin = None
        self.took = 0

    def __repr__(self):
        return "%s %s" % (self.method, self.path)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.proxy.count_open(1)

    def finish(self):
        try:
            super().finish()
        finally:
            self.server.proxy.count_open(-1)

    def handle_any(self):
        self.server.proxy.handle(self)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def read_body(self):
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                return body

    def log_message(self, *_):
        pass


class Proxy:
    """`kind(request)` names what a request is for; see Request."""

    def __init__(self, target, kind=None):
        self.target = urllib.parse.urlsplit(target)
        self.kind = kind
        self.script = None
        self.delay = 0
        self.changed = threading.Condition()
        self.open = 0
        self.forget()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.proxy = self
        self.base = "http://127.0.0.1:%d" % self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def forget(self):
        self.requests, self.counts, self.origins = [], {}, {}

    def writes(self):
        return [r for r in self.requests if r.method != "GET"]

    def count_open(self, by):
        with self.changed:
            self.open += by
            self.changed.notify_all()

    def settle(self):
        """Waits until nobody is connected: what a program that ended had sent has then been dealt with."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.open == 0, 60):
                raise RuntimeError("somebody is still connected to the proxy")

    def note(self, handler, body):
        request = Request(handler.command, handler.path, handler.headers, body)
        with self.changed:
            request.origin = self.origins.get(handler.path)
            request.kind = self.kind(request) if self.kind else None
            request.count = self.turn((request.method, request.path))
            request.turn = self.turn(request.kind)
            self.requests.append(request)
        return request

    def turn(self, key):
        self.counts[key] = self.counts.get(key, -1) + 1
        return self.counts[key]

    def forward(self, request):
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=300)
        connection.putrequest(request.method, request.path, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name.lower() not in HOP:
                connection.putheader(name, value)
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)
        reply = connection.getresponse()
        result = reply.status, reply.read(), [pair for pair in reply.getheaders() if pair[0].lower() not in HOP]
        connection.close()
        return result

    def here(self, request, headers):
        """The headers, with the server's address in Location made the proxy's."""
        result = []
        for name, value in headers:
            there = urllib.parse.urlsplit(value) if name.lower() == "location" else None
            if there and there.port == self.target.port:
                path = urllib.parse.urlunsplit(("", "") + there[2:])
                self.origins[path] = request
                value = self.base + path
            result.append((name, value))
        return result

    def handle(self, handler):
        request = self.note(handler, handler.read_body())
        if self.delay:
            time.sleep(self.delay)
        fault = self.script(request) if self.script else None
        what = fault[0] if fault else "pass"
        if what == "drop":
            self.hang_up(handler, fault[1])
            return
        if what == "answer":
            _, status, text, kind, headers = fault
            headers = [("content-type", kind), *headers.items()]
        else:
            status, text, headers = self.ask(request)
        if what == "lose":
            self.hang_up(handler, fault[1])
            return
        if what == "change":
            text = fault[1](text)
        part = len(text) if what != "cut" else len(text) // 2 if fault[1] is None else fault[1]
        self.reply(handler, status, headers, text, part)
        if what == "cut":
            self.hang_up(handler, fault[2])

    def ask(self, request):
        started = time.monotonic()
        try:
            status, text, headers = self.forward(request)
            request.took = time.monotonic() - started
        except (OSError, http.client.HTTPException) as trouble:
            return 502, ("no answer from the server: %r" % trouble).encode(), [("content-type", "text/plain")]
        return status, text, self.here(request, headers)

    def hang_up(self, handler, then):
        handler.close_connection = True
        if then:
            then()

    def reply(self, handler, status, headers, text, part):
        handler.send_response_only(status)
        for name, value in headers:
            handler.send_header(name, value)
        if status != 204 and status != 304:
            handler.send_header("content-length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text[:part])
        handler.wfile.flush()
