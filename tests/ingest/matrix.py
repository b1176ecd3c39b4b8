#!/usr/bin/env python3
"""Every stream under every fault that a vendor or the way to it can have. In one run each stream is struck
by a fault of its own, and the next run shifts them by one, so that as many runs as there are faults cover
all pairs. What each fault must leave behind is a row: coverage's status and reason, the exit code, and the
sentence to the letter; the facts stay as they were in all of them. The everyday test takes evenly spaced
runs; `--all` takes every one.

Faults that do change data (a negative count, a day that vanishes) come after, with a healthy run behind
each that must bring the facts back."""
import re
import sys
import urllib.parse

from programs import DAY, Ingest, Vendors, check, with_warehouse

BENIGN, GRAVE = 3, 8    # runs of the everyday test
SETTINGS = {"MBC_PATIENCE_SECONDS": "5", "MBC_RATE_PERCENT": "100000", "MBC_MOST_PAGES": "30",
            "MBC_ANTHROPIC_FAMILY": "both"}

# How each stream pages, and members of its records: one that must be there, a count, an amount, a text.
STREAMS = {
    "anthropic_usage": ("token", "starting_at", "output_tokens", None, "model"),
    "anthropic_cost": ("token", "amount", None, "amount", "description"),
    "anthropic_usage_analytics": ("token", "starting_at", "output_tokens", None, "model"),
    "anthropic_cost_analytics": ("token", "amount", None, "amount", "model"),
    "claude_code": ("token", "date", "num_sessions", None, "customer_type"),
    "anthropic_keys": ("token", "id", None, None, "name"),
    "anthropic_workspaces": ("token", "id", None, None, "name"),
    "anthropic_users": ("token", "id", None, None, "name"),
    "cursor_usage": ("number", "day", "totalLinesAdded", None, "email"),
    "cursor_events": ("number", "timestamp", "inputTokens", "chargedCents", "model"),
    "cursor_spend": ("number", None, None, "spendCents", "email"),
    "cursor_members": (None, "id", None, None, "name"),
    "sheet_keys": (None, None, None, None, None),
    "sheet_people": (None, None, None, None, None),
    "sheet_subscriptions": (None, None, None, None, None),
}
UNIQUE = {"anthropic_usage", "anthropic_keys", "anthropic_workspaces", "anthropic_users", "cursor_usage",
          "cursor_spend", "cursor_members"}

HINTS = {  # by status, of a vendor that words it alone; else of all
    400: "the vendor does not take the question: its API may have changed",
    (400, "sheet"): "is the tab still there, under this name? look at RANGE",
    401: "the key is wrong, expired or revoked: look at KEY",
    (401, "sheet"): "Google does not know the account that the job runs as",
    (403, "cursor"): "the key or the team's plan does not include this: look at KEY",
    (403, "sheet"): "is the sheet shared with the account that the job runs as, and the Sheets API enabled?"
                    " look at GOOGLE_SHEETS_ID",
    403: "the key may not read this; it must be an admin key of the organisation: look at KEY",
    404: "nothing is there: look at URL",
    (404, "sheet"): "there is no such sheet: look at GOOGLE_SHEETS_ID",
    429: "the limit did not pass in time, and the next run asks again",
}
SERVER = "the trouble is the vendor's, and the next run asks again"


class Stream:
    def __init__(self, name, method, url):
        self.name = name
        self.place = f"{method} {url.split('?')[0]}"
        self.path = urllib.parse.unquote(urllib.parse.urlsplit(url).path)
        self.paging, self.required, self.count, self.amount, self.text = STREAMS.get(name, (None,) * 5)
        self.vendor = "sheet" if name.startswith("sheet_") else "cursor" if name.startswith("cursor_") else "anthropic"
        self.unique, self.counted = name in UNIQUE, name == "cursor_events"
        self.settings = {
            "RANGE": f"GOOGLE_SHEETS_{name.removeprefix('sheet_').upper()}_RANGE",
            "KEY": "CURSOR_API_KEY" if self.vendor == "cursor" else "ANTHROPIC_ADMIN_KEY",
            "URL": {"cursor": "CURSOR_BASE_URL", "sheet": "GOOGLE_SHEETS_BASE_URL"}.get(self.vendor, "ANTHROPIC_BASE_URL"),
        }

    def hint(self, status):
        text = HINTS.get((status, self.vendor)) or HINTS.get(status, SERVER)
        return re.sub(r"\b(RANGE|KEY|URL)$", lambda name: self.settings[name[0]], text)


