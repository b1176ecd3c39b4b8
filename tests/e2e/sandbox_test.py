"""What mbc-sandbox promises: each endpoint, and each of the surprises of a real Metabase, at the server
versions where they change. Run as: sandbox_test.py PROGRAM. Prints TAP."""

import http.client
import http.server
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

from sandbox_server import KEY, Sandbox

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else os.environ["MBC_SANDBOX"]
VERSIONS = [50, 53, 57, 60, 63]
each = []  # run at every version, with a server of its own
alone = []  # start servers themselves


def at_each(test):
    each.append(test)
    return test


def by_itself(test):
    alone.append(test)
    return test


def field_id(server, table, name):
    found = [
        f
        for f in server.get("/api/database/1/fields")
        if f["table_name"] == table and f["name"] == name
    ]
    assert len(found) == 1, found
    return found[0]["id"]


def native(sql="SELECT 1 AS one", tags=None, database=1):
    inner = {"query": sql}
    if tags is not None:
        inner["template-tags"] = tags
    return {"type": "native", "database": database, "native": inner}


def tag(server, name="country", **more):
    return {
        name: {
            "id": "id-" + name,
            "name": name,
            "display-name": name.title(),
            "type": "dimension",
            "dimension": ["field", field_id(server, "orders", name), None],
            "widget-type": "string/=",
            **more,
        }
    }


def card_body(**more):
    return {
        "name": "Orders",
        "display": "table",
        "visualization_settings": {},
        "dataset_query": native(),
        **more,
    }


def dashcard(number, card, row=0, **more):
    return {"id": number, "card_id": card, "row": row, "col": 0, "size_x": 6, "size_y": 4, **more}


# Who asks, and what the server says of itself.


@at_each
def who_asks(server, version):
    assert server.ask("GET", "/api/user/current", headers={})[:2] == (401, "Unauthenticated")
    assert server.ask("GET", "/api/user/current", headers={"x-api-key": "wrong"})[0] == 401
    me = server.get("/api/user/current")
    assert (
        me["is_superuser"]
        and me["group_ids"] == [1, 2]
        and me["email"].endswith("@api-key.invalid")
    ), me
    admin = server.login("admin@example.com")
    assert server.get("/api/user/current", admin)["common_name"] == "Ada Admin"
    analyst = server.login("analyst@example.com")
    assert not server.get("/api/user/current", analyst)["is_superuser"]
    assert server.ask("GET", "/api/api-key", headers=analyst)[:2] == (
        403,
        "You don't have permissions to do that.",
    )
    assert server.ask("DELETE", "/api/session", headers=admin)[0] == 204
    assert server.ask("DELETE", "/api/session", headers=admin)[0] == 404
    assert server.ask("GET", "/api/user/current", headers=admin)[0] == 401
    status, body, _ = server.ask(
        "POST", "/api/session", {"username": "admin@example.com", "password": "no"}, {}
    )
    assert (status, body) == (401, {"errors": {"password": "did not match stored password"}})
    status, body, _ = server.ask("POST", "/api/session", {"username": ""}, {})
    assert status == 400 and set(body["errors"]) == {"username", "password"}, body


@at_each
def api_keys(server, version):
    made = server.post("/api/api-key", {"name": "robot", "group_id": 1})
    key = {"x-api-key": made["unmasked_key"]}
    assert made["unmasked_key"].startswith("mb_") and made["masked_key"].endswith("***")
    assert server.get("/api/user/current", key)["is_superuser"] is False
    again = server.expect("POST", "/api/api-key", {"name": "robot", "group_id": 1}, 400)
    assert again == {"errors": {"name": "An API key with this name already exists."}}
    assert all("unmasked_key" not in row for row in server.get("/api/api-key"))
    fresh = server.put("/api/api-key/%d/regenerate" % made["id"], {})
    assert server.ask("GET", "/api/user/current", headers=key)[0] == 401
    assert (
        server.get("/api/user/current", {"x-api-key": fresh["unmasked_key"]})["first_name"]
        == "robot"
    )
    assert server.ask("DELETE", "/api/api-key/%d" % made["id"])[0] == 204
    assert (
        server.ask("GET", "/api/user/current", headers={"x-api-key": fresh["unmasked_key"]})[0]
        == 401
    )


@at_each
def health_and_properties(server, version):
    assert server.get("/api/health", {}) == {"status": "ok"}
    public = server.get("/api/session/properties", {})
    assert public["version"]["tag"] == "v0.%d.1" % version and "admin-email" not in public
    assert "admin-email" in server.get("/api/session/properties")
    assert public["site-url"].startswith("http://127.0.0.1:")
    assert server.ask("GET", "/livez", headers={})[0] == (200 if version >= 58 else 404)
    page = server.ask("GET", "/", headers={})[1]
    assert "A stand-in for Metabase <b>v0.%d.1</b>" % version in page and "http" not in page


@at_each
def settings(server, version):
    assert {"key", "value", "default"} <= set(server.get("/api/setting")[0])
    assert server.ask("GET", "/api/setting/report-timezone")[0] == 204
    assert server.ask("PUT", "/api/setting/report-timezone", {"value": "Europe/Berlin"})[0] == 204
    assert server.get("/api/setting/report-timezone") == "Europe/Berlin"
    assert server.ask("GET", "/api/setting/nothing")[0] == 404


@at_each
def errors_have_the_forms_of_the_version(server, version):
    assert server.ask("GET", "/api/nothing")[:2] == (404, "API endpoint does not exist.")
    missing = server.ask("GET", "/api/card/99999")[:2]
    assert missing == (404, {"message": "Not found."} if version >= 59 else "Not found."), missing
    german = server.ask("POST", "/api/card/x/query", {}, {**KEY, "X-Metabase-Locale": "de"})
    assert german[0] == 400 and "größer als null" in german[1]["errors"]["id"]
    status, body, _ = server.ask("POST", "/api/card", {"name": 5, "display": "table"})
    assert status == 400 and set(body["errors"]) == {
        "name",
        "dataset_query",
        "visualization_settings",
    }
    assert body["errors"]["name"] == "value must be a non-blank string."
    assert body["specific-errors"]["name"][0].endswith(", received: 5")
    wrong = server.post("/api/card", card_body(description=""), 400)["errors"]["description"]
    assert wrong.startswith(
        "nullable" if version >= 54 else "value may be nil, or if non-nil,"
    ), wrong
    assert server.ask("POST", "/api/card", raw=b"{nonsense")[0] == 400
    assert server.ask("POST", "/api/card", raw=b"[1]")[0] == 400
    for path, since, until in (
        ("/api/util/entity_id", 51, 54),
        ("/api/eid-translation/translate", 55, 99),
    ):
        known = since <= version <= until
        assert (server.ask("POST", path, {"entity_ids": {}})[0] == 200) == known, path


# The warehouse.


