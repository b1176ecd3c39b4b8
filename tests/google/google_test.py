#!/usr/bin/env python3
"""google_test.py DRIVE VENDORS: tokens of all kinds against mbc-vendors, which checks signatures, forms and
scopes; then uploads, jobs and results against a BigQuery with scripted faults."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "cases"), str(TESTS / "vendors")]

from fake import BigQuery, error
from harness import Tap
from vendors_server import Vendors

DRIVE, VENDORS = sys.argv[1:3]
CLOUD = "https://www.googleapis.com/auth/cloud-platform"
KINDS = ("service-account.json", "authorized-user.json", "external-account.json", None)
OK, INVALID, CREDENTIALS, QUOTA, SERVER, STRANGE = 0, 1, 2, 7, 9, 12


def drive(*arguments, **settings):
    """The lines that one call prints."""
    keep = {name: value for name, value in os.environ.items() if name == "PATH" or name.endswith("SAN_OPTIONS")}
    done = subprocess.run([DRIVE, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          env={**keep, "HOME": "/nowhere", **settings})
    if done.stderr:
        return [done.stderr]
    return done.stdout.splitlines()


class Google:
    """A server of vendors with a folder of credentials."""

    def __init__(self, tap):
        self.tap = tap

    def __enter__(self):
        self.server = Vendors(VENDORS)
        self.folder = tempfile.TemporaryDirectory()
        return self

    def __exit__(self, *_):
        self.server.stop()
        self.folder.cleanup()

    def settings(self, kind):
        base = self.server.base
        common = {"GOOGLE_TOKEN_URL": base + "/token", "GCE_METADATA_HOST": base.removeprefix("http://")}
        if not kind:
            return common
        path = pathlib.Path(self.folder.name) / kind
        path.write_bytes(self.server.ask("GET", "/__control/credentials/" + kind)[1])
        return {**common, "GOOGLE_APPLICATION_CREDENTIALS": str(path)}

    def secret(self, name, kind="service-account.json", **more):
        return drive("secret", self.server.base, name, "local", **{**self.settings(kind), **more})

    def control(self, **what):
        self.server.expect(200, "POST", "/__control/google", body=what)

    def asked(self, path):
        journal = self.server.get("/__control/journal")["requests"]
        return sum(1 for request in journal if request["path"].startswith(path))

    def check(self, name, expected, found):
        check(self.tap, name, expected, found)


def check(tap, name, expected, found):
    tap.result(expected == found, name, "" if expected == found else f"expected {expected!r}\nfound    {found!r}")


def tokens(google):
    value = "[sk-ant-admin01-local] projects/123456789012/secrets/anthropic-admin-key/versions/4"
    for kind in KINDS:
        google.check(f"{kind or 'the metadata server'} opens a secret, without its end of line", [value],
                     google.secret("anthropic-admin-key", kind))
    google.check("a long name is taken as it is", [value],
                 google.secret("projects/local/secrets/anthropic-admin-key/versions/latest"))
    google.check("the metadata server knows the project", ["local"], drive("project", **google.settings(None)))
    google.control(expires_in_text=True)
    google.check("a lifetime may be text", [value], google.secret("anthropic-admin-key"))
    google.server.expect(200, "DELETE", "/__control/journal")
    url = google.server.base + "/v1/projects/local/secrets/cursor-api-key/versions/latest:access"
    lines = drive("send", url, 12, CLOUD, **google.settings("service-account.json"))
    google.check("twelve requests are answered", [True] * 12, [line.startswith("0 200 ") for line in lines])
    google.check("with one token", 1, google.asked("/token"))
    google.server.expect(200, "DELETE", "/__control/journal")
    google.server.expect(200, "POST", "/__control/faults", body={"faults": [
        {"path": "/v1/projects/local/secrets/*", "status": 401, "times": 1}]})
    lines = drive("send", url, 1, CLOUD, **google.settings("service-account.json"))
    google.check("a 401 is tried once more", ["0 200"], [line[:5] for line in lines])
    google.check("with a new token", 2, google.asked("/token"))


def subject_files(google):
    """Workload identity whose subject token lies in a file, without impersonation."""
    folder = pathlib.Path(google.folder.name)
    account = json.loads(google.server.ask("GET", "/__control/credentials/external-account.json")[1])
    del account["service_account_impersonation_url"]
    account["credential_source"] = {"file": str(folder / "subject")}
    path = folder / "file.json"
    path.write_text(json.dumps(account))
    settings = {"GOOGLE_APPLICATION_CREDENTIALS": str(path)}
    line = google.secret("cursor-api-key", **settings)[0]
    google.check("a subject token that is not there is named", True,
                 line.endswith(f"{folder / 'subject'}: No such file or directory"))
    (folder / "subject").write_text("local-subject-token\n")
    google.check("one that is there opens a secret", True, google.secret("cursor-api-key", **settings)[0].startswith("["))
    (folder / "subject").write_text("another-token\n")
    line = google.secret("cursor-api-key", **settings)[0]
    google.check("a wrong one is refused, and not shown", (True, False),
                 ("The subject token is invalid." in line, "another-token" in line))


def refusals(google):
    secret = "cannot read the secret projects/local/secrets/%s/versions/latest: "
    google.control(wrong_crc=1)
    google.check("a secret that was damaged once is read again", 1,
                 len([line for line in google.secret("cursor-api-key") if line.startswith("[")]))
    google.control(wrong_crc=9)
    google.check("one that stays damaged is refused",
                 ["the secret projects/local/secrets/cursor-api-key/versions/latest arrived damaged (its CRC-32C is "
                  "wrong), 3 times; try again later"], google.secret("cursor-api-key"))
    google.control(wrong_crc=0)
    for name, status in (("disabled", 400), ("forbidden", 403), ("none", 404)):
        line = google.secret(name)[0]
        google.check(f"a secret that answers {status} says so", True,
                     line.startswith(secret % name + str(status)) and "; " in line)
    path = pathlib.Path(google.folder.name) / "revoked.json"
    user = json.loads(google.server.ask("GET", "/__control/credentials/authorized-user.json")[1])
    path.write_text(json.dumps({**user, "refresh_token": "of-yesterday"}))
    line = google.secret("cursor-api-key", GOOGLE_APPLICATION_CREDENTIALS=str(path))[0]
    google.check("a login that was revoked says what to do", True,
                 "Token has been expired or revoked." in line and "gcloud auth application-default login" in line)
    google.check("and never shows its secrets", False, "of-yesterday" in line or "local-client-secret" in line)
    line = google.secret("cursor-api-key", None, GCE_METADATA_HOST="127.0.0.1:1")[0]
    google.check("no credentials at all say what to set", True, "set GOOGLE_APPLICATION_CREDENTIALS" in line)
    line = google.secret("cursor-api-key", None, GCE_METADATA_HOST=google.server.base[7:] + "/v1")[0]
    google.check("another server is no metadata server", False, line.startswith("["))


def load(tap, name, rows, expected, log=None, job="j1", credentials=None, **script):
    """Loads rows into a scripted BigQuery; `expected` is (rows, existed, failed, kind, retryable)."""
    with BigQuery(**script) as fake:
        lines = drive("load", fake.url, rows, job, **(credentials or {}))
        wanted = "rows=%d existed=%d failed=%d kind=%d retryable=%d " % expected
        good = len(lines) == 1 and lines[0].startswith(wanted) and not fake.wrong
        good = good and (log is None or fake.log == log)
        tap.result(good, name, "" if good else f"expected {wanted!r} {log}\nfound    {lines} {fake.log} {fake.wrong}")


def loads(tap):
    many, fine = 40000, (40000, 0, 0, OK, 0)
    usual = ["start", "put", "put", "put", "put", "job"]
    load(tap, "rows go in pieces, and the job is waited for", many, fine, usual)
    load(tap, "a job that takes longer is looked at again", many, fine, usual + ["job"] * 2, polls=3)
    load(tap, "a piece that is cut off arrives all the same", many, fine,
         ["start", "put", "put", "put", "put", "put", "job"], faults={"put": [None, "cut"]})
    load(tap, "a piece whose answer is lost counts once", many, fine,
         ["start", "put", "put", "put", "put", "put", "job"], faults={"put": [None, "lose"]})
    load(tap, "a piece that is taken in part goes on from there", many, fine, faults={"put": ["short", None, "short"]})
    load(tap, "the last answer, lost, is asked for", many, fine, faults={"put": [None, None, None, "lose"]})
    load(tap, "a session that is lost is begun again", many, fine,
         ["start", "put", "put", "start"] + usual[1:], faults={"put": [None, "gone"]})
    load(tap, "a job that was made before its session was lost is found", many, (many, 1, 0, OK, 0),
         faults={"put": [None, None, None, "lose gone"]})
    load(tap, "not found just after it exists is waited for", many, (many, 1, 0, OK, 0),
         faults={"put": [None, None, None, "lose gone"], "job": [error(404, "notFound"), error(404, "notFound")]})
    load(tap, "a page of HTML at the start passes", 10, (10, 0, 0, OK, 0), ["start", "start", "put", "job"],
         faults={"start": [(503, "<html>busy")]})
    load(tap, "so does a rate limit", 10, (10, 0, 0, OK, 0), ["start", "start", "put", "job"],
         faults={"start": [error(403, "rateLimitExceeded")]})
    load(tap, "a 5xx while rows are sent passes", 10, (10, 0, 0, OK, 0), ["start", "put", "put", "put", "job"],
         faults={"put": [(500, "")]})
    load(tap, "a quota of the day does not", 10, (0, 0, 0, QUOTA, 0), ["start"],
         faults={"start": [error(403, "quotaExceeded")]})
    load(tap, "nor does a mistake of ours", 10, (0, 0, 0, INVALID, 0), ["start", "put"],
         faults={"put": [error(400, "invalid")]})
    load(tap, "a job that fails in BigQuery is for the next attempt", 10, (0, 0, 1, SERVER, 1),
         job_error={"reason": "backendError", "message": "later"})
    load(tap, "a job that fails for its rows is not", 10, (0, 0, 1, INVALID, 0),
         job_error={"reason": "invalid", "message": "bad"})
    load(tap, "an address elsewhere is not gone to", 10, (0, 0, 0, STRANGE, 0), ["start"],
         elsewhere="http://example.com")
    load(tap, "an answer that is no JSON is told apart", 10, (0, 0, 0, STRANGE, 0), ["start"],
         faults={"start": [(404, "<html>not here")]})
    load(tap, "no rows are no load", 0, (0, 0, 0, INVALID, 0), [])


def queries(tap):
    def query(name, expected, log, **script):
        with BigQuery(**script) as fake:
            found = drive("query", fake.url, "SELECT 1"), fake.log, fake.wrong
            check(tap, name, ([expected], log, []), found)
    query("a result comes in pages, an empty one among them",
          "1 2 3 affected=5 billed=10485760 kind=0 retryable=0 warehouse: no error", ["query"] * 5 + ["job"],
          polls=2, pages=[["1", "2"], [], ["3"]])
    query("a query that fails says why", "affected=-1 billed=-1 kind=1 retryable=0 warehouse: 400 invalidQuery: why",
          ["query"], faults={"query": [error(400, "invalidQuery")]})
    query("a cut connection is tried again", "1 affected=5 billed=10485760 kind=0 retryable=0 warehouse: no error",
          ["query", "query", "job"], polls=0, pages=[["1"]], faults={"query": ["cut"]})


def stops(tap):
    """A query that never ends is given up when a signal comes."""
    with BigQuery(polls=10**6) as fake:
        found = drive("stop", fake.url, "SELECT 1")
        check(tap, "a signal ends what is waited for",
              ["affected=-1 billed=-1 kind=13 retryable=0 warehouse: the program was told to end"], found)


def main():
    tap = Tap()
    with Google(tap) as google:
        tokens(google)
        subject_files(google)
        refusals(google)
        load(tap, "a refused token ends a load", 10, (0, 0, 0, CREDENTIALS, 0), ["start", "start"],
             credentials=google.settings("service-account.json"), faults={"start": [error(401, "authError")] * 2})
    loads(tap)
    queries(tap)
    stops(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
