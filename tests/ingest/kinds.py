"""What a request of mbc-ingest is for, in a few words that are the same in every run: `ask cost_report`,
`load raw_cursor_events$20261121: start`, `merge fct_cost_daily`. A request is known by these words and by
how many of the same kind came before, since requests that run side by side come in any order."""
import json
import re
import urllib.parse

STATEMENT = re.compile(r"""
    CREATE\ TABLE\ IF\ NOT\ EXISTS\ `\w+\.(?P<create>\w+) | CREATE\ OR\ REPLACE\ VIEW\ `\w+\.(?P<view>\w+)
    | INSERT\ INTO\ `\w+\.(?P<insert>\w+) | MERGE\ `\w+\.(?P<merge>\w+) | DELETE\ FROM\ `\w+\.(?P<empty>\w+)
    | UPDATE\ `\w+\.leases`\s+SET\ (?P<lease>holder\ =\ NULL|holder|expires_at)""", re.VERBOSE)
LEASE = {"holder": "take the lease", "holder = NULL": "give the lease back", "expires_at": "renew the lease"}
COMMENT = re.compile(r"^--.*\n", re.MULTILINE)
CHECK = re.compile(r"-- (?:error|warn): (.*)")
TABLE = re.compile(r"\bFROM `\w+\.([\w.]+)")
JOB = re.compile(r"mbc_[a-z0-9]+_(\w+?)_(\d{8})_")


def statement(sql):
    check = CHECK.match(sql)
    if check:
        return "check that " + check[1]
    found = STATEMENT.search(COMMENT.sub("", sql))
    if not found:
        table = TABLE.search(sql)
        return "read " + table[1] if table else "query"
    if found["lease"]:
        return LEASE[found["lease"]]
    return next(f"{word} {table}" for word, table in found.groupdict().items() if table)


def load(request, step):
    where = json.loads(request.body)["configuration"]["load"]["destinationTable"]["tableId"]
    return f"load {where}: {step}"


def of_warehouse(request):
    path = urllib.parse.urlsplit(request.path)
    names = path.path.split("/")[5:]
    if request.method == "PUT":
        return load(request.origin, "rows")
    if path.path.startswith("/upload/"):
        return load(request, "start")
    if names[0] == "queries":
        return statement(json.loads(request.body)["query"]) if request.method == "POST" else "wait for a query"
    if names[0] == "jobs" and len(names) == 1:
        return "look for jobs"
    if names[0] == "jobs":
        job = JOB.match(names[1])
        return f"load raw_{job[1]}${job[2]}: look" if job else "look at a query"
    return {1: "make the dataset", 2: "look at the dataset", 3: "list the tables", 4: "look at a table"}[len(names)]


def of_vendor(request):
    path = urllib.parse.urlsplit(request.path).path
    return "ask " + urllib.parse.unquote(path.rsplit("/", 1)[1]).split("!")[0]