@at_each
def databases_tables_fields(server, version):
    listed = server.get("/api/database")
    assert listed["total"] == len(listed["data"]) == 2
    mine = [d for d in listed["data"] if d["name"] == "Warehouse"][0]
    assert mine["engine"] == "bigquery-cloud-sdk" and mine["id"] == 1 and "tables" not in mine
    assert [d["name"] for d in server.get("/api/database?saved=true")["data"]][
        -1
    ] == "Saved Questions"
    tables = server.get("/api/database/1?include=tables")["tables"]
    assert [t["name"] for t in tables] == ["customers", "daily_orders", "orders"]
    assert server.get("/api/database/1/schemas") == ["shop"]
    assert len(server.get("/api/database/1/schema/shop")) == 3
    assert server.ask("GET", "/api/database/1/schema/none")[:2] == (404, "Not found.")
    fields = server.get("/api/database/1/fields")
    entry = [f for f in fields if f["name"] == "ordered_on"][0]
    assert (
        entry["base_type"] == "type/Date"
        and entry["schema"] == "shop"
        and entry["table_name"] == "orders"
    )
    assert ("table_id" in entry) == (version >= 52)
    nested = [f for f in fields if f["name"] == "zip"]
    assert len(nested) == (1 if version >= 51 else 0)
    orders = [t for t in tables if t["name"] == "orders"][0]["id"]
    whole = server.get("/api/table/%d/query_metadata" % orders)
    by_name = {f["name"]: f for f in whole["fields"]}
    assert whole["db"]["id"] == 1 and by_name["order_id"]["semantic_type"] == "type/PK"
    assert (
        by_name["tags"]["base_type"] == "type/Array"
        and by_name["address"]["base_type"] == "type/Dictionary"
    )
    assert (
        by_name["total"]["base_type"] == "type/Decimal"
        and by_name["is_paid"]["base_type"] == "type/Boolean"
    )
    assert by_name["customer_id"]["semantic_type"] == "type/FK"
    assert by_name["customer_id"]["target"]["name"] == "customer_id"
    if version >= 51:
        assert by_name["zip"]["parent_id"] == by_name["address"]["id"] and by_name["zip"][
            "nfc_path"
        ] == ["address"]
    everything = server.get("/api/database/1/metadata")["tables"]
    assert all(t["fields"] for t in everything)
    assert "fields" not in server.get("/api/database/1/metadata?skip_fields=true")["tables"][0]
    empty = server.get("/api/database/2/schema/")
    assert len(empty) == (2 if version >= 63 else 0)
    assert server.get("/api/database/2/schemas") == ([""] if version >= 63 else ["PUBLIC"])
    assert server.get("/api/table/%d" % orders)["pk_field"] == by_name["order_id"]["id"]
    assert server.post("/api/database/1/sync_schema", {}) == {"status": "ok"}


@at_each
def fields_can_be_set(server, version):
    number = field_id(server, "orders", "status")
    assert server.get("/api/field/%d" % number)["has_field_values"] == "search"
    server.put(
        "/api/field/%d" % number,
        {"has_field_values": "auto-list", "semantic_type": "type/Category"},
    )
    changed = server.get("/api/field/%d" % number)
    assert changed["has_field_values"] == "list" and changed["semantic_type"] == "type/Category"
    server.put("/api/field/%d" % number, {"visibility_type": "sensitive"})
    assert not [f for f in server.get("/api/database/1/fields") if f["id"] == number]


# Collections.


@at_each
def collections(server, version):
    top = server.post("/api/collection", {"name": "Größen", "entity_id": "x" * 21, "color": "#fff"})
    assert top["location"] == "/" and top["parent_id"] is None and top["entity_id"] != "x" * 21
    assert top["slug"] == "gr%C3%B6%C3%9Fen"
    below = server.post(
        "/api/collection", {"name": "Below", "parent_id": top["id"], "description": "d"}
    )
    assert below["location"] == "/%d/" % top["id"] and below["parent_id"] == top["id"]
    assert (
        server.post("/api/collection", {"name": "Below", "parent_id": top["id"]})["id"]
        != below["id"]
    )
    listed = server.get("/api/collection")
    assert listed[0]["id"] == "root" and below["id"] in [c["id"] for c in listed]
    assert ("parent_id" in listed[-1]) == (version >= 51) and (
        "is_remote_synced" in listed[-1]
    ) == (version >= 58)
    tree = [c for c in server.get("/api/collection/tree") if c["id"] == top["id"]][0]
    assert len(tree["children"]) == 2 and not [
        c for c in server.get("/api/collection/tree") if c["id"] == "root"
    ]
    for wrong in ({"name": " "}, {"name": "x", "description": ""}, {"name": "x", "parent_id": "1"}):
        server.post("/api/collection", wrong, 400)
    server.post("/api/collection", {"name": "x", "parent_id": 9999}, 404)
    server.put("/api/collection/%d" % top["id"], {"parent_id": below["id"]}, 400)
    moved = server.put("/api/collection/%d" % below["id"], {"name": "Beside", "parent_id": None})
    assert (moved["location"], moved["name"], moved["slug"]) == ("/", "Beside", "beside")
    entity = server.ask("GET", "/api/collection/" + top["entity_id"])
    assert entity[0] == (200 if version >= 56 else 400)
    assert server.get("/api/collection/root")["id"] == "root"
    server.post("/api/collection", {"name": "x", "authority_level": "official"}, 402)


@at_each
def items_of_a_collection(server, version):
    home = server.post("/api/collection", {"name": "Home"})["id"]
    empty = server.get("/api/collection/%d/items" % home)
    assert (
        empty["data"] == []
        and empty["total"] == (None if 58 <= version <= 61 else 0)
        and empty["limit"] is None
    )
    cards = [
        server.post("/api/card", card_body(name="C%02d" % i, collection_id=home))["id"]
        for i in range(55)
    ]
    server.post(
        "/api/dashboard", {"name": "A board", "collection_id": home, "collection_position": 1}
    )
    server.post("/api/collection", {"name": "Zoo", "parent_id": home})
    path = "/api/collection/%d/items" % home
    everything = server.get(path)
    assert everything["total"] == len(everything["data"]) == 57
    assert [everything["data"][0]["model"], everything["data"][-1]["model"]] == [
        "dashboard",
        "collection",
    ]
    page = server.get(path + "?offset=0")
    assert len(page["data"]) == 50 and page["limit"] == 50 and page["total"] == 57
    second = server.get(path + "?models=card&limit=50&offset=50")
    assert [c["name"] for c in second["data"]] == ["C%02d" % i for i in range(50, 55)] and second[
        "total"
    ] == 55
    assert [i["name"] for i in server.get(path + "?pinned_state=is_pinned")["data"]] == ["A board"]
    assert len(server.get(path + "?pinned_state=is_not_pinned&models=dashboard")["data"]) == 0
    assert (
        server.ask("GET", path + "?limit=many")[0] == 400
        and server.ask("GET", path + "?models=nothing")[0] == 400
    )
    row = second["data"][0]
    assert row["entity_id"] and row["description"] is None and row["last-edit-info"]["id"]
    server.put("/api/card/%d" % cards[0], {"archived": True})
    assert server.get(path + "?models=card")["total"] == 54
    assert [c["id"] for c in server.get(path + "?models=card&archived=true")["data"]] == [cards[0]]
    down = server.get(path + "?models=card&sort_direction=desc")
    assert down["data"][0]["name"] == "C54"


@at_each
def positions_shift(server, version):
    home = server.post("/api/collection", {"name": "Pinned"})["id"]
    first = server.post("/api/card", card_body(collection_id=home, collection_position=1))["id"]
    server.post("/api/dashboard", {"name": "B", "collection_id": home, "collection_position": 1})
    assert server.get("/api/card/%d" % first)["collection_position"] == 2


@at_each
def trash(server, version):
    home = server.post("/api/collection", {"name": "Bin"})["id"]
    inner = server.post("/api/collection", {"name": "Inner", "parent_id": home})["id"]
    card = server.post("/api/card", card_body(collection_id=inner))["id"]
    assert server.ask("DELETE", "/api/collection/%d" % home)[:2] == (
        400,
        "Collection must be trashed before deletion.",
    )
    gone = server.put("/api/collection/%d" % home, {"archived": True})
    assert gone["archived"] and server.get("/api/card/%d" % card)["archived"]
    assert home not in [c["id"] for c in server.get("/api/collection")]
    if version >= 51:
        bin_id = server.get("/api/collection/trash")["id"]
        assert gone["location"] == "/%d/" % bin_id and gone["can_restore"]
        assert [
            i["id"] for i in server.get("/api/collection/trash/items?models=collection")["data"]
        ] == [home]
        assert server.get("/api/card/%d" % card)["archived_directly"] is False
        server.put("/api/collection/%d" % inner, {"archived": False}, 400)
    else:
        assert server.ask("GET", "/api/collection/trash")[0] == 400
    named = server.put("/api/collection/%d" % home, {"name": "Bin again"})
    assert named["archived"] == (version < 55), "left out, `archived` means false from 0.55"
    server.put("/api/collection/%d" % home, {"archived": False})
    back = server.get("/api/card/%d" % card)
    assert not back["archived"] and back["collection_id"] == inner
    server.put("/api/card/%d" % card, {"archived": True})
    if version >= 51:
        assert server.get("/api/card/%d" % card)["collection_id"] == bin_id
    server.put("/api/collection/%d" % home, {"archived": True})
    assert server.ask("DELETE", "/api/collection/%d" % home)[0] == 204


