"""What `mbc diff` and `mbc apply` promise, against mbc-sandbox at the server versions where Metabase
changed: nothing is written twice, ids stay, nobody's work is lost, every bad answer has its sentence.
Run as: apply_test.py MBC SANDBOX [NAME…]. Prints TAP."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from proxy import Proxy, answer, change, cut, drop, lose  # noqa: E402
from sandbox_server import ROOT, Sandbox  # noqa: E402

MBC, SANDBOX = map(os.path.abspath, sys.argv[1:3])
VERSIONS = [50, 53, 57, 60, 63]
each, alone = [], []

MANIFEST = """\
mbc: 1
project: shop
metabase: 0.50
collection: Shop
sources: [dashboards/]
catalogue: [sql/]
vars: {dataset: shop}
environments:
  local: {url: "http://localhost:3000", api_key: local, database: Warehouse, default: true}
"""
SALES = """\
dashboard: Sales
collection: Selling
description: What is sold, where and when.
filters:
  period: {type: relative-date, label: Period, default: last 30 days, field: orders.ordered_on}
  country: {type: multi-select, label: Country, field: orders.country}
charts:
  revenue:
    type: scalar
    title: Revenue
    sql: SELECT SUM(total) AS revenue FROM `${dataset}.orders` WHERE {{period}} [[AND {{country}}]]
  by_day:
    type: line
    title: Revenue by day
    sql: |
      SELECT ordered_on, SUM(total) AS revenue
      FROM `${dataset}.orders`
      WHERE {{period}} AND {{snippet: paid}}
      GROUP BY ordered_on
      ORDER BY ordered_on
    x: ordered_on
    y: revenue
  countries:
    type: pivot
    title: Countries
    sql: SELECT country, status, total FROM `${dataset}.orders`
    yields: {country: text, status: text, total: number}
    rows: [country]
    columns: [status]
    values: [{sum: total}]
tabs:
  Overview:
    - heading: This month
    - [revenue: 6x4, {chart: by_day, size: 18x8, click: {dashboard: detail, tab: One, set: {day: ordered_on}}}]
  More:
    - text: Everything else.
    - [countries]
"""
DETAIL = """\
dashboard: Detail
filters:
  day: {type: single-date, label: Day, field: orders.ordered_on}
charts:
  orders:
    type: table
    title: Orders
    columns: [{column: order_id, click: {dashboard: sales}}, total]
    sql: SELECT order_id, total FROM `${dataset}.orders` WHERE {{day}} ORDER BY order_id LIMIT 100
tabs:
  One:
    - [orders: 12x6]
  Two:
    - text: Nothing yet.
"""
SHARED = """\
snippets:
  paid: is_paid
