"""Both facts, row by row, from what the vendors say, by the rules that the data model states in words:
who is behind an e-mail and a key on a day, what legacy costs are spread over, which family a day takes."""
import calendar
import collections
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from figures_vendors import days_from, good_rows

FIRST, OPEN, NOBODY = "1970-01-01", "9999-12-31", "(unattributed)"
TOKENS = {"uncached_input_tokens": "uncached_input_tokens", "cache_read_input_tokens": "cache_read_tokens",
          "output_tokens": "output_tokens", "cache_creation.ephemeral_5m_input_tokens": "cache_creation_tokens",
          "cache_creation.ephemeral_1h_input_tokens": "cache_creation_tokens"}
COUNTS = ("uncached_input_tokens cache_read_tokens cache_creation_tokens output_tokens total_tokens requests "
          "web_search_requests sessions loc_added loc_removed loc_accepted accepts rejects commits "
          "pull_requests").split()
USAGE_KEYS = "usage_date platform product workspace_id api_key_id user_email model".split()
COST_KEYS = ("cost_date platform product workspace_id api_key_id user_email cost_type component model "
             "cost_basis").split()
WHO = "department team attribution".split()


def clean(email):
    return (email or "").strip().lower()


def places(value, count):
    """A fraction rounded to so many places, halves away from zero."""
    scaled = abs(value) * 10 ** count
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-count)


def spread(amount, bases):
    """An amount over keys in proportion; the largest base, then the smallest name, takes what rounding left."""
    total = sum(bases.values())
    shares = {key: places(Fraction(places(Fraction(amount) * base / total, 9)), 6) for key, base in bases.items()}
    largest = min(bases, key=lambda key: (-bases[key], key))
    shares[largest] += amount - sum(shares.values())
    return shares


class Versions:
    """What held from which day on: a later word about a day replaces an earlier one."""

    def __init__(self):
        self.list = []                  # (from, to, what), in the order told

    def tell(self, first, what):
        self.list = [(start, min(end, first), old) for start, end, old in self.list if start < min(end, first)]
        self.list.append((first, OPEN, what))

    def on(self, day):
        return next((what for start, end, what in self.list if start <= day < end), None)

    def now(self):
        return self.list[-1][2]


class People:
    """Who is behind an e-mail, and where that person belonged on a day. `snapshots` is {day: Told}, in order."""

    def __init__(self, snapshots):
        latest, self.history, self.known = {}, {}, {}
        sheets = {day: good_rows(told.sheet["people"], ["email"], ["email", "department"])
                  for day, told in snapshots.items()}
        for day, rows in sheets.items():
            latest.update({clean(row["email"]): (day, row) for row in rows})
        names = [(day, 1, main, main) for main, (day, _) in latest.items()]
        names += [(day, 0, clean(alias), main) for main, (day, row) in latest.items()
                  for alias in row["aliases"].split(",") if clean(alias)]
        self.main = {email: main for _, _, email, main in sorted(names, key=lambda name: (name[:2], name[2]))}
        for day, rows in sheets.items():
            for row in rows:
                self.place(clean(row["email"]), day, row)
        self.strangers(snapshots)

    def place(self, email, day, row):
        what = {"first_name": row["first_name"] or None, "last_name": row["last_name"] or None,
                "department": row["department"] or "(none)", "team": row["team"] or "(none)",
                "is_active": row["is_active"].lower() not in ("false", "no", "0")}
        if self.main[email] != email:
            return
        versions = self.history.setdefault(email, Versions())
        if not versions.list or versions.now() != what:
            versions.tell(day if versions.list else FIRST, what)

    def strangers(self, snapshots):
        """People whom the sheet does not know have a name at most; Anthropic's word comes before Cursor's."""
        for told in reversed(list(snapshots.values())):
            for row in told.users:
                self.known.setdefault(self.person(row["email"]), (row["name"], True))
        for told in reversed(list(snapshots.values())):
            for row in told.members:
                self.known.setdefault(self.person(row["email"]), (row["name"], not row["isRemoved"]))
        for email, (name, active) in self.known.items():
            if email not in self.history:
                self.history[email] = Versions()
                self.history[email].tell(FIRST, {"first_name": name, "last_name": None, "department": "(none)",
                                                 "team": "(none)", "is_active": active})

    def person(self, email):
        return self.main.get(clean(email), clean(email))

    def place_of(self, email, day):
        what = self.history[email].on(day) if email in self.history else None
        return (what["department"], what["team"]) if what else ("(none)", "(none)")