@at_each
def permissions(server, version):
    graph = server.get("/api/collection/graph")
    closed = server.post("/api/collection", {"name": "Closed"})["id"]
    groups = {"1": {"root": "read", str(closed): "none"}}
    changed = server.put("/api/collection/graph", {"revision": graph["revision"], "groups": groups})
    assert changed["groups"]["1"]["root"] == "read" and (str(closed) in changed["groups"]["1"]) == (
        version < 56
    )
    server.put("/api/collection/graph", {"revision": graph["revision"], "groups": groups}, 409)
    server.put("/api/collection/graph?force=true", {"revision": 0, "groups": groups})
    analyst = server.login("analyst@example.com")
    server.post("/api/collection", {"name": "no"}, 403, analyst)
    server.post("/api/card", card_body(), 403, analyst)
    assert closed not in [c["id"] for c in server.get("/api/collection", analyst)]
    assert server.ask("GET", "/api/collection/%d" % closed, headers=analyst)[0] == 403
    card = server.post("/api/card", card_body(collection_id=closed))["id"]
    assert server.ask("GET", "/api/card/%d" % card, headers=analyst)[0] == 403
    board = server.post("/api/dashboard", {"name": "Seen"})["id"]
    server.put("/api/dashboard/%d" % board, {"tabs": [], "dashcards": [dashcard(-1, card)]})
    assert server.get("/api/dashboard/%d" % board, analyst)["dashcards"][0]["card"] == {"id": card}
    assert "1" in server.get("/api/permissions/graph")["groups"]


# Cards.


@at_each
def query_forms(server, version):
    sql = "SELECT total FROM shop.orders WHERE {{country}}"
    sent = tag(server)
    sent["country"]["name"] = "other"
    card = server.post("/api/card", card_body(dataset_query=native(sql, sent)))
    query = card["dataset_query"]
    legacy = server.get("/api/card/%d?legacy-mbql=true" % card["id"])["dataset_query"]
    assert legacy["type"] == "native" and legacy["native"]["query"] == sql
    assert legacy["native"]["template-tags"]["country"]["name"] == "country"
    assert legacy["native"]["template-tags"]["country"]["dimension"] == sent["country"]["dimension"]
    if version < 57:
        assert query == legacy
        server.post(
            "/api/card",
            card_body(
                dataset_query={
                    "lib/type": "mbql/query",
                    "database": 1,
                    "stages": [{"lib/type": "mbql.stage/native", "native": "SELECT 1"}],
                }
            ),
            400,
        )
        return
    stage = query["stages"][0]
    assert query["lib/type"] == "mbql/query" and stage["native"] == sql and "native" not in query
    tags = stage["template-tags"]
    assert isinstance(tags, list) == (version >= 63)
    one = tags[0] if version >= 63 else tags["country"]
    assert (
        one["dimension"][2] == sent["country"]["dimension"][1] and one["dimension"][1]["lib/uuid"]
    )
    assert server.get("/api/card/%d" % card["id"])["dataset_query"] == query, "stored uuids stay"
    again = server.put("/api/card/%d" % card["id"], {"dataset_query": query})
    assert again["dataset_query"] == query, "its own form goes back in"
    assert ("legacy_query" in card) == (version < 59)


@at_each
def builder_queries(server, version):
    amount, country = field_id(server, "orders", "total"), field_id(server, "orders", "country")
    source = server.post(
        "/api/card", card_body(dataset_query=native("SELECT total, country FROM shop.orders"))
    )["id"]
    named = [
        "aggregation-options",
        ["sum", ["field", "total", {"base-type": "type/Decimal"}]],
        {"name": "sum_total", "display-name": "Total"},
    ]
    over = {
        "type": "query",
        "database": 1,
        "query": {
            "source-table": "card__%d" % source,
            "aggregation": [named, ["count"]],
            "breakout": [["field", "country", {"base-type": "type/Text"}]],
            "order-by": [["desc", ["aggregation", 0]]],
            "limit": 10,
        },
    }
    plain = {
        "type": "query",
        "database": 1,
        "query": {
            "source-table": 1,
            "filter": [
                "and",
                ["=", ["field", country, None], "DE"],
                [">", ["field", amount, None], 5],
            ],
            "aggregation": [["count"]],
            "expressions": {"Twice": ["*", ["field", amount, None], 2]},
        },
    }
    inner = {
        "type": "query",
        "database": 1,
        "query": {
            "source-query": {"source-table": 1, "breakout": [["field", country, None]]},
            "limit": 1,
        },
    }
    for query in (over, plain, inner):
        made = server.post("/api/card", card_body(dataset_query=query))
        assert made["query_type"] == "query"
        back = server.get("/api/card/%d?legacy-mbql=true" % made["id"])["dataset_query"]
        assert back == query, (back, query)
    if version < 57:
        return
    stage = server.post("/api/card", card_body(dataset_query=over))["dataset_query"]["stages"][0]
    assert stage["source-card"] == source and stage["aggregation"][0][1]["name"] == "sum_total"
    assert stage["order-by"][0][2][2] == stage["aggregation"][0][1]["lib/uuid"]
    assert stage["breakout"][0][1]["effective-type"] == "type/Text"
    assert (
        len(
            server.post("/api/card", card_body(dataset_query=plain))["dataset_query"]["stages"][0][
                "filters"
            ]
        )
        == 2
    )
    assert (
        len(server.post("/api/card", card_body(dataset_query=inner))["dataset_query"]["stages"])
        == 2
    )


@at_each
def cards(server, version):
    made = server.post(
        "/api/card",
        card_body(
            entity_id="y" * 21,
            display="nonsense",
            nothing=1,
            visualization_settings={
                "column_settings": {'[ "name" , "x" ]': {"a": 1}, '["ref",["field-id",3]]': {}}
            },
        ),
    )
    assert made["entity_id"] != "y" * 21 and re.fullmatch(r"[A-Za-z0-9_-]{21}", made["entity_id"])
    assert (
        made["display"] == "nonsense"
        and made["parameters"] == []
        and made["parameter_mappings"] == []
    )
    assert list(made["visualization_settings"]["column_settings"]) == [
        '["name","x"]',
        '["ref",["field",3,null]]',
    ]
    assert (
        made["result_metadata"] is None
        and made["creator"]["first_name"] == "CI"
        and made["collection"]["id"] == "root"
    )
    number = made["id"]
    assert ("dashboard_id" in made) == (version >= 53) and ("document_id" in made) == (
        version >= 57
    )
    changed = server.put(
        "/api/card/%d" % number, {"name": None, "description": "", "display": None, "cache_ttl": 5}
    )
    assert (changed["name"], changed["description"], changed["display"], changed["cache_ttl"]) == (
        "Orders",
        "",
        "nonsense",
        5,
    )
    assert server.put("/api/card/%d" % number, {"cache_ttl": None})["cache_ttl"] is None
    model = server.put("/api/card/%d" % number, {"type": "model", "display": "bar"})
    assert model["type"] == "model" and model["display"] == "table"
    for key, value in (
        ("parameters", [{"id": "a"}]),
        ("type", "report"),
        ("cache_ttl", 0),
        ("archived", "yes"),
    ):
        server.put("/api/card/%d" % number, {key: value}, 400)
    odd = [{"id": "a", "type": "string/odd", "name": "", "slug": ""}]
    server.put("/api/card/%d" % number, {"parameters": odd}, 400 if version >= 57 else 200)
    fine = [
        {
            "id": "a",
            "type": "string/=",
            "name": "",
            "slug": "",
            "values_source_config": {"values": []},
        }
    ]
    kept = server.put("/api/card/%d" % number, {"parameters": fine})["parameters"][0]
    assert kept["name"] == kept["slug"] == "unnamed"
    assert kept["values_source_config"] == ({} if version >= 57 else {"values": []})
    copy = server.post("/api/card/%d/copy" % number, {})
    assert copy["name"] == "Copy of Orders" and copy["id"] != number
    by_entity = server.ask("GET", "/api/card/" + made["entity_id"])[0]
    assert by_entity == (200 if version >= 56 else 400)
    assert server.ask("PUT", "/api/card/" + made["entity_id"], {"name": "x"})[0] == 400
    assert len(server.get("/api/card")) == 2
    assert (
        server.ask("DELETE", "/api/card/%d" % number)[0] == 204
        and server.ask("GET", "/api/card/%d" % number)[0] == 404
    )