# In sentences # stands for any number, … for any name or text, and R and N for a request's id and the tries.
AGAIN = "the next run asks again"
TWICE = f"page #: the vendor tells of # records and gives #, twice; {AGAIN}"
REPEATS = f"page 2: the vendor repeats records that should be there once; {AGAIN}"


def said(status):
    """What a vendor says with a status, and what to do."""
    tries = "N tries" if status == 429 or status >= 500 else "1 try"
    return lambda stream: (f"page 1: {status} {'…' if status == 429 else 'Scripted fault'} (request R, {tries}); "
                           f"{stream.hint(status)}")


def field(name, found, expected):
    return f"page 1: record #: `…{name}` is {found}, expected {expected}"


# What happens to the answers, and for which streams it can.
HEALED = {
    "429 once": {"status": 429, "times": 1, "retry_after_ms": 50},
    "429 once, without a word": {"status": 429, "times": 1},
    "500 once": {"status": 500, "times": 1},
    "529 once": {"status": 529, "times": 1},
    "503 once, Retry-After in seconds": {"status": 503, "times": 1, "retry_after": 1},
    "503 once, Retry-After as a date": {"status": 503, "times": 1, "retry_after_date": 1},
    "502 once, a proxy's page": {"status": 502, "html": True, "times": 1},
    "cut once before the answer": {"cut": "before", "times": 1},
    "cut once within the answer": {"cut": "within", "times": 1},
    "drips": {"drip_ms": 20},
    "a wrong content type": {"content_type": "text/html"},
    "unknown fields": {"unknown_fields": True},
    "small pages, the other way round": {"limit": 5, "reverse": True},
}
HTTP, DENIED = ("failed", "http"), ("denied", "http")
SCHEMA, CAP, SHORT, DOUBLED = (("failed", reason) for reason in ("schema", "cap", "short", "duplicate_key"))
LISTS = ["data", "results", "usageEvents", "teamMembers", "teamMemberSpend", "values"]
# fault, what becomes of the stream, its sentence, the streams that it can strike (all)
LOST = {
    "400": ({"status": 400}, HTTP, said(400)),
    "401": ({"status": 401}, DENIED, said(401)),
    "403": ({"status": 403}, DENIED, said(403)),
    "404": ({"status": 404}, HTTP, said(404)),
    "429 for ever": ({"status": 429, "retry_after_ms": 300}, HTTP, said(429)),
    "500 for ever": ({"status": 500}, HTTP, said(500)),
    "500, not to be tried again": ({"status": 500, "headers": {"x-should-retry": "false"}}, HTTP,
                                   f"page 1: 500 Scripted fault (request R, 1 try); {SERVER}"),
    "a proxy's page, 502": ({"status": 502, "html": True}, HTTP,
                            f"page 1: 502 with 72 bytes of text/html (request R, N tries); {SERVER}"),
    "a proxy's page, 200": ({"html": True}, SCHEMA,
                            "page 1: the answer is no whole JSON (72 bytes), but text/html that begins "
                            "`<html><head><title>502 Bad Gateway</titl`; is there a proxy in between?"),
    "a redirect": ({"status": 302, "headers": {"location": "https://elsewhere.example/"}}, HTTP, lambda s:
                   "page 1: 302 to https://elsewhere.example/ (request R, 1 try); redirects are not followed, since "
                   f"they would carry the key to another place: look at {s.settings['URL']}"),
    "an empty answer": ({"text": ""}, SCHEMA, "page 1: the answer is no whole JSON (0 bytes)"),
    "cut before the answer": ({"cut": "before"}, HTTP, f"page 1: … (N tries); {AGAIN}"),
    "cut within the answer": ({"cut": "within"}, HTTP, "page 1: transfer closed with # bytes remaining to read "
                              f"(request R, N tries); {AGAIN}"),
    "half an answer": ({"truncate": True}, SCHEMA, "page 1: …the answer is no whole JSON (# bytes)"),
    "no answer in time": ({"delay_ms": 15000}, HTTP, "page 1: Operation timed out after # milliseconds with 0 bytes "
                          f"received (1 try); {AGAIN}"),
    "a list that is null": ({"set": dict.fromkeys(LISTS)}, SCHEMA, lambda s:
                            "page 1: …!1:1: the header has no `…`; it is empty" if s.vendor == "sheet" else "page 1: `…` is no list"),
    "a repeated page": ({"repeat_page": True},
                        lambda s: SHORT if s.counted else DOUBLED if s.unique or s.paging != "token" else SCHEMA,
                        lambda s: TWICE if s.counted else REPEATS if s.unique or s.paging != "token" else
                        "page 2: the vendor names a next page that was read before", lambda s: s.paging),
    "pages without end": ({"endless": True}, lambda s: DOUBLED if s.unique else CAP,
                          lambda s: REPEATS if s.unique else
                          "page 30: more pages than MBC_MOST_PAGES allows, and the vendor tells of another",
                          lambda s: s.paging),
    "more to come, but not how": (
        {"set": {"has_more": True, "next_page": None, "last_id": None, "hasNextPage": True, "totalPages": 5}}, SCHEMA,
        lambda s: "page 1: there are more pages, but there is no `…`" if s.paging == "token" else
        "page #: the page is empty, yet the vendor tells of another", lambda s: s.paging),
    "a missing field": ({"omit": ["has_more", "totalPages", "pagination", "teamMembers"]}, SCHEMA,
                        "page 1: the answer has no …`…`", lambda s: s.vendor != "sheet"),
    "a record without what it needs": (
        {"omit": ["starting_at", "amount", "date", "day", "id", "timestamp"]}, SCHEMA,
        "page 1: record #: `…` is missing or null, expected …", lambda s: s.required),
    "a word for a count": ({"set": {"output_tokens": "many", "num_sessions": "many", "totalLinesAdded": "many",
                                    "inputTokens": "many"}}, SCHEMA,
                           lambda s: field(s.count, "`many`", "a whole number"), lambda s: s.count),
    "an object for a text": ({"set": {"model": {}, "name": {}, "email": {}, "description": {}, "customer_type": {}}},
                             SCHEMA, field("", "an object", "a value"), lambda s: s.text),
    "an amount beyond reason": ({"set": {"amount": "1e3", "chargedCents": 1e40, "spendCents": 1e40}}, SCHEMA,
                                lambda s: field(s.amount, "`1e…`", "a decimal number of cents"), lambda s: s.amount),
    "another currency": ({"set": {"currency": "EUR"}}, SCHEMA, field("currency", "`EUR`", "USD"),
                         lambda s: "_cost" in s.name),
    "10 MB in one text": ({"swell": ["model", "name", "email", "description", "customer_type"], "times": 1}, CAP,
                          "page 1: record #: `…` is longer than 1 MiB", lambda s: s.text),
    "a record twice": ({"double": True}, lambda s: SHORT if s.counted else DOUBLED, lambda s: TWICE if s.counted else
                       "page 1: # of # records have the keys of another, which should be one of a kind; "
                       f"{AGAIN}", lambda s: s.unique or s.counted),
    "fewer records than are told of": ({"grow": 3}, SHORT, TWICE, lambda s: s.counted),
}


