"""Holds the facts of a dataset against what the vendors say was used and spent."""
import decimal

from programs import DAY, check

USAGE = "uncached_input_tokens cache_read_tokens cache_5m_tokens cache_1h_tokens output_tokens".split()
EVENTS = "input_tokens output_tokens cache_write_tokens cache_read_tokens".split()


def compare_truth(tap, vendors, ingest):
    for day, truth in vendors.truth("2026-11-19", DAY).items():
        found = ingest.query(f"""
            SELECT
              (SELECT SUM(total_tokens) FROM `$fct_usage_daily` WHERE product = 'api' AND usage_date = '{day}'),
              (SELECT SUM(total_tokens) FROM `$fct_usage_daily` WHERE product = 'cursor' AND usage_date = '{day}'),
              (SELECT SUM(requests) FROM `$fct_usage_daily` WHERE product = 'cursor' AND usage_date = '{day}'),
              (SELECT SUM(accepts) FROM `$fct_usage_daily` WHERE product = 'claude_code' AND usage_date = '{day}')""")[0]
        events = truth["cursor_events"]
        check(tap, f"{day}: tokens and counts are the vendors'", [
            sum(truth["anthropic_usage"][name] for name in USAGE), sum(events[name] for name in EVENTS),
            events["rows"], truth["claude_code"]["accepts"]], [int(value or 0) for value in found])
        found = dict(ingest.query(f"""
            SELECT cost_type, CAST(SUM(list_usd) AS STRING) FROM `$fct_cost_daily`
            WHERE cost_date = '{day}' AND cost_type != 'subscription' GROUP BY cost_type"""))
        check(tap, f"{day}: dollars are the vendors' to the last digit",
              [decimal.Decimal(truth["anthropic_cost"]["usd"]), decimal.Decimal(events["overage_usd"]),
               decimal.Decimal(events["included_usd"])],
              [decimal.Decimal(found.get(name) or 0) for name in ("usage", "overage", "included")])