@at_each
def cards_refused(server, version):
    server.post("/api/card", card_body(dataset_query={}), 500)
    server.post("/api/card", card_body(dataset_query=None), 400)
    server.post(
        "/api/card", card_body(dataset_query={"type": "native", "database": 1, "native": {}}), 400
    )
    server.post("/api/card", card_body(dataset_query={"type": "other", "database": 1}), 400)
    server.post("/api/card", card_body(dataset_query=native(database=99)), 404)
    server.post("/api/card", card_body(collection_id=999), 404)
    wrong = server.post(
        "/api/card", card_body(dataset_query=native("{{country}}", tag(server), database=2)), 400
    )
    assert wrong.startswith("Invalid Field Filter"), wrong
    server.post(
        "/api/card",
        card_body(
            dataset_query=native("{{x}}", {"x": {"name": "x", "display-name": "X", "type": "odd"}})
        ),
        400,
    )
    server.post(
        "/api/card",
        card_body(
            dataset_query=native("{{x}}", {"x": {"name": "x", "display-name": "", "type": "text"}})
        ),
        400,
    )
    variable = {
        "x": {
            "id": "1",
            "name": "x",
            "display-name": "X",
            "type": "text",
            "dimension": ["field", 1, None],
        }
    }
    server.post("/api/card", card_body(type="model", dataset_query=native("{{x}}", variable)), 400)
    made = server.post("/api/card", card_body(dataset_query=native("{{x}}", variable)))
    legacy = server.get("/api/card/%d?legacy-mbql=true" % made["id"])["dataset_query"]
    assert "dimension" not in legacy["native"]["template-tags"]["x"]
    widget = server.ask(
        "POST",
        "/api/card",
        card_body(
            dataset_query=native("{{country}}", tag(server, **{"widget-type": "string/odd"}))
        ),
    )
    assert widget[0] == (200 if version >= 57 else 400)
    itself = {"type": "query", "database": 1, "query": {"source-table": "card__%d" % made["id"]}}
    server.put("/api/card/%d" % made["id"], {"dataset_query": itself}, 400)
    server.put("/api/card/%d" % made["id"], {"enable_embedding": True}, 400)
    missing = server.post(
        "/api/card",
        card_body(
            dataset_query=native("{{x}}", tag(server, "country", dimension=["field", 99999, None]))
        ),
    )
    assert missing["id"], "a field that does not exist is found out when it runs"


@at_each
def metadata_comes_later(server, version):
    made = server.post(
        "/api/card",
        card_body(
            dataset_query=native(
                "SELECT country, SUM(total) AS revenue FROM shop.orders GROUP BY 1"
            )
        ),
    )
    assert made["result_metadata"] is None
    time.sleep(1.7)
    later = server.get("/api/card/%d" % made["id"])
    assert [(c["name"], c["base_type"]) for c in later["result_metadata"]][0] == (
        "country",
        "type/Text",
    )
    assert later["updated_at"] > made["updated_at"]
    same = server.put("/api/card/%d" % made["id"], {"dataset_query": made["dataset_query"]})
    assert same["result_metadata"] == later["result_metadata"]


# Dashboards.


def board(server, **more):
    return server.post("/api/dashboard", {"name": "Board", **more})["id"]


@at_each
def creating_a_dashboard_drops_keys(server, version):
    made = server.post(
        "/api/dashboard",
        {
            "name": "B",
            "width": "full",
            "tabs": [{"id": -1, "name": "x"}],
            "auto_apply_filters": False,
            "dashcards": [dashcard(-1, None)],
            "entity_id": "z" * 21,
            "parameters": [{"id": "p", "type": "string/=", "name": "P", "slug": "p"}],
        },
    )
    assert (
        made["width"] == "fixed"
        and made["tabs"] == []
        and made["dashcards"] == []
        and made["auto_apply_filters"]
    )
    assert made["entity_id"] != "z" * 21 and made["parameters"][0]["id"] == "p"
    assert ("param_values" in made) == (version < 51)
    server.post("/api/dashboard", {"description": "no name"}, 400)
    assert made["id"] in [d["id"] for d in server.get("/api/dashboard")]


@at_each
def dashboard_headers(server, version):
    path = "/api/dashboard/%d" % board(server)
    changed = server.put(
        path,
        {
            "name": None,
            "description": "d",
            "width": "full",
            "auto_apply_filters": False,
            "cache_ttl": 3,
            "parameters": None,
        },
    )
    assert (
        changed["name"],
        changed["width"],
        changed["auto_apply_filters"],
        changed["cache_ttl"],
    ) == ("Board", "full", False, 3)
    assert server.put(path, {"cache_ttl": None, "description": None})["description"] is None
    server.put(path, {"width": None}, 400)
    server.put(path, {"width": "wide"}, 400)
    server.put(path, {"enable_embedding": True}, 400)
    server.ask("PUT", "/api/setting/enable-embedding-static", {"value": True})
    assert server.put(path, {"enable_embedding": True, "embedding_params": {"p": "locked"}})[
        "enable_embedding"
    ]
    odd = server.put(
        path,
        {"parameters": [{"id": "p", "type": "string/odd", "name": "P", "slug": "p"}]},
        400 if version >= 57 else 200,
    )
    assert ("errors" in odd) == (version >= 57)
    linked = {
        "id": "c",
        "type": "string/=",
        "name": "C",
        "slug": "c",
        "filteringParameters": ["p"],
        "values_source_type": "static-list",
        "values_source_config": {"values": ["a", ["b", "Bee"]]},
    }
    shown = server.put(path, {"parameters": [linked]})["parameters"][0]
    assert "filteringParameters" not in shown
    assert server.get(path + "/params/c/values") == {
        "values": [["a"], ["b", "Bee"]],
        "has_more_values": False,
    }
    assert server.get(path + "/params/c/search/bee")["values"] == [["b", "Bee"]]
    assert server.ask("GET", path + "/params/none/values")[0] == 400
    server.put(
        path,
        {
            "parameters": [
                {**linked, "values_source_type": "card", "values_source_config": {"card_id": 9999}}
            ]
        },
        404,
    )