def of(value):
    return value if callable(value) else lambda stream: value


class Row:
    """A fault and what it must come to."""

    def __init__(self, name, fault, becomes=None, says=None, fits=lambda stream: True):
        self.name, self.becomes, self.says, self.fits = name, of(becomes), of(says), fits
        self.fault = {"times": -1, **fault}

    def for_stream(self, stream):
        return {"path": stream.path, **self.fault}


def coverage(ingest):
    """stream -> [(day, status, reason, message)] of the last run."""
    run_id = re.search(r"run (\S+): \d+ days", ingest.said)
    rows = ingest.query(f"""
        SELECT stream, CAST(day AS STRING), status, reason, message FROM `$coverage`
        WHERE run_id = '{run_id[1] if run_id else ''}' ORDER BY stream, day""")
    found = {}
    for stream, *rest in rows:
        found.setdefault(stream, []).append(rest)
    return found


def plain(message):
    message = re.sub(r"request req_\d+", "request R", message or "")
    return re.sub(r"\b(?:[2-9]|1\d) tries", "N tries", message)


def says(template, text):
    parts = (re.escape(part) for part in re.split("([#…])", template))
    return re.fullmatch("".join({r"\#": r"\d+", "…": ".*"}.get(part, part) for part in parts), text)


def problems(stream, row, days):
    """What is not as it must be, as sentences. Days that the fault did not strike must be good."""
    wanted = row.becomes(stream) if row else None
    bad = [day for day in days if day[1] not in ("ok", "empty")]
    if not days or bool(bad) != bool(wanted):
        return [f"{stream.name}: {bad or days}"]
    for day, status, reason, message in bad:
        text, template = plain(message), f"{stream.place}, {row.says(stream)}"
        if (status, reason) != wanted:
            return [f"{stream.name}: {day} is {status}, {reason} and not {wanted}: {message}"]
        if not says(template, text):
            return [f"{stream.name}: {day} says\n`{text}`, not\n`{template}`"]
    return []