class Keys:
    """Whose a key is on a day: the sheet's owner, else the key's principal, else its creator."""

    def __init__(self, snapshots, people):
        self.history, self.people, self.emails = collections.defaultdict(Versions), people, {}
        for told in snapshots.values():
            self.emails.update({row["id"]: row["email"] for row in told.users})
        vendor, sheet = {}, {}
        for day, told in snapshots.items():
            seen = {row["id"]: row for row in told.keys}
            listed = {row["api_key_id"]: row
                      for row in good_rows(told.sheet["api_keys"], ["api_key_id"], ["api_key_id", "email"])}
            vendor.update(seen)
            sheet.update(listed)
            for key in sorted({*seen, *listed}):
                self.tell(key, day, vendor.get(key, {}), sheet.get(key, {}))

    def owner(self, vendor, sheet):
        principal, creator = vendor.get("principal") or {}, vendor.get("created_by") or {}
        signals = [("sheet", sheet.get("email")),
                   ("principal", principal.get("type") == "user_actor" and self.emails.get(principal["user_id"])),
                   ("creator", creator.get("type") == "user" and self.emails.get(creator["id"]))]
        return next(((self.people.person(email), basis) for basis, email in signals if email), (NOBODY, "(none)"))

    def tell(self, key, day, vendor, sheet):
        email, basis = self.owner(vendor, sheet)
        told_from = sheet.get("valid_from") or None
        what = {"platform": (sheet.get("platform") or "anthropic").lower(),
                "api_key_name": vendor.get("name") or sheet.get("api_key_name") or None,
                "workspace_id": (vendor.get("scope") or {}).get("workspace_id") or "(default)",
                "status": vendor.get("status"), "expires_at": vendor.get("expires_at"),
                "owner_email": email, "owner_basis": basis, "told_from": told_from,
                "team": sheet.get("team") or "(none)", "project": sheet.get("project") or "(none)",
                "purpose": sheet.get("purpose") or None}
        versions = self.history[key]
        before = versions.now() if versions.list else None
        if before == what:
            return
        owned = any(old["owner_basis"] != "(none)" for _, _, old in versions.list)
        if before is None:
            first = FIRST
        elif all(before[name] == what[name] for name in ("owner_email", "owner_basis", "told_from")):
            first = day
        else:
            first = told_from or (day if owned or basis == "(none)" else FIRST)
        versions.tell(first, what)

    def now(self):
        return {key: versions.now() for key, versions in self.history.items()}

    def owner_on(self, key, day):
        what = self.history[key].on(day) if key in self.history else None
        return (what["owner_email"], what["owner_basis"]) if what else (NOBODY, "(none)")

    def named(self, name, day):
        """The one key that had the name that day, or (none)."""
        found = [key for key, versions in self.history.items() for what in [versions.on(day)]
                 if what and what["api_key_name"] == name and what["platform"] == "anthropic"]
        return found[0] if len(found) == 1 else "(none)"