@at_each
def dashcards_are_replaced(server, version):
    card = server.post("/api/card", card_body(dataset_query=native("{{country}}", tag(server))))[
        "id"
    ]
    path = "/api/dashboard/%d" % board(server)
    mapping = {
        "parameter_id": "p",
        "card_id": card,
        "target": ["dimension", ["template-tag", "country"]],
    }
    first = server.put(
        path,
        {
            "tabs": [],
            "parameters": [{"id": "p", "type": "string/=", "name": "P", "slug": "p"}],
            "dashcards": [
                dashcard(-1, card, parameter_mappings=[mapping, {**mapping, "card_id": -5}]),
                dashcard(
                    -2,
                    card,
                    row=4,
                    visualization_settings={"column_settings": {'["name", "a"]': {}}},
                ),
            ],
        },
    )
    a, b = sorted(first["dashcards"], key=lambda d: d["row"])
    assert (
        a["id"] > 0
        and a["created_at"] == b["created_at"]
        and a["card"]["id"] == card
        and a["series"] == []
    )
    assert ("card_id" in a["parameter_mappings"][1]) == (version < 57)
    assert ("inline_parameters" in a) == (version >= 56)
    fields = first["param_fields"]
    key = "p" if version >= 55 else str(field_id(server, "orders", "country"))
    assert list(fields) == [key], fields
    kept = server.put(path, {"tabs": [], "dashcards": [dashcard(a["id"], card, row=8)]})[
        "dashcards"
    ]
    assert [(d["id"], d["row"], d["entity_id"], d["created_at"]) for d in kept] == [
        (a["id"], 8, a["entity_id"], a["created_at"])
    ]
    assert (
        kept[0]["parameter_mappings"] == a["parameter_mappings"]
    ), "what is left out of a dashcard stays"
    assert (
        server.put(path, {"name": "X"})["dashcards"][0]["id"] == a["id"]
    ), "no dashcards, no change"
    other = "/api/dashboard/%d" % board(server)
    server.put(other, {"tabs": [], "dashcards": [dashcard(a["id"], card)]}, 404)
    for wrong in (
        dashcard("1", card),
        {"id": -1, "card_id": card},
        dashcard(-1, card, row=-1),
        dashcard(-1, card, size_x=0),
    ):
        assert "dashcards" in server.put(path, {"tabs": [], "dashcards": [wrong]}, 400)["errors"]
    server.put(path, {"tabs": [], "dashcards": [dashcard(-1, card), dashcard(-1, card)]}, 400)
    broken = server.put(
        path, {"name": "Lost", "tabs": [], "dashcards": [dashcard(-1, card, odd=1)]}, 500
    )
    assert "odd" in broken["message"]
    if version < 56:
        server.put(path, {"tabs": [], "dashcards": [dashcard(-1, card, inline_parameters=[])]}, 500)
    after = server.get(path)
    assert after["name"] == "X" and [d["id"] for d in after["dashcards"]] == [
        a["id"]
    ], "nothing of a failed write stays"
    server.put(path, {"tabs": [], "dashcards": [dashcard(-1, 9999)]}, 404)
    assert server.put(path, {"tabs": [], "dashcards": []})["dashcards"] == []


@at_each
def tabs(server, version):
    card = server.post("/api/card", card_body())["id"]
    path = "/api/dashboard/%d" % board(server)
    two = server.put(
        path,
        {
            "tabs": [{"id": -1, "name": "One", "position": 7}, {"id": -2, "name": "Two"}],
            "dashcards": [
                dashcard(-1, card, dashboard_tab_id=-2),
                dashcard(
                    -2,
                    None,
                    dashboard_tab_id=-1,
                    visualization_settings={"virtual_card": {"display": "text"}, "text": "Hi"},
                ),
            ],
        },
    )
    one_id, two_id = [t["id"] for t in two["tabs"]]
    assert [(t["name"], t["position"]) for t in two["tabs"]] == [("One", 0), ("Two", 1)]
    assert {d["card_id"]: d["dashboard_tab_id"] for d in two["dashcards"]} == {
        card: two_id,
        None: one_id,
    }
    assert server.put(path, {"tabs": []})["tabs"] == two["tabs"], "tabs alone do nothing"
    server.put(path, {"tabs": two["tabs"], "dashcards": [dashcard(-1, card)]}, 400)
    cards_now = [
        {k: d[k] for k in ("id", "card_id", "row", "col", "size_x", "size_y", "dashboard_tab_id")}
        for d in two["dashcards"]
    ]
    server.put(path, {"tabs": [{"id": one_id, "name": "One"}], "dashcards": cards_now}, 500)
    swapped = server.put(
        path,
        {
            "tabs": [{"id": two_id, "name": "Zwei"}, {"id": one_id, "name": "One"}],
            "dashcards": cards_now,
        },
    )
    assert [(t["id"], t["name"], t["position"]) for t in swapped["tabs"]] == [
        (two_id, "Zwei", 0),
        (one_id, "One", 1),
    ]
    left = server.put(
        path,
        {
            "tabs": [{"id": one_id, "name": "One"}],
            "dashcards": [c for c in cards_now if c["dashboard_tab_id"] == one_id],
        },
    )
    assert len(left["dashcards"]) == 1 and len(left["tabs"]) == 1
    if version >= 52:
        filled = server.put(path, {"tabs": left["tabs"], "dashcards": [dashcard(-1, card)]})
        assert filled["dashcards"][0]["dashboard_tab_id"] == one_id
    server.put(path, {"tabs": [{"id": 1, "name": ""}], "dashcards": []}, 400)
    lost = server.put(path, {"dashcards": [dashcard(-1, card)]})
    assert lost["tabs"] == [] and len(lost["dashcards"]) == 1, "without tabs all tabs go"
    older = server.put(
        path + "/cards",
        (
            {"cards": [dashcard(-9, card)], "tabs": [{"id": -1, "name": "New"}]}
            if version >= 52
            else {
                "cards": [dashcard(-9, card, dashboard_tab_id=-1)],
                "tabs": [{"id": -1, "name": "New"}],
            }
        ),
    )
    assert len(older["cards"]) == 1 and older["tabs"][0]["name"] == "New"


@at_each
def archived_cards_are_hidden(server, version):
    card, other = [server.post("/api/card", card_body())["id"] for _ in range(2)]
    path = "/api/dashboard/%d" % board(server)
    server.put(
        path,
        {
            "tabs": [],
            "dashcards": [dashcard(-1, card), dashcard(-2, other, row=4, series=[{"id": card}])],
        },
    )
    assert [s["id"] for d in server.get(path)["dashcards"] for s in d["series"]] == [card]
    assert server.get("/api/card/%d/dashboards" % card) == [
        {"id": int(path.split("/")[-1]), "name": "Board"}
    ]
    server.put("/api/card/%d" % card, {"archived": True})
    assert [d["card_id"] for d in server.get(path)["dashcards"]] == [other]
    server.put("/api/card/%d" % card, {"archived": False})
    assert len(server.get(path)["dashcards"]) == (
        2 if version >= 51 else 1
    ), "before the trash the dashcard is gone"
    server.put("/api/card/%d" % card, {"archived": True})
    fresh = "/api/dashboard/%d" % board(server)
    assert (
        server.put(fresh, {"tabs": [], "dashcards": [dashcard(-1, card)]}, 404)["error_code"]
        == "archived"
    )
    server.put(fresh, {"archived": True})
    assert server.put(fresh, {"name": "x"}, 404)["error_code"] == "archived"
    assert server.put(fresh, {"archived": False})["archived"] is False


@at_each
def dashboard_questions(server, version):
    home = server.post("/api/collection", {"name": "Home"})["id"]
    number = board(server, collection_id=home)
    path = "/api/dashboard/%d" % number
    made = server.post("/api/card", card_body(dashboard_id=number))
    if version < 53:
        assert "dashboard_id" not in made and server.get(path)["dashcards"] == []
        return
    assert (
        made["dashboard_id"] == number
        and made["collection_id"] == home
        and made["dashboard"]["name"] == "Board"
    )
    placed = server.get(path)["dashcards"]
    assert [(d["card_id"], d["size_x"], d["size_y"]) for d in placed] == [(made["id"], 12, 9)]
    assert server.get("/api/collection/%d/items?models=card" % home)["data"] == []
    assert (
        len(
            server.get("/api/collection/%d/items?models=card&show_dashboard_questions=true" % home)[
                "data"
            ]
        )
        == 1
    )
    assert [c["id"] for c in server.get(path + "/items")["data"]] == [made["id"]]
    wrong = server.post("/api/card", card_body(dashboard_id=number, collection_id=None), 400)
    assert wrong.startswith("Mismatch detected"), wrong
    server.post("/api/card", card_body(dashboard_tab_id=1), 400)
    assert (
        server.put(
            "/api/dashboard/%d" % board(server),
            {"tabs": [], "dashcards": [dashcard(-1, made["id"])]},
            400,
        )
        == "Invalid Request."
    )
    server.put(path, {"tabs": [], "dashcards": []})
    assert server.get("/api/card/%d" % made["id"])["archived"]
    server.put(path, {"tabs": [], "dashcards": [dashcard(-1, made["id"])]})
    assert not server.get("/api/card/%d" % made["id"])["archived"]
    out = server.put("/api/card/%d" % made["id"], {"dashboard_id": None, "collection_id": home})
    assert out["dashboard_id"] is None and out["collection_id"] == home