def strike(tap, name, vendors, ingest, pairs, code, before):
    vendors.fail(*[row.for_stream(stream) for stream, row in pairs if row])
    found = ingest.run("run", "--date", DAY, **SETTINGS)
    rows = coverage(ingest)
    wrong = [problem for stream, row in pairs
             for problem in problems(stream, row, rows.get(stream.name, []))]
    if found != code:
        wrong.append(f"exit {found}, not {code}\n{ingest.said}")
    if ingest.facts() != before:
        wrong.append("the facts are not as they were")
    struck = ", ".join(f"{stream.name}: {row.name}" for stream, row in pairs if row)
    tap.result(not wrong, name, "\n".join(wrong + [struck]) if wrong else "")


def square(tap, title, vendors, ingest, streams, rows, runs, code, before):
    """Runs in which stream i has fault i + shift."""
    count = len(rows)
    for shift in sorted({round(k * count / runs) for k in range(runs)}):
        pairs = []
        for i, stream in enumerate(streams):
            row = rows[(i + shift) % count]
            pairs.append((stream, row if row.fits(stream) else None))
        strike(tap, f"{title}, shifted by {shift}", vendors, ingest, pairs, code, before)


def main(tap, warehouse):
    everything = "--all" in sys.argv
    healed = [Row(name, fault) for name, fault in HEALED.items()]
    lost = [Row(name, *row) for name, row in LOST.items()]
    with Vendors("--people", "4", "--days", "8") as vendors:
        ingest = Ingest(vendors, warehouse, "matrix")
        ingest.run("plan", "--date", DAY, **SETTINGS)
        streams = {}
        for name, method, url in re.findall(r"^(\w+) +(GET|POST) +(\S+)", ingest.said, re.MULTILINE):
            streams.setdefault(name, Stream(name, method, url))
        check(tap, "the test knows every stream of the program", sorted(STREAMS), sorted(streams))
        check(tap, "a healthy run ends well", 0, ingest.run("run", "--date", DAY, **SETTINGS), ingest.said)
        before = ingest.facts()
        streams = list(streams.values())
        square(tap, "faults that pass", vendors, ingest, streams, healed, len(healed) if everything else BENIGN, 0, before)
        square(tap, "faults that stay", vendors, ingest, streams, lost, len(lost) if everything else GRAVE, 4, before)


if __name__ == "__main__":
    sys.exit(with_warehouse(main))
