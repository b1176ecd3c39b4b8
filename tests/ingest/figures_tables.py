"""The views, as groups and sums of both facts and of what was told of each stream and day. A table is a list
of dicts; a sum of nothing but gaps is a gap (None)."""
import collections
from fractions import Fraction

NO_ID = ("(none)", "(default)")


def total(rows, name):
    figures = [row[name] for row in rows if row[name] is not None]
    return sum(figures) if figures else None


def ratio(part, whole):
    return Fraction(part) / Fraction(whole) if whole and part is not None else None


def grouped(rows, keys, **columns):
    """One row a combination of the keys; each further column is a function of the rows behind it, or True: its sum."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys)].append(row)
    return [{**dict(zip(keys, place)), **{name: total(rows, name) if column is True else column(rows)
                                         for name, column in columns.items()}} for place, rows in groups.items()]


def zero(value):
    return 0 if value is None else value


class Tables:
    def __init__(self, facts, tries):
        self.facts, self.tries = facts, tries
        self.usage, self.cost = facts.usage, facts.cost
        self.keys = facts.keys.now()
        self.monthly_finance = self.months()
        self.cost_allocation = self.allocation()
        self.productivity_metrics = self.productivity()
        self.daily_activity = self.activity()
        self.dim_users = [{"user_email": email, **versions.now()} for email, versions in facts.people.history.items()]
        self.dim_api_keys = [{"api_key_id": key, **what} for key, what in self.keys.items()]
        self.dim_users_history = self.versions("user_email", facts.people.history)
        self.dim_api_keys_history = self.versions("api_key_id", facts.keys.history)
        self.dim_workspaces = [{"workspace_id": place, "name": name} for place, name in self.workspace_names().items()]
        self.user_emails = [{"email": email, "user_email": main} for email, main in facts.people.main.items()]
        self.key_owners = [{"api_key_id": row["api_key_id"], "valid_from": row["valid_from"],
                            "valid_to": row["valid_to"], "user_email": row["owner_email"],
                            "attribution": row["owner_basis"]}
                           for row in self.dim_api_keys_history if row["owner_basis"] != "(none)"]
        self.analytics_days = [{"day": day} for day in facts.with_analytics]
        self.raw_days = [{"stream": stream, "day": day, "raw_rows": good[-1]["rows"]}
                         for (stream, day), told in self.by_day(tries).items()
                         for good in [[row for row in told if row["status"] in ("ok", "empty")]]
                         if good and good[-1]["rows"]]
        self.user_profiles = self.profiles()
        self.cursor_seats = self.seats()
        self.coverage_current = self.coverage()
        self.revisions = self.revised()

    @staticmethod
    def versions(key, history):
        return [{key: name, **what, "valid_from": start, "valid_to": end} for name, versions in history.items()
                for start, end, what in versions.list if start < end]

    def months(self):
        rows = [{**row, "month": row["cost_date"][:8] + "01"} for row in self.cost]
        return grouped(rows, "month platform product cost_type department team".split(), cost_usd=True, list_usd=True,
                       attributed_usd=lambda rows: sum(row["cost_usd"] for row in rows
                                                       if row["attribution"] != "unattributed"),
                       last_day=lambda rows: max(row["cost_date"] for row in rows))

    def workspace_names(self):
        """Those of the list; an id that only keys have is the default workspace, which no list shows."""
        names = {row["workspace_id"]: "Default" for row in self.keys.values()}
        names.update({row["id"]: row["name"] for row in self.facts.told.workspaces})
        return {**names, "(default)": "Default"}

    def allocation(self):
        names, nothing = self.workspace_names(), {"api_key_name": None, "project": "(none)"}
        rows = []
        for row in self.cost:
            key = self.keys.get(row["api_key_id"], nothing)
            rows.append({**row, "workspace": names.get(row["workspace_id"], row["workspace_id"]),
                         "api_key": key["api_key_name"] or row["api_key_id"], "project": key["project"]})
        return grouped(rows, ("cost_date platform product department team workspace api_key project user_email model "
                              "cost_type attribution cost_basis").split(), cost_usd=True, list_usd=True)

    def productivity(self):
        acts = "sessions requests accepts rejects loc_added loc_removed loc_accepted commits pull_requests".split()
        sums = {name: True for name in (*acts, "total_tokens")}
        return grouped(self.usage, "usage_date platform product user_email department team".split(), **sums,
                       active_users=lambda rows: int(any(zero(row[name]) for row in rows
                                                         for name in (*acts, "total_tokens"))))

    def activity(self):
        counts = ("requests sessions uncached_input_tokens cache_read_tokens cache_creation_tokens output_tokens "
                  "total_tokens loc_added loc_accepted accepts rejects commits pull_requests").split()
        place = "platform product user_email department team model".split()
        used = [{"day": row["usage_date"], **{name: row[name] for name in place}, "cost_usd": 0,
                 **{name: zero(row[name]) for name in counts}} for row in self.usage]
        return used + [{"day": row["cost_date"], **{name: row[name] for name in place}, "cost_usd": row["cost_usd"],
                        **{name: 0 for name in counts}} for row in self.cost]

    def profiles(self):
        days = collections.defaultdict(set)
        for row in self.usage:
            days[row["user_email"]].add(row["usage_date"])
        return [{"user_email": row["user_email"],
                 "full_name": " ".join(filter(None, (row["first_name"], row["last_name"]))) or row["user_email"],
                 "department": row["department"], "team": row["team"], "is_active": row["is_active"],
                 "first_day": min(days[row["user_email"]], default=None),
                 "last_day": max(days[row["user_email"]], default=None)} for row in self.dim_users]

    def seats(self):
        """Members who have not left, with the latest day on which Cursor saw them."""
        people, last = {row["user_email"]: row for row in self.dim_users}, {}
        for row in self.usage:
            if row["platform"] == "cursor":
                last[row["user_email"]] = max(row["usage_date"], last.get(row["user_email"], ""))
        members = [(self.facts.people.person(row["email"]), row["role"]) for row in self.facts.told.members
                   if not row["isRemoved"]]
        nowhere = {"department": "(none)", "team": "(none)"}
        return [{"user_email": email, "role": role, "department": people.get(email, nowhere)["department"],
                 "team": people.get(email, nowhere)["team"], "last_day": last.get(email)} for email, role in members]

    def coverage(self):
        rows = []
        for (stream, day), tries in self.by_day(self.tries).items():
            good = [told for told in tries if told["status"] in ("ok", "empty")]
            data = good[-1] if good else None
            rows.append({"stream": stream, "day": day, "tries": len(tries),
                         **{name: tries[-1][name] for name in ("status", "settled", "run_id", "recorded_at")},
                         "data_status": data and data["status"], "data_rows": data and data["rows"],
                         "sum_tokens": data and data["tokens"], "sum_usd": data and data["usd"],
                         "data_fetched_at": data and data["recorded_at"]})
        return rows

    @staticmethod
    def by_day(tries):
        days = collections.defaultdict(list)
        for told in tries:
            days[told["stream"], told["day"]].append(told)
        return days

    def revised(self):
        """Loads of a day whose rows or sums differ from those of the load before."""
        rows = []
        for (stream, day), tries in self.by_day(self.tries).items():
            good = [told for told in tries if told["status"] in ("ok", "empty")]
            for before, after in zip(good, good[1:]):
                if any(before[name] != after[name] for name in ("rows", "tokens", "usd")):
                    rows.append({"stream": stream, "day": day, "run_id": after["run_id"],
                                 "previous_run_id": before["run_id"], "previous_rows": before["rows"],
                                 "current_rows": after["rows"], "delta_tokens": after["tokens"] - before["tokens"],
                                 "delta_usd": after["usd"] - before["usd"], "recorded_at": after["recorded_at"],
                                 "previous_recorded_at": before["recorded_at"]})
        return rows