@at_each
def links_and_inline_parameters(server, version):
    target = board(server)
    path = "/api/dashboard/%d" % board(
        server, parameters=[{"id": "p", "type": "string/=", "name": "P", "slug": "p"}]
    )
    link = {
        "virtual_card": {"display": "link"},
        "link": {"entity": {"id": target, "model": "dashboard", "name": "old"}},
    }
    more = {"inline_parameters": ["p"]} if version >= 56 else {}
    made = server.put(
        path, {"tabs": [], "dashcards": [dashcard(-1, None, visualization_settings=link, **more)]}
    )
    server.put("/api/dashboard/%d" % target, {"name": "new"})
    assert (
        server.get(path)["dashcards"][0]["visualization_settings"]["link"]["entity"]["name"]
        == "new"
    )
    after = server.put(path, {"tabs": [], "dashcards": []})
    assert [p["id"] for p in after["parameters"]] == ([] if version >= 56 else ["p"])
    click = {"click_behavior": {"type": "link", "linkType": "dashboard", "targetId": "7"}}
    server.put(
        path,
        {"tabs": [], "dashcards": [dashcard(-1, None, visualization_settings=click)]},
        400 if version >= 63 else 200,
    )
    assert made["dashcards"][0]["card"] is None
    copy = server.post(path + "/copy", {"name": "Second"})
    assert copy["name"] == "Second" and copy["id"] != made["id"]


@at_each
def pages(server, version):
    card = server.post(
        "/api/card", card_body(name="<b>Orders</b>", dataset_query=native("SELECT 1 < 2"))
    )["id"]
    number = board(server, description="What & why")
    text = {"virtual_card": {"display": "text"}, "text": "Later"}
    server.put(
        "/api/dashboard/%d" % number,
        {
            "tabs": [{"id": -1, "name": "First"}],
            "dashcards": [
                dashcard(-1, None, row=9, dashboard_tab_id=-1, visualization_settings=text),
                dashcard(-2, card, dashboard_tab_id=-1),
            ],
        },
    )
    assert 'href="/dashboard/%d">Board' % number in server.ask("GET", "/", headers={})[1]
    page = server.ask("GET", "/dashboard/%d-board" % number, headers={})[1]
    assert (
        "What &amp; why" in page
        and "<h2>First</h2>" in page
        and "&lt;b&gt;Orders&lt;/b&gt;" in page
    )
    assert page.index("Orders") < page.index("Later") and "<b>Orders" not in page
    assert "SELECT 1 &lt; 2" in server.ask("GET", "/question/%d" % card, headers={})[1]
    assert server.ask("GET", "/dashboard/none", headers={})[0] == 404


@at_each
def volatile_keys(server, version):
    number = board(server)
    first, second = server.get("/api/dashboard/%d" % number), server.get(
        "/api/dashboard/%d" % number
    )
    assert (
        second["view_count"] == first["view_count"] + 1
        and second["updated_at"] == first["updated_at"]
    )
    time.sleep(0.002)
    assert (
        server.put("/api/dashboard/%d" % number, {"name": "Board"})["updated_at"]
        > first["updated_at"]
    )


@at_each
def revisions_tell_who_edited(server, version):
    number = board(server)
    path = "/api/dashboard/%d" % number
    analyst = server.login("analyst@example.com")
    server.put(path, {"name": "By hand"}, headers=analyst)
    edit = server.get(path)["last-edit-info"]
    assert (edit["email"], edit["first_name"]) == ("analyst@example.com", "Ann")
    listed = server.get("/api/revision?entity=dashboard&id=%d" % number)
    assert [r["is_creation"] for r in listed] == [False, True]
    assert listed[0]["user"]["common_name"] == "Ann Analyst"
    assert listed[0]["diff"] == {"before": {"name": "Board"}, "after": {"name": "By hand"}}
    server.put(path, {"name": "By hand"})
    assert (
        len(server.get("/api/revision/dashboard/%d" % number)) == 2
    ), "a write without a change leaves no revision"
    assert server.get(path)["last-edit-info"]["email"] == "analyst@example.com"
    card = server.post("/api/card", card_body())["id"]
    server.put("/api/card/%d" % card, {"name": "Anders"}, headers=analyst)
    item = [
        i for i in server.get("/api/collection/root/items?models=card")["data"] if i["id"] == card
    ][0]
    assert item["last-edit-info"]["email"] == "analyst@example.com"
    assert server.ask("GET", "/api/revision?entity=nothing&id=1")[0] == 400


@at_each
def snippets(server, version):
    made = server.post(
        "/api/native-query-snippet", {"name": "Active", "content": "status = 'active'"}
    )
    assert made["archived"] is False and made["entity_id"] and made["collection_id"] is None
    server.post("/api/native-query-snippet", {"name": "Active", "content": "x"}, 400)
    server.post("/api/native-query-snippet", {"name": "a}b", "content": "x"}, 400)
    server.post("/api/native-query-snippet", {"name": " a", "content": "x"}, 400)
    server.post("/api/native-query-snippet", {"name": "a"}, 400)
    path = "/api/native-query-snippet/%d" % made["id"]
    assert server.put(path, {"content": "1 = 1", "description": "d"})["content"] == "1 = 1"
    server.put(path, {"archived": True})
    assert server.get("/api/native-query-snippet") == []
    assert [s["id"] for s in server.get("/api/native-query-snippet?archived=true")] == [made["id"]]
    assert server.get(path)["description"] == "d"


@at_each
def subscriptions_and_alerts(server, version):
    number = board(
        server, parameters=[{"id": i, "type": "string/=", "name": i, "slug": i} for i in "ab"]
    )
    path = "/api/dashboard/%d" % number
    body = {
        "name": "Weekly",
        "dashboard_id": number,
        "cards": [],
        "channels": [],
        "parameters": [{"id": "a", "value": ["x"]}],
    }
    pulse = server.post("/api/pulse", body)["id"]
    server.post("/api/pulse", {"name": "no"}, 400)
    server.put(path, {"parameters": [{"id": "a", "type": "string/=", "name": "a", "slug": "a"}]})
    assert [p["id"] for p in server.get("/api/pulse?dashboard_id=%d" % number)] == [pulse]
    server.put(path, {"parameters": []})
    assert server.get("/api/pulse?dashboard_id=%d" % number) == []
    assert server.get("/api/pulse/%d" % pulse)["archived"]
    assert server.put("/api/pulse/%d" % pulse, {"name": "Weekly"})["archived"] is False
    server.put(path, {"archived": True})
    assert server.ask("GET", "/api/pulse/%d" % pulse)[0] == 404
    card = server.post("/api/card", card_body())["id"]
    if version < 54:
        server.post("/api/alert", {"card": {"id": card}, "channels": [], "alert_condition": "rows"})
        assert [a["card"]["id"] for a in server.get("/api/alert")] == [card]
        listing = "/api/alert"
    else:
        server.post(
            "/api/notification",
            {
                "payload_type": "notification/card",
                "payload": {"card_id": card},
                "subscriptions": [],
                "handlers": [],
            },
        )
        listing = "/api/notification"
    assert len(server.get(listing)) == 1
    server.put("/api/card/%d" % card, {"archived": True})
    assert server.get(listing) == []