class Facts:
    """`loaded` is {stream: {day: rows}}, as the last load of each day brought them; `usage` and `cost` come out
    as lists of dicts, one a row of the fact."""

    def __init__(self, snapshots, loaded):
        self.people = People(snapshots)
        self.keys = Keys(snapshots, self.people)
        self.loaded, self.told = loaded, list(snapshots.values())[-1]
        self.days = sorted({day for stream in loaded.values() for day in stream})
        self.with_analytics = set(loaded["anthropic_usage_analytics"]) & set(loaded["anthropic_cost_analytics"])
        self.table = {}
        self.api_usage(), self.code_usage(), self.cursor_usage()
        self.usage = self.rows(USAGE_KEYS, COUNTS)
        self.table = {}
        self.legacy_cost(), self.analytics_cost(), self.cursor_cost(), self.seats()
        self.cost = self.rows(COST_KEYS, ["cost_usd", "list_usd"])

    def add(self, day, email, key, grain, **figures):
        """Adds figures to the row of the person behind the e-mail, or behind the key on that day."""
        if clean(email):
            person, attribution = self.people.person(email), "email"
        else:
            person, attribution = self.keys.owner_on(key, day)
            attribution = {"(none)": "unattributed"}.get(attribution, attribution)
        place = (*grain[:4], key, person, *grain[4:])
        grounds, sums = self.table.setdefault(place, (set(), collections.Counter()))
        grounds.add(attribution)
        for name, figure in figures.items():
            sums[name] += figure

    def rows(self, keys, figures):
        result = []
        for place, (grounds, sums) in self.table.items():
            row = dict(zip(keys, place))
            department, team = self.people.place_of(row["user_email"], place[0])
            attribution = "email" if "email" in grounds else min(grounds)
            row.update(department=department, team=team, attribution=attribution)
            row.update({name: sums.get(name) for name in figures})
            result.append(row)
        return result

    def of(self, stream, days=None):
        return [row for day, rows in self.loaded[stream].items() if days is None or (day in self.with_analytics) == days
                for row in rows]

    def api_usage(self):
        for stream, analytics in (("anthropic_usage", False), ("anthropic_usage_analytics", True)):
            for row in self.of(stream, analytics):
                written = row["cache_creation"]
                counts = {"uncached_input_tokens": row["uncached_input_tokens"],
                          "cache_read_tokens": row["cache_read_input_tokens"], "output_tokens": row["output_tokens"],
                          "cache_creation_tokens":
                              written["ephemeral_5m_input_tokens"] + written["ephemeral_1h_input_tokens"]}
                counts.update(total_tokens=sum(counts.values()),
                              web_search_requests=row["server_tool_use"]["web_search_requests"])
                if analytics:
                    counts["requests"] = row["requests"]
                self.add(row["day"], (row.get("actor") or {}).get("email_address"), row["api_key_id"] or "(none)",
                         (row["day"], "anthropic", "api", row["workspace_id"] or "(default)", row["model"] or "(none)"),
                         **counts)

    def code_usage(self):
        for row in self.of("claude_code"):
            email, name, core = row["actor"].get("email_address"), row["actor"].get("api_key_name"), row["core_metrics"]
            key = self.keys.named(name, row["day"])
            grain = (row["day"], "anthropic", "claude_code", "(none)")
            self.add(row["day"], email, key, (*grain, "(none)"), sessions=core["num_sessions"],
                     loc_added=core["lines_of_code"]["added"], loc_removed=core["lines_of_code"]["removed"],
                     commits=core["commits_by_claude_code"], pull_requests=core["pull_requests_by_claude_code"],
                     accepts=sum(tool["accepted"] for tool in row["tool_actions"].values()),
                     rejects=sum(tool["rejected"] for tool in row["tool_actions"].values()))
            for used in row["model_breakdown"] if row["customer_type"] == "subscription" else []:
                tokens = used["tokens"]
                self.add(row["day"], email, key, (*grain, used["model"]), uncached_input_tokens=tokens["input"],
                         cache_read_tokens=tokens["cache_read"], cache_creation_tokens=tokens["cache_creation"],
                         output_tokens=tokens["output"], total_tokens=sum(tokens.values()))

    def cursor_usage(self):
        for row in self.of("cursor_events"):
            tokens = row.get("tokenUsage", {})
            counts = {name: tokens.get(theirs, 0) for name, theirs in (
                ("uncached_input_tokens", "inputTokens"), ("cache_read_tokens", "cacheReadTokens"),
                ("cache_creation_tokens", "cacheWriteTokens"), ("output_tokens", "outputTokens"))}
            self.add(row["day"], row["userEmail"], "(none)", (row["day"], "cursor", "cursor", "(none)", row["model"]),
                     **counts, total_tokens=sum(counts.values()), requests=1)
        for row in self.of("cursor_usage"):
            counts = {name: row.get(theirs, 0) for name, theirs in (
                ("loc_added", "totalLinesAdded"), ("loc_removed", "totalLinesDeleted"),
                ("loc_accepted", "acceptedLinesAdded"), ("accepts", "totalAccepts"), ("rejects", "totalRejects"))}
            if row["isActive"] or any(counts.values()):
                self.add(row["day"], row["email"], "(none)", (row["day"], "cursor", "cursor", "(none)", "(none)"),
                         **counts)

    def bases(self):
        """Tokens by kind, and searches, of each key: by all that a cost row names, and by less of it."""
        exact, loose = (collections.defaultdict(collections.Counter) for _ in range(2))
        for row in self.of("anthropic_usage"):
            written, key = row["cache_creation"], row["api_key_id"] or "(none)"
            kinds = {kind: row.get(kind, 0) for kind in TOKENS}
            kinds.update({f"cache_creation.{name}": count for name, count in written.items()})
            place = (row["day"], row["workspace_id"])
            tier = row["service_tier"] or ""
            for kind, count in kinds.items():
                names = (row["model"], tier, row["context_window"], row["inference_geo"])
                exact[(*place, kind, *names)][key] += count
                if not tier.startswith("priority"):
                    loose[(*place, kind, row["model"])][key] += count
            if not tier.startswith("priority"):
                loose[(*place, "web_search")][key] += row["server_tool_use"]["web_search_requests"]
        return exact, loose

    def legacy_cost(self):
        exact, loose = self.bases()
        for row in self.of("anthropic_cost", False):
            place, kind = (row["day"], row["workspace_id"]), row["token_type"]
            if row["cost_type"] == "web_search":
                found = [loose[(*place, "web_search")]]
            elif row["cost_type"] == "tokens":
                names = (row["model"], row["service_tier"] or "", row["context_window"], row["inference_geo"])
                found = [exact[(*place, kind, *names)], loose[(*place, kind, row["model"])]]
            else:
                found = []
            found = [{key: base for key, base in bases.items() if base > 0} for bases in found]
            bases = next(filter(None, found), None)
            shares = spread(row["usd"], bases) if bases else {"(none)": row["usd"]}
            for key, usd in shares.items():
                owner = (None, key) if bases else (None, "(none)")
                self.add(row["day"], *owner, (
                    row["day"], "anthropic", "api", row["workspace_id"] or "(default)", "usage", row["cost_type"],
                    row["model"] or "(none)", "allocated" if bases else "residual"), cost_usd=usd, list_usd=usd)

    def analytics_cost(self):
        for row in self.of("anthropic_cost_analytics", True):
            self.add(row["day"], (row["actor"] or {}).get("email_address"), row["api_key_id"] or "(none)", (
                row["day"], "anthropic", "api", row["workspace_id"] or "(default)", "usage", row["cost_type"],
                row["model"] or "(none)", "reported"), cost_usd=row["usd"], list_usd=row["list_usd"])

    def cursor_cost(self):
        for row in self.of("cursor_events"):
            chargeable = row["isChargeable"]
            self.add(row["day"], row["userEmail"], "(none)", (
                row["day"], "cursor", "cursor", "(none)", "overage" if chargeable else "included", "event",
                row["model"], "reported"), cost_usd=row["usd"] if chargeable else Decimal(0), list_usd=row["usd"])

    def seats(self):
        """A month's price over the month's days; the first day takes what rounding left."""
        plans = good_rows(self.told.sheet["subscriptions"], ["platform", "plan", "valid_from"],
                          ["platform", "plan", "seats", "monthly_usd", "valid_from"])
        for row in plans:
            month_usd = Decimal(row["monthly_usd"]) * int(row["seats"])
            platform = row["platform"].lower()
            for day in self.days:
                if not row["valid_from"] <= day < (row["valid_to"] or OPEN):
                    continue
                count = calendar.monthrange(int(day[:4]), int(day[5:7]))[1]
                shares = spread(month_usd, {number: 1 for number in range(1, count + 1)})
                usd = shares[int(day[8:])]
                self.add(day, None, "(none)", (
                    day, platform, "claude_code" if platform == "anthropic" else platform, "(none)", "subscription",
                    "seat", "(none)", "reported"), cost_usd=usd, list_usd=usd)
