#!/usr/bin/env python3
"""Keys from Secret Manager and by every form of Google's credentials; what the program says on Cloud Run;
and a vendor that repeats the key that it was sent: nobody reads it, on the screen or in the warehouse."""
import json
import pathlib
import re
import sys

from programs import DAY, Ingest, Vendors, check, with_warehouse

KEY, CURSOR_KEY = "sk-ant-admin01-local", "crsr_local"
STREAMS = "anthropic_users,cursor_members,sheet_people"
SECRET = {"ANTHROPIC_ADMIN_KEY": "", "ANTHROPIC_ADMIN_KEY_SECRET": "admin-key", "CURSOR_API_KEY": "",
          "CURSOR_API_KEY_SECRET": "projects/local/secrets/cursor-key/versions/latest", "MBC_STREAMS": STREAMS}


def secrets(tap, vendors, ingest):
    vendors.ask("secrets", {"admin-key": KEY, "cursor-key": CURSOR_KEY + "\n"})
    secret = {**SECRET, "SECRET_MANAGER_BASE_URL": vendors.url}
    check(tap, "keys come from Secret Manager", 0, ingest.run("run", "--date", DAY, **secret), ingest.said)
    check(tap, "and open the vendors", [["ok", None]] * 2, [ingest.query(
        f"SELECT status, reason FROM `$coverage_current` WHERE stream = '{stream}'")[0]
        for stream in ("anthropic_users", "cursor_members")])
    check(tap, "neither is said", [], [key for key in (KEY, CURSOR_KEY) if key in ingest.said])
    vendors.ask("google", {"wrong_crc": 1})
    code = ingest.run("plan", **secret)
    check(tap, "a plan reads none of them", 0, code, ingest.said)
    code = ingest.run("run", "--date", DAY, **secret)
    check(tap, "a checksum that is wrong once is read again", 0, code, ingest.said)
    vendors.ask("google", {"wrong_crc": 100})
    code = ingest.run("run", "--date", DAY, **secret)
    check(tap, "one that stays wrong is exit 78, and named", (78, True),
          (code, re.search("admin-key.*checksum|checksum.*admin-key|CRC", ingest.said) is not None), ingest.said)
    vendors.ask("google", {"wrong_crc": 0})
    code = ingest.run("run", "--date", DAY, **{**secret, "ANTHROPIC_ADMIN_KEY_SECRET": "not-there"})
    check(tap, "a secret that is not there is exit 78, and named", (78, True), (code, "not-there" in ingest.said),
          ingest.said)
    return secret


def credentials(tap, vendors, ingest, secret):
    """Each form of a credentials file opens Secret Manager and the sheet."""
    for name in ("service-account", "authorized-user", "external-account"):
        path = pathlib.Path(ingest.folder) / f"{name}.json"
        path.write_text(json.dumps(vendors.ask(f"credentials/{name}.json")))
        code = ingest.run("run", "--date", DAY, **secret, GCE_METADATA_HOST="127.0.0.1:1",
                          GOOGLE_APPLICATION_CREDENTIALS=str(path))
        check(tap, f"a file of the kind {name} is enough", 0, code, ingest.said)
        path.unlink()
    code = ingest.run("run", "--date", DAY, **secret, GCE_METADATA_HOST="127.0.0.1:1",
                      GOOGLE_APPLICATION_CREDENTIALS="/nowhere.json")
    check(tap, "a file that is not there is exit 78, and named", (78, True), (code, "/nowhere.json" in ingest.said),
          ingest.said)


def entries(text):
    """Every line as an object, or the first line that is none."""
    found = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            return line
    return found


def logs(tap, vendors, ingest):
    run = ("run", "--date", DAY)
    some = {"MBC_STREAMS": "anthropic_users,cursor_members", "CLOUD_RUN_JOB": "mbc-ingest",
            "CLOUD_RUN_EXECUTION": "mbc-ingest-x7k2p"}
    body = json.dumps({"type": "error", "error": {"type": "authentication_error",
                                                  "message": f"invalid x-api-key: {KEY}"}})
    vendors.fail({"path": "/v1/organizations/users", "status": 401, "text": body, "times": -1},
                 {"path": "/teams/members", "status": 401, "text": f"who is {CURSOR_KEY}?", "times": -1})
    code = ingest.run(*run, **some)
    said = entries(ingest.said)
    check(tap, "on Cloud Run every line is an object", True, isinstance(said, list), said)
    check(tap, "with a severity, a time and a message", [], [entry for entry in said
          if entry["severity"] not in ("INFO", "WARNING", "ERROR") or not entry["message"]
          or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", entry["time"])])
    labels = [entry.get("logging.googleapis.com/labels", {}) for entry in said]
    check(tap, "labelled with the run", True, all(label.get("run") == "mbc-ingest-x7k2p" for label in labels), said)
    check(tap, "and the stream, where it is about one", {"anthropic_users", "cursor_members"},
          {label["stream"] for label in labels if "stream" in label})
    check(tap, "the run says what it did as ever", 5 if code == 5 else 4, code)
    check(tap, "a key that a vendor repeats is not said", [], [key for key in (KEY, CURSOR_KEY) if key in ingest.said])
    check(tap, "but that it was refused is", True, "invalid x-api-key: ***" in ingest.said, ingest.said)
    stored = ingest.query("SELECT message FROM `$coverage` WHERE message IS NOT NULL UNION ALL "
                          "SELECT message FROM `$runs` WHERE message IS NOT NULL")
    check(tap, "nor is it stored", ([], True), ([row for row in stored if KEY in row[0] or CURSOR_KEY in row[0]],
                                                any("***" in row[0] for row in stored)))
    vendors.fail({"path": "/v1/organizations/users", "status": 401, "text": body, "times": -1})
    ingest.run(*run, MBC_STREAMS="anthropic_users", LOG_LEVEL="debug")
    check(tap, "nor said in the greatest detail, on a terminal", (False, False, True),
          (KEY in ingest.said, "Basic " in ingest.said, "mbc-ingest: error: anthropic_users" in ingest.said), ingest.said)
    vendors.heal()


def main(tap, warehouse):
    with Vendors("--people", "8", "--days", "10") as vendors:
        ingest = Ingest(vendors, warehouse, "settings")
        secret = secrets(tap, vendors, ingest)
        credentials(tap, vendors, ingest, secret)
        logs(tap, vendors, ingest)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