@at_each
def queries_say_that_there_are_no_answers(server, version):
    card = server.post("/api/card", card_body())["id"]
    number = board(server)
    made = server.put(
        "/api/dashboard/%d" % number, {"tabs": [], "dashcards": [dashcard(-1, card)]}
    )["dashcards"][0]["id"]
    path = "/api/dashboard/%d/dashcard/%d/card/%d/query" % (number, made, card)
    for where, body in (
        ("/api/card/%d/query" % card, {}),
        ("/api/dataset", native()),
        (path, {"parameters": []}),
    ):
        status, answer, headers = server.ask("POST", where, body)
        assert (
            status == 202
            and answer["status"] == "failed"
            and answer["data"] == {"rows": [], "cols": []}
        )
        assert answer["error"] == "this sandbox has no answers to queries yet"
        assert headers["Connection"] == "close" and headers["Transfer-Encoding"] == "chunked"
    assert (
        server.post(path, {"parameters": [{"id": "x"}]}, 400)
        == 'Dashboard does not have a parameter with ID "x".'
    )
    server.post("/api/dataset", {}, 400)
    server.post("/api/card/999/query", {}, 404)


@at_each
def search_and_translation(server, version):
    made = server.post("/api/card", card_body(name="Needle in hay"))
    found = server.get("/api/search?q=needle&models=card&limit=5")
    assert [r["id"] for r in found["data"]] == [made["id"]] and found["total"] == 1
    assert server.get("/api/search?q=needle&models=dashboard")["data"] == []
    if version < 51:
        return
    path = "/api/util/entity_id" if version < 55 else "/api/eid-translation/translate"
    ids = [made["entity_id"], "Z" * 21, "short"]
    answer = server.post(path, {"entity_ids": {"card": ids}})["entity_ids"]
    assert [answer[i]["status"] for i in ids] == ["ok", "not-found", "invalid-format"] and answer[
        ids[0]
    ]["id"] == made["id"]
    assert "allowed-models" in server.post(path, {"entity_ids": {"thing": []}}, 400)
    metadata = server.get("/api/card/%d/query_metadata" % made["id"])
    assert [d["id"] for d in metadata["databases"]] == [1]


@at_each
def garbage(server, version):
    """Whatever comes, the server answers something under 500 or a JSON 500, and lives."""
    card = server.post("/api/card", card_body())["id"]
    number = board(server)
    values = [
        None,
        0,
        -1,
        2**62,
        1.5,
        "",
        "x" * 5000,
        "\u0000"[:0],
        "ä\U0001f600",
        [],
        {},
        [[]],
        [None],
        [{}],
        {"": {}},
        True,
    ]
    keys = [
        "name",
        "dataset_query",
        "visualization_settings",
        "parameters",
        "collection_id",
        "dashcards",
        "tabs",
        "archived",
        "dashboard_id",
    ]
    for key in keys:
        for value in values:
            server.ask("PUT", "/api/card/%d" % card, {key: value})
            server.ask(
                "PUT", "/api/dashboard/%d" % number, {"tabs": [], "dashcards": [], key: value}
            )
    for query in (
        {"type": "native", "native": 3, "database": 1},
        {"lib/type": 1, "stages": [3]},
        {"lib/type": "mbql/query", "database": 1, "stages": [{}]},
        {
            "type": "query",
            "database": 1,
            "query": {
                "aggregation": [[]],
                "filter": [1],
                "joins": [3],
                "expressions": [1],
                "breakout": {"a": 1},
            },
        },
        {"type": "query", "database": 1, "query": {"source-query": {"native": {"a": 1}}}},
        {
            "type": "native",
            "database": 1,
            "native": {"query": "x", "template-tags": [1, [2], {"name": "a"}]},
        },
    ):
        server.ask("POST", "/api/card", card_body(dataset_query=query))
    for settings in (
        {
            "column_settings": {
                "[": {},
                "3": {},
                '["ref",3]': {},
                '["ref",["field-id"]]': {},
                '["ref",["field-literal"]]': {},
            }
        },
        {"link": {"entity": 3}},
        {"link": {"entity": {"model": "card", "id": "x"}}},
    ):
        server.ask(
            "PUT",
            "/api/dashboard/%d" % number,
            {"tabs": [], "dashcards": [dashcard(-1, None, visualization_settings=settings)]},
        )
        server.get("/api/dashboard/%d" % number)
    for body in (
        b"\xff\xfe",
        b'"',
        b"[" * 100000,
        b'{"a":' * 100000,
        b"{}" * 10,
        b'{"name":"\\ud800"}',
        b"\x00",
    ):
        assert server.ask("POST", "/api/card", raw=body)[0] == 400
    for path in (
        "/api//card",
        "/api/card/",
        "/api/card/0",
        "/api/card/-1",
        "/api/card/99999999999999999999",
        "/api/card/%00",
        "/" + "a" * 9000,
        "/api/collection/root/items?limit=-1&offset=",
        "/api/database/1/schema/%2F%27%3B--",
    ):
        assert server.ask("GET", path)[0] in (400, 404, 414), path
    assert server.get("/api/health") == {"status": "ok"}


# Servers of their own.


@by_itself
def unknown_versions_are_refused():
    for version in ("49", "64", "abc"):
        try:
            Sandbox(PROGRAM, version)
        except AssertionError as refused:
            assert "versions 50 to 63 are spoken here" in str(refused)
        else:
            raise AssertionError(version)


@by_itself
def tags_may_have_four_parts():
    with Sandbox(PROGRAM, "v0.58.2.4") as server:
        status, body, headers = server.ask("GET", "/api/session/properties")
        assert body["version"]["tag"] == headers["X-Metabase-Version"] == "v0.58.2.4"


@by_itself
def starting_takes_its_time():
    with Sandbox(PROGRAM, 60, "--initializing-seconds", "1") as server:
        assert server.ask("GET", "/api/user/current")[:2] == (
            503,
            "Metabase is still initializing. Please sit tight...",
        )
        status, body, _ = server.ask("GET", "/api/health")
        assert status == 503 and body["status"] == "initializing" and 0 <= body["progress"] < 1
        time.sleep(1.1)
        assert server.get("/api/health") == {"status": "ok"}


@by_itself
def failed_logins_wait():
    with Sandbox(PROGRAM, 60) as server:
        wrong = {"username": "admin@example.com", "password": "wrong"}
        for _ in range(10):
            assert server.ask("POST", "/api/session", wrong, {})[1] == {
                "errors": {"password": "did not match stored password"}
            }
        right = {"username": "admin@example.com", "password": "metabase1"}
        status, body, headers = server.ask("POST", "/api/session", right, {})
        assert status == 401 and re.fullmatch(
            r"Too many attempts! You must wait 1[45] seconds before trying again\.",
            body["errors"]["username"],
        )
        assert "Retry-After" not in headers
        server.login("analyst@example.com")
    with Sandbox(PROGRAM, 60, "--no-throttle") as server:
        for _ in range(12):
            server.ask("POST", "/api/session", wrong, {})
        server.login("admin@example.com")


