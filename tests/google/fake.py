"""A BigQuery that does what a script says: resumable uploads with their rules, jobs that take a while,
results in pages, and faults in any of them."""
import http.server
import json
import re
import threading
import urllib.parse

STEP = 256 * 1024


def error(code, reason, message="why"):
    return code, {"error": {"code": code, "message": message, "errors": [{"reason": reason, "message": message}]}}


class BigQuery:
    """`faults[step]` is a list, one entry a request of that step (start, put, job, query): None answers
    as usual, (status, body) answers so, "cut" closes before the request is carried out, "lose" after,
    "short" takes only the first 256 KiB of a piece, "gone" forgets the session, and "lose gone" both."""

    def __init__(self, faults=None, polls=1, job_error=None, elsewhere=None, pages=None):
        self.faults = {step: list(entries) for step, entries in (faults or {}).items()}
        self.polls, self.job_error, self.elsewhere, self.pages = polls, job_error, elsewhere, pages or []
        self.sessions, self.jobs, self.log, self.asked, self.wrong = {}, {}, [], 0, []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                fake.handle(self, body)

            do_GET = do_POST = do_PUT = do

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, handler, body):
        path = urllib.parse.urlsplit(handler.path).path
        step = next(name for pattern, name in (("^/upload/", "start"), ("^/session/", "put"), ("/jobs/", "job"),
                                               ("/queries", "query")) if re.search(pattern, path))
        self.log.append(step)
        entries = self.faults.get(step, [])
        fault = entries.pop(0) if entries else None
        if fault == "cut":
            handler.close_connection = True
            return
        if isinstance(fault, tuple):
            self.reply(handler, *fault)
            return
        answer = getattr(self, step)(handler, path, body, fault)
        if fault and fault.startswith("lose"):
            handler.close_connection = True
            return
        self.reply(handler, *answer)

    def reply(self, handler, status, body, headers=()):
        text = (body if isinstance(body, str) else json.dumps(body)).encode()
        handler.send_response(status)
        handler.send_header("content-type", "text/html" if isinstance(body, str) else "application/json")
        handler.send_header("content-length", str(len(text)))
        for name, value in dict(headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text)

    def start(self, handler, path, body, fault):
        name = str(len(self.sessions))
        job = json.loads(body)
        self.sessions[name] = {"job": job, "size": int(handler.headers["x-upload-content-length"]), "data": b""}
        load = job["configuration"]["load"]
        if load["writeDisposition"] != "WRITE_TRUNCATE" or load["createDisposition"] != "CREATE_NEVER":
            self.wrong.append(load)
        return 200, {}, {"Location": (self.elsewhere or self.url) + "/session/" + name}

    def put(self, handler, path, body, fault):
        name = path.rsplit("/", 1)[1]
        session = self.sessions.get(name)
        if fault == "gone":
            session = self.sessions[name] = None
        if not session:
            return error(404, "notFound", "session")
        found = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)", handler.headers["content-range"])
        first, last, size = found.groups()
        if int(size) != session["size"]:
            self.wrong.append(handler.headers["content-range"])
        if first is not None:
            if int(last) - int(first) + 1 != len(body) or (int(last) + 1 != int(size) and len(body) % STEP):
                self.wrong.append(handler.headers["content-range"])
            if int(first) == len(session["data"]):
                session["data"] += body[:STEP] if fault == "short" else body
        if len(session["data"]) < session["size"]:
            held = len(session["data"])
            return 308, "", {"Range": "bytes=0-%d" % (held - 1)} if held else {}
        answer = self.finish(session)
        if fault == "lose gone":
            self.sessions[name] = None
        return answer

    def finish(self, session):
        if "made" not in session:
            name = session["job"]["jobReference"]["jobId"]
            if name in self.jobs:
                return error(409, "duplicate", "Already Exists: Job " + name)
            self.jobs[name] = {"job": session["job"], "rows": session["data"].count(b"\n"), "looks": 0}
            session["made"] = name
        return 200, self.resource(session["made"])

    def resource(self, name):
        job = self.jobs[name]
        done = job["looks"] >= self.polls
        status = {"state": "DONE" if done else "PENDING"}
        if done and self.job_error:
            status["errorResult"] = self.job_error
        return {**job["job"], "status": status,
                "statistics": {"load": {"outputRows": str(job["rows"])}} if done and not self.job_error else {}}

    def job(self, handler, path, body, fault):
        name = path.rsplit("/", 1)[1]
        if name == "q1":
            return 200, {"statistics": {"query": {"totalBytesBilled": "10485760", "dmlStats": {
                "insertedRowCount": "3", "deletedRowCount": "2"}}}}
        if name not in self.jobs or not handler.path.endswith("?location=EU"):
            return error(404, "notFound", "Not found: Job " + name)
        self.jobs[name]["looks"] += 1
        return 200, self.resource(name)

    def query(self, handler, path, body, fault):
        """Not done at first, then a page a request; the token is the page's number."""
        self.asked += 1
        base = {"jobReference": {"jobId": "q1", "location": "EU"}}
        if body and not (json.loads(body).get("useLegacySql") is False and json.loads(body).get("requestId")):
            self.wrong.append(body.decode())
        if self.asked <= self.polls:
            return 200, {**base, "jobComplete": False}
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query).get("pageToken", ["0"])[0]
        page = int(token)
        more = {"pageToken": str(page + 1)} if page + 1 < len(self.pages) else {}
        rows = [{"f": [{"v": value}]} for value in self.pages[page]]
        return 200, {**base, "jobComplete": True, "schema": {"fields": [{"name": "n", "type": "INTEGER"}]},
                     "rows": rows, **more}