"""
FILES = {"mbc.yaml": MANIFEST, "dashboards/sales.yaml": SALES, "dashboards/detail.yaml": DETAIL,
         "dashboards/shared.yaml": SHARED}


def at_each(test):
    each.append(test)
    return test


def by_itself(test):
    alone.append(test)
    return test


class Project:
    """A project in a folder of its own, and runs of mbc in it."""

    def __init__(self, base, files=FILES):
        self.folder = tempfile.mkdtemp(prefix="mbc-apply-")
        self.base = base
        shutil.copytree(os.path.join(ROOT, "tests/project/sql"), os.path.join(self.folder, "sql"))
        for path, text in files.items():
            self.write(path, text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def remove(self, path):
        os.unlink(os.path.join(self.folder, path))

    def edit(self, path, before, after):
        with open(os.path.join(self.folder, path)) as file:
            text = file.read()
        assert before in text, (before, text)
        self.write(path, text.replace(before, after))

    def run(self, *arguments, code=0, base=None, key="local"):
        environment = dict(os.environ, MBC_URL=base or self.base, MBC_API_KEY=key, NO_COLOR="1")
        done = subprocess.run([MBC, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120)
        said = "%s\n%s%s" % (" ".join(arguments), done.stdout, done.stderr)
        assert done.returncode == code, "exit %s instead of %s: %s" % (done.returncode, code, said)
        return done.stdout, done.stderr


class Setting:
    """A sandbox, a proxy that counts, and a project."""

    def __init__(self, version, files=FILES):
        self.server = Sandbox(SANDBOX, version, "--no-throttle")
        self.proxy = Proxy(self.server.base)
        self.project = Project(self.proxy.base, files)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.project.__exit__()
        self.proxy.__exit__()
        if self.server.process.poll() is not None:
            print("# the sandbox ended: " + self.server.said(), file=sys.stderr)
        self.server.__exit__(*failure)

    def apply(self, *arguments, code=0):
        self.proxy.forget()
        return self.project.run("apply", *arguments, code=code)

    def diff(self, *arguments, code=0):
        self.proxy.forget()
        return self.project.run("diff", "--exit-code", *arguments, code=code)

    def settled(self):
        """Nothing is left to do, and doing it writes nothing."""
        said, _ = self.diff()
        assert "no changes" in said.splitlines()[-1], said
        assert not self.proxy.writes(), self.proxy.writes()
        self.apply()
        assert not self.proxy.writes(), self.proxy.writes()

    def items(self, model):
        found = []
        for collection in self.server.get("/api/collection"):
            if isinstance(collection["id"], int):
                found += self.server.get("/api/collection/%d/items?models=%s" % (collection["id"], model))["data"]
        return found

    def one(self, model, name):
        found = [i for i in self.items(model) if i["name"] == name]
        assert len(found) == 1, (name, found)
        return self.server.get("/api/%s/%d" % (model, found[0]["id"]))

    def ids(self):
        """Every id that must never change."""
        dashboards = [self.server.get("/api/dashboard/%d" % d["id"]) for d in self.items("dashboard")]
        return {
            "cards": sorted(c["id"] for c in self.items("card")),
            "dashboards": sorted(d["id"] for d in dashboards),
            "dashcards": sorted(c["id"] for d in dashboards for c in d["dashcards"]),
            "tabs": sorted(t["id"] for d in dashboards for t in d["tabs"]),
            "parameters": sorted(p["id"] for d in dashboards for p in d["parameters"]),
        }

    def as_person(self):
        return self.server.login("admin@example.com")


def changed(said):
    """The first lines of what a diff shows, without the titles."""
    return [" ".join(line.split()[:3]) for line in said.splitlines() if re.match(r"[-+~!?] ", line)]


# --- nothing twice, ids stay ---------------------------------------------------------------------


@at_each
def apply_twice(version):
    with Setting(version) as s:
        said, _ = s.apply()
        assert "failed" not in said and "not written" not in said, said
        s.settled()


@at_each
def six_dashboards(version):
    with Sandbox(SANDBOX, version, "--no-throttle", "--catalogue", os.path.join(ROOT, "sql"), "--var",
                 "dataset=ai_usage", tables=False) as server, Proxy(server.base) as proxy:
        def run(*arguments):
            proxy.forget()
            environment = dict(os.environ, MBC_URL=proxy.base, MBC_API_KEY="local", NO_COLOR="1")
            return subprocess.run([MBC, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=120)
        first = run("apply", "dashboards/")
        assert first.returncode == 0, first.stdout + first.stderr
        second = run("apply", "dashboards/")
        assert second.returncode == 0 and not proxy.writes(), (second.stdout, proxy.writes())
        assert run("diff", "--exit-code").returncode == 0


@at_each
def a_new_title_is_one_write(version):
    with Setting(version) as s:
        s.apply()
        before = s.ids()
        s.project.edit("dashboards/sales.yaml", "title: Revenue by day", "title: Revenue each day")
        said, _ = s.diff(code=2)
        assert changed(said) == ["~ card sales/by_day"], said
        assert '    name: "Revenue by day" -> "Revenue each day"\n' in said, said
        s.apply()
        assert [(w.method, w.path) for w in s.proxy.writes()] == [
            ("PUT", "/api/card/%d" % s.one("card", "Revenue each day")["id"])]
        assert s.ids() == before
        s.settled()


@at_each
def ids_stay_through_renames_and_moves(version):
    with Setting(version) as s:
        s.apply()
        before = s.ids()
        edit = s.project.edit
        edit("dashboards/sales.yaml", "  by_day:\n    type: line", "  daily:\n    was: by_day\n    type: line")
        edit("dashboards/sales.yaml", "{chart: by_day,", "{chart: daily,")
        edit("dashboards/sales.yaml", "dashboard: Sales\ncollection: Selling",
             "dashboard: Sales figures\nkey: figures\nwas: sales\ncollection: Money/Selling")
        edit("dashboards/sales.yaml", "  country: {type", "  land: {was: country, type")
        edit("dashboards/sales.yaml", "[[AND {{country}}]]", "[[AND {{land}}]]")
        edit("dashboards/sales.yaml", "  Overview:\n    - heading: This month",
             "  Summary:\n   was: Overview\n   rows:\n    - heading: This month")
        edit("dashboards/detail.yaml", "click: {dashboard: sales}", "click: {dashboard: figures}")
        said, _ = s.apply()
        assert '    tabs.Summary.name: "Overview" -> "Summary"\n' in said, said
        assert '    parameters.land.slug: "country" -> "land"\n' in said and "dashboard_tab_id" not in said, said
        assert s.ids() == before, (before, s.ids())
        s.settled()


@at_each
def layout_changes_keep_ids(version):
    with Setting(version) as s:
        s.apply()
        before = s.ids()
        s.project.edit("dashboards/sales.yaml", "[revenue: 6x4, {chart: by_day, size: 18x8,", "[{chart: by_day, size: 16x8,")
        s.project.edit("dashboards/sales.yaml", "    - [countries]\n", "    - [countries]\n    - [revenue: 8x4]\n")
        s.apply()
        assert s.ids() == before
        s.settled()


@at_each
def a_tab_goes_and_its_cards_stay(version):
    with Setting(version) as s:
        s.apply()
        before = s.ids()
        s.project.edit("dashboards/sales.yaml", "  More:\n", "")
        s.apply()
        puts = [w for w in s.proxy.writes() if w.path.startswith("/api/dashboard/")]
        assert len(puts) == 2, puts
        after = s.ids()
        assert after["dashcards"] == before["dashcards"] and after["cards"] == before["cards"]
        assert len(after["tabs"]) == len(before["tabs"]) - 1
        s.settled()
        s.project.edit("dashboards/sales.yaml", "tabs:\n  Overview:\n", "layout:\n")
        s.apply()
        assert s.ids()["dashcards"] == before["dashcards"]
        s.settled()


# --- what people did in Metabase -----------------------------------------------------------------


@at_each
def somebodys_edit_is_left_alone(version):
    with Setting(version) as s:
        s.apply()
        card, person = s.one("card", "Revenue"), s.as_person()
        s.server.put("/api/card/%d" % card["id"], {"name": "My revenue"}, headers=person)
        name = s.server.get("/api/user/current", headers=person)["common_name"]
        said, _ = s.diff(code=2)
        assert changed(said) == ["! card sales/revenue"], said
        assert "edited in Metabase by %s" % name in said, said
        assert 'name: "My revenue" -> "Revenue"' in said, said
        s.apply(code=3)
        assert not s.proxy.writes() and s.one("card", "My revenue")
        s.project.edit("dashboards/sales.yaml", "title: Revenue\n", "title: Turnover\n")
        said, _ = s.diff(code=2)
        assert changed(said) == ["! card sales/revenue"] and "and changed here" in said, said
        s.project.edit("dashboards/detail.yaml", "title: Orders", "title: All orders")
        s.apply(code=3)
        assert [w.path for w in s.proxy.writes()] == ["/api/card/%d" % s.one("card", "All orders")["id"]]
        s.apply("--overwrite", "sales/revenue")
        assert s.one("card", "Turnover")["id"] == card["id"]
        s.settled()


@at_each
def an_edited_dashboard_is_left_alone(version):
    with Setting(version) as s:
        s.apply()
        dashboard = s.one("dashboard", "Detail")
        dashcards = [{k: c[k] for k in ("id", "card_id", "dashboard_tab_id", "row", "col", "size_x", "size_y",
                                        "parameter_mappings", "visualization_settings")} for c in dashboard["dashcards"]]
        dashcards[0]["size_x"] = 20
        s.server.put("/api/dashboard/%d" % dashboard["id"], {
            "dashcards": dashcards, "tabs": [{"id": t["id"], "name": t["name"]} for t in dashboard["tabs"]]},
            headers=s.as_person())
        said, _ = s.diff(code=2)
        assert changed(said) == ["! dashboard detail"], said
        assert "size_x: 20 -> " in said, said
        s.apply(code=3)
        assert not s.proxy.writes()


@at_each
def the_same_edit_on_both_sides_is_no_quarrel(version):
    with Setting(version) as s:
        s.apply()
        s.server.put("/api/card/%d" % s.one("card", "Revenue")["id"], {"name": "Turnover"}, headers=s.as_person())
        s.project.edit("dashboards/sales.yaml", "title: Revenue\n", "title: Turnover\n")
        s.apply()
        s.settled()


@at_each
def what_lies_in_the_trash_is_not_made_again(version):
    with Setting(version) as s:
        s.apply()
        card = s.one("card", "Revenue")
        s.server.put("/api/card/%d" % card["id"], {"archived": True}, headers=s.as_person())
        s.project.edit("dashboards/sales.yaml", "dashboard: Sales", "dashboard: Selling")
        said, messages = s.apply(code=3)
        assert "! card       sales/revenue" in said and "E0813" in messages, said + messages
        assert not s.proxy.writes()
        s.apply("--overwrite", "sales/revenue")
        assert s.one("card", "Revenue")["id"] == card["id"]
        s.settled()


@at_each
def what_was_moved_away_is_found(version):
    with Setting(version) as s:
        s.apply()
        person = s.as_person()
        other = s.server.post("/api/collection", {"name": "Elsewhere"}, headers=person)
        card = s.one("card", "Orders")
        s.server.put("/api/card/%d" % card["id"], {"collection_id": other["id"]}, headers=person)
        said, _ = s.diff(code=2)
        assert changed(said) == ["! card detail/orders"] and "collection_id" in said, said
        s.apply(code=3)
        assert not s.proxy.writes()


@at_each
def only_what_is_ours_is_touched(version):
    with Setting(version) as s:
        person = s.as_person()
        shop = s.server.post("/api/collection", {"name": "Shop"}, headers=person)
        charts = s.server.post("/api/collection", {"name": "Charts", "parent_id": shop["id"]}, headers=person)
        s.apply(code=3)
        assert "description" not in shop or not s.server.get("/api/collection/%d" % shop["id"])["description"]
        _, messages = s.diff(code=2)
        assert "E0811" in messages and "--adopt Shop/Charts" in messages, messages
        s.apply("--adopt", "Shop/Charts")
        assert [c["id"] for c in s.server.get("/api/collection") if c["name"] == "Charts" and
                c["location"] == "/%d/" % shop["id"]] == [charts["id"]]
        s.settled()


@at_each
def a_copy_keeps_its_hands_off(version):
    with Setting(version) as s:
        s.apply()
        card = s.one("card", "Orders")
        copy = s.server.post("/api/card/%d/copy" % card["id"], {}, headers=s.as_person())
        said, messages = s.diff()
        assert "W0802" in messages and "/question/%d" % copy["id"] in messages, messages
        s.project.edit("dashboards/detail.yaml", "title: Orders", "title: All orders")
        s.apply()
        assert s.one("card", "All orders")["id"] == card["id"]


@at_each
def what_left_the_code_stays_and_is_named(version):
    with Setting(version) as s:
        s.apply()
        s.project.edit("dashboards/detail.yaml", "  orders:\n", "  list:\n")
        s.project.edit("dashboards/detail.yaml", "[orders:", "[list:")
        said, messages = s.apply(code=3)
        assert "E0812" in messages and "write `was: orders`" in messages, messages
        s.project.edit("dashboards/detail.yaml", "title: Orders", "title: Every order")
        before = s.one("card", "Orders")["id"]
        said, _ = s.apply()
        assert "? card       detail/orders" in said, said
        assert s.one("card", "Orders")["id"] == before
        said, _ = s.diff()
        assert "1 orphaned" in said, said


# --- bad answers ---------------------------------------------------------------------------------


@by_itself
def bad_answers_have_their_sentences():
    page = "<html><body>Sign in</body></html>"
    cases = [
        ("401", lambda r: answer(401, "Unauthenticated", "text/plain") if r.path == "/api/user/current" else None,
         "E0803", "does not accept the credentials"),
        ("403", lambda r: answer(403, "You don't have permissions to do that.", "text/plain")
         if r.path == "/api/database" else None, "E0804", "is not allowed: You don't have permissions"),
        ("404", lambda r: answer(404, "API endpoint does not exist.", "text/plain")
         if r.path.startswith("/api/native") else None, "E0804", "not found"),
        ("500", lambda r: answer(500, '{"message": "Something went wrong"}') if r.path.endswith("/items?models=card"
         "&models=dataset&models=metric&models=dashboard") or "/fields" in r.path else None, "E0805",
         "failed at GET /api/database/1/fields with status 500: Something went wrong"),
        ("proxy", lambda r: answer(403, page, "text/html"), "E0804", "is not allowed"),
        ("gateway", lambda r: answer(400, page, "text/html"), "E0806", "something between here and Metabase"),
        ("login page", lambda r: answer(200, page, "text/html"), "E0806", "a proxy or a sign-in page"),
        ("redirect", lambda r: answer(302, "", "text/html", {"Location": "https://sso.example.org/"}), "E0806",
         "redirects to `https://sso.example.org/`"),
        ("other service", lambda r: answer(200, "{}"), "E0806", "is not a Metabase"),
        ("404 page", lambda r: answer(404, page, "text/html"), "E0806", "answers with a web page"),
        ("truncated", lambda r: change(lambda b: b[:len(b) // 2]) if r.path == "/api/collection?exclude-other-user-"
         "collections=true" else None, "E0806", "no whole JSON document"),
        ("cut", lambda r: cut(10) if r.path == "/api/user/current" else None, "E0802", "connection broke"),
        ("old", lambda r: change(lambda b: b.replace(b"v0.60", b"v0.49")) if "properties" in r.path else None,
         "E0807", "mbc needs 0.50"),
        ("no database", lambda r: change(lambda b: b.replace(b"Warehouse", b"Warehouses"))
         if r.path == "/api/database" else None, "E0808", "did you mean `Warehouses`"),
    ]
    with Setting(60) as s:
        for name, script, code, sentence in cases:
            s.proxy.script = script
            _, said = s.diff(code=5)
            assert code in said and sentence in said, (name, said)
            assert not s.proxy.writes(), name
            s.proxy.script = None


@by_itself
def nobody_there():
    with Project("http://127.0.0.1:9") as project:
        _, said = project.run("diff", code=5)
        assert "nobody listens at `http://127.0.0.1:9`" in said, said
        _, said = project.run("diff", code=5, base="http://no-such-host.invalid")
        assert "no address is known" in said, said


@by_itself
def a_wrong_key():
    with Setting(60) as s:
        _, said = s.project.run("diff", code=5, key="wrong")
        assert "E0803" in said and "Authentication > API keys" in said and "wrong" not in said, said


@by_itself
def an_unknown_version_is_not_written_to():
    with Setting(60) as s:
        s.proxy.script = lambda r: change(lambda b: b.replace(b"v0.60", b"vUNKNOWN")) if "properties" in r.path else None
        _, said = s.apply(code=3)
        assert "W0801" in said and "--allow unknown-version" in said and not s.proxy.writes(), said
        s.apply("--allow", "unknown-version")


@by_itself
def columns_that_are_not_there():
    with Setting(60) as s:
        s.proxy.script = lambda r: (change(lambda b: b.replace(b'"ordered_on"', b'"ordered"')) if "/fields" in r.path or
                                    "query_metadata" in r.path else
                                    answer(403, "no", "text/plain") if "sync_schema" in r.path else None)
        _, said = s.diff(code=5)
        assert "E0809" in said and "no column `ordered_on` in it" in said and "detail.yaml:3" in said, said
        s.proxy.script = lambda r: change(lambda b: b.replace(b"type/Date", b"type/Text")) if "/fields" in r.path else None
        _, said = s.diff(code=5)
        assert "E0810" in said and "needs a date or a time" in said, said


@by_itself
def a_column_arrives_with_the_sync():
    with Setting(60) as s:
        def script(r):
            synced = any("sync_schema" in q.path for q in s.proxy.requests)
            return change(lambda b: b.replace(b'"ordered_on"', b'"ordered"')) if not synced and (
                "/fields" in r.path or "query_metadata" in r.path) else None
        s.proxy.script = script
        s.apply()
        s.proxy.script = None
        s.settled()


@by_itself
def a_refusal_names_the_definition():
    with Setting(60) as s:
        refused = '{"errors": {"display": "value must be a non-blank string."}}'
        s.proxy.script = lambda r: answer(400, refused) if r.method == "POST" and r.path == "/api/card" and \
            b'"Revenue by day"' in r.body else None
        said, messages = s.apply(code=4)
        assert "error[E0801]: display: value must be a non-blank string." in messages, messages
        assert "dashboards/sales.yaml:12:3" in messages, messages
        assert "failed: card sales/by_day" in said, said
        assert "not written: dashboard sales: `card:sales/by_day` is not there" in said, said
        s.proxy.script = None
        s.apply()
        s.settled()


@by_itself
def a_lost_answer_makes_no_double():
    with Setting(60) as s:
        s.proxy.script = lambda r: lose() if r.method == "POST" and r.path == "/api/card" and r.count == 1 else None
        _, messages = s.apply(code=4)
        assert "it may have been created all the same" in messages, messages
        s.proxy.script = None
        s.apply()
        names = [c["name"] for c in s.items("card")]
        assert len(names) == len(set(names)), names
        s.settled()


@by_itself
def passing_troubles_pass():
    with Setting(60) as s:
        busy = answer(503, "busy", "text/plain", {"Retry-After": "0"})
        s.proxy.script = lambda r: busy if r.method == "GET" and r.count == 0 else None
        s.apply()
        s.proxy.script = lambda r: drop() if r.method == "GET" and r.count == 0 and "/items" in r.path else None
        s.settled()


@by_itself
def with_email_and_password():
    with Setting(60) as s:
        s.project.edit("mbc.yaml", "api_key: local", "user: admin@example.com, password: metabase1")
        environment = {k: v for k, v in os.environ.items() if k != "MBC_API_KEY"}
        ended = []

        def script(r):
            if r.path == "/api/collection?exclude-other-user-collections=true" and not ended:
                ended.append(r)
                return answer(401, "Unauthenticated", "text/plain")
            return None
        s.proxy.script = script
        done = subprocess.run([MBC, "apply"], cwd=s.project.folder, capture_output=True, text=True,
                              env=dict(environment, MBC_URL=s.proxy.base))
        assert done.returncode == 0, done.stdout + done.stderr
        assert len([r for r in s.proxy.requests if r.path == "/api/session"]) == 2


@by_itself
def reads_of_a_diff_without_changes():
    with Setting(60) as s:
        s.apply()
        s.diff()
        cards = [r.path for r in s.proxy.requests if r.path.startswith("/api/card/")]
        assert len(cards) == 1, cards
        assert len([r for r in s.proxy.requests if r.path.startswith("/api/dashboard/")]) == 2
        assert len(s.proxy.requests) <= 6 + 4 + 2 + 1, s.proxy.requests


@by_itself
def a_path_selects_and_brings_what_it_needs():
    with Setting(60) as s:
        s.project.write("dashboards/other.yaml", "dashboard: Other\nlayout:\n  - text: Hello\n")
        said, _ = s.apply("dashboards/sales.yaml")
        assert "dashboard  detail" in said and "dashboard  other" not in said, said
        s.project.edit("dashboards/detail.yaml", "dashboard: Detail", "dashboard: Details\nkey: detail")
        said, _ = s.diff("dashboards/sales.yaml")
        assert "no changes" in said, said
        s.diff("dashboards/detail.yaml", code=2)
        s.apply()
        s.settled()


@by_itself
def cards_and_dashboards_are_adopted():
    with Setting(60) as s:
        person = s.as_person()
        shop = s.server.post("/api/collection", {"name": "Shop"}, headers=person)
        dashboard = s.server.post("/api/dashboard", {"name": "Detail", "collection_id": shop["id"]}, headers=person)
        _, messages = s.apply(code=3)
        assert "E0811" in messages and "/dashboard/%d" % dashboard["id"] in messages, messages
        s.apply("--adopt", "detail")
        assert s.one("dashboard", "Detail")["id"] == dashboard["id"]
        s.settled()


@by_itself
def formats_of_a_diff():
    with Setting(60) as s:
        said = json.loads(s.diff("--format", "json", code=2)[0])
        assert {c["change"] for c in said["changes"]} == {"create"} and said["counts"]["create"] == len(said["changes"])
        said, _ = s.diff("--format", "markdown", code=2)
        assert said.startswith("### Dashboards on http") and "<code>sales/revenue</code>" in said
        s.apply()
        s.project.edit("dashboards/sales.yaml", "ORDER BY ordered_on", "ORDER BY 1")
        said, _ = s.diff(code=2)
        assert "-ORDER BY ordered_on\n" in said and "+ORDER BY 1\n" in said, said


@by_itself
def doctor_and_catalogue():
    with Setting(60) as s:
        said, _ = s.project.run("doctor")
        assert "FAIL" not in said and "Metabase v0.60" in said, said
        s.project.run("catalogue", "-o", "catalogue.json")
        s.project.edit("mbc.yaml", "catalogue: [sql/]", "catalogue: [catalogue.json]")
        s.project.run("validate")


def run(name, test):
    try:
        test()
        return True
    except Exception:
        traceback.print_exc(limit=-3, file=sys.stderr)
        print("# " + name, flush=True)
        return False


def main():
    wanted = sys.argv[3:]
    tests = [("%s at 0.%d" % (t.__name__, v), lambda t=t, v=v: t(v)) for t in each for v in VERSIONS]
    tests += [(t.__name__, t) for t in alone]
    tests = [t for t in tests if not wanted or any(w in t[0] for w in wanted)]
    print("1..%d" % len(tests), flush=True)
    bad = 0
    for number, (name, test) in enumerate(tests, 1):
        good = run(name, test)
        bad += not good
        print("%s %d - %s" % ("ok" if good else "not ok", number, name.replace("_", " ")), flush=True)
    return 1 if bad else 0


sys.exit(main())