@by_itself
def state_survives_a_kill():
    with tempfile.TemporaryDirectory() as folder:
        state = os.path.join(folder, "state.db")
        server = Sandbox(PROGRAM, 55, "--state", state)
        card = server.post("/api/card", card_body(dataset_query=native("{{country}}", tag(server))))
        fields = server.get("/api/database/1/fields")
        number = board(server)
        server.put(
            "/api/dashboard/%d" % number,
            {
                "tabs": [{"id": -1, "name": "T"}],
                "dashcards": [dashcard(-1, card["id"], dashboard_tab_id=-1)],
            },
        )
        before = server.get("/api/dashboard/%d" % number)
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        with Sandbox(PROGRAM, 55, "--state", state) as again:
            after = again.get("/api/dashboard/%d" % number)
            assert [after[k] for k in ("entity_id", "tabs", "updated_at")] == [
                before[k] for k in ("entity_id", "tabs", "updated_at")
            ]
            assert after["dashcards"][0]["id"] == before["dashcards"][0]["id"]
            assert again.get("/api/database/1/fields") == fields
            assert len(again.get("/api/api-key")) == 1
        with Sandbox(PROGRAM, 60, "--state", state) as newer:
            one, two = [newer.get("/api/card/%d" % card["id"])["dataset_query"] for _ in range(2)]
            assert (
                one["lib.convert/converted?"] is True
                and one["stages"][0]["native"] == "{{country}}"
            )
            uuid = lambda query: query["stages"][0]["template-tags"]["country"]["dimension"][1][
                "lib/uuid"
            ]
            assert uuid(one) != uuid(
                two
            ), "a query stored before 0.57 gets fresh uuids at each read"
            saved = newer.put(
                "/api/card/%d" % card["id"], {"dataset_query": native("{{country}}", tag(newer))}
            )["dataset_query"]
            assert "lib.convert/converted?" not in saved
            assert newer.get("/api/card/%d" % card["id"])["dataset_query"] == saved


@by_itself
def vanished_tables_and_columns_revive_under_their_ids():
    with tempfile.TemporaryDirectory() as folder:
        ddl = os.path.join(folder, "t.sql")
        write = lambda text: open(ddl, "w").write(text)
        write("CREATE TABLE d.a (x INT64, y STRING);\nCREATE TABLE d.b (z DATE);\n")
        with Sandbox(PROGRAM, 60, "--catalogue", ddl, tables=False) as server:
            listed = lambda: {
                (f["table_name"], f["name"]): f["id"] for f in server.get("/api/database/1/fields")
            }
            before = listed()
            assert set(before) == {("a", "x"), ("a", "y"), ("b", "z")}
            write("CREATE TABLE d.a (x INT64, w STRING);\n")
            assert server.post("/api/database/1/sync_schema", {}) == {"status": "ok"}
            assert listed() == before, "the answer comes at once, the sync later"
            time.sleep(0.8)
            after = listed()
            assert set(after) == {("a", "x"), ("a", "w")} and after["a", "x"] == before["a", "x"]
            gone = [
                t for t in server.get("/api/database/1/metadata")["tables"] if t["name"] == "b"
            ][0]
            assert gone["active"] is False
            assert len(server.get("/api/database/1/metadata?remove_inactive=true")["tables"]) == 1
            write("CREATE TABLE d.a (x INT64, y STRING);\nCREATE TABLE d.b (z DATE);\n")
            server.post("/api/database/1/sync_schema", {})
            time.sleep(0.8)
            assert listed() == before


class Warehouse(http.server.BaseHTTPRequestHandler):
    """The two methods of BigQuery's REST API that a sync reads, over two pages of tables."""

    tables = {
        "orders": [
            {"name": "id", "type": "INTEGER", "mode": "REQUIRED", "description": "Its number"},
            {"name": "day", "type": "DATE"},
            {"name": "tags", "type": "STRING", "mode": "REPEATED"},
            {"name": "where", "type": "RECORD", "fields": [{"name": "city", "type": "STRING"}]},
        ],
        "raw%20x": [{"name": "at", "type": "TIMESTAMP"}],
    }
    prefix = "/bigquery/v2/projects/p/datasets/shop/tables"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        names = sorted(self.tables)
        if path == self.prefix:
            second = "pageToken=a%2Fb" in query
            page = [
                {"tableReference": {"tableId": urllib.parse.unquote(n)}}
                for n in names[second : second + 1]
            ]
            self.reply({"tables": page, **({} if second else {"nextPageToken": "a/b"})})
        elif path.startswith(self.prefix + "/"):
            name = path[len(self.prefix) + 1 :]
            reference = {"datasetId": "shop", "tableId": urllib.parse.unquote(name)}
            self.reply(
                {
                    "tableReference": reference,
                    "description": "About " + name,
                    "schema": {"fields": self.tables[name]},
                    "timePartitioning": {"field": "day"},
                }
            )
        else:
            self.send_error(404)

    def reply(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@by_itself
def tables_come_from_the_warehouse():
    warehouse = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Warehouse)
    threading.Thread(target=warehouse.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d/" % warehouse.server_port
    with Sandbox(
        PROGRAM, 57, "--warehouse", url, "--project", "p", "--dataset", "shop", tables=False
    ) as server:
        fields = {(f["table_name"], f["name"]): f for f in server.get("/api/database/1/fields")}
        assert {key: f["base_type"] for key, f in fields.items()} == {
            ("orders", "id"): "type/Integer",
            ("orders", "day"): "type/Date",
            ("orders", "tags"): "type/Array",
            ("orders", "where"): "type/Dictionary",
            ("orders", "city"): "type/Text",
            ("raw x", "at"): "type/DateTimeWithLocalTZ",
        }
        table = server.get("/api/table/%d/query_metadata" % fields["orders", "id"]["table_id"])
        whole = {f["name"]: f for f in table["fields"]}
        assert table["schema"] == "shop" and table["description"] == "About orders"
        assert whole["day"]["database_partitioned"] and whole["id"]["description"] == "Its number"
        assert whole["city"]["nfc_path"] == ["where"] and whole["id"]["database_required"]
        assert server.post("/api/database/1/sync_schema", {}) == {"status": "ok"}
        warehouse.shutdown()
        warehouse.server_close()
        time.sleep(4.5)
        assert (
            len(server.get("/api/database/1/fields")) == 6
        ), "a sync that fails leaves what was there"
        assert server.ask("POST", "/api/database/1/sync_schema", {})[0] == 422


@by_itself
def an_unreachable_warehouse_is_told():
    with Sandbox(
        PROGRAM, 60, "--warehouse", "http://127.0.0.1:1", "--project", "p", "--dataset", "shop"
    ) as server:
        assert (
            server.get("/api/database/1/fields") == []
        ), "neither half of the tables is taken for all"
        status, body, _ = server.ask("POST", "/api/database/1/sync_schema", {})
        assert status == 422 and body, body
        assert "127.0.0.1:1" in server.said()


@by_itself
def it_listens_on_loopback_only():
    with Sandbox(PROGRAM, 60) as server:
        with open("/proc/net/tcp") as table:
            held = [
                line.split()[1]
                for line in table
                if ":%04X " % server.port in line and " 0A " in line
            ]
        assert held == ["0100007F:%04X" % server.port], held


@by_itself
def bodies_have_a_limit():
    with Sandbox(PROGRAM, 60) as server:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        part = b" " * (1 << 20)
        link.putrequest("POST", "/api/card")
        link.putheader("content-length", str(70 << 20))
        link.putheader("x-api-key", "local")
        link.endheaders()
        for _ in range(70):
            link.send(part)
        assert link.getresponse().status == 413
        link.close()
        assert server.get("/api/health") == {"status": "ok"}


@by_itself
def it_starts_fast():
    best = 9
    for _ in range(3):
        began = time.monotonic()
        with Sandbox(PROGRAM, 60):
            best = min(best, time.monotonic() - began)
    assert best < 1, best


def main():
    runs = [
        ("%s at %d" % (test.__name__, version), test, version)
        for test in each
        for version in VERSIONS
    ]
    runs += [(test.__name__, test, None) for test in alone]
    print("1..%d" % len(runs))
    failed = 0
    for number, (name, test, version) in enumerate(runs, 1):
        try:
            if version:
                with Sandbox(PROGRAM, version) as server:
                    test(server, version)
            else:
                test()
            print("ok %d - %s" % (number, name.replace("_", " ")))
        except Exception:
            failed += 1
            print("not ok %d - %s" % (number, name.replace("_", " ")))
            print("".join("# %s\n" % line for line in traceback.format_exc().splitlines()), end="")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
