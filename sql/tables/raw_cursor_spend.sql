CREATE TABLE IF NOT EXISTS `${dataset}.raw_cursor_spend` (
  snapshot_date DATE NOT NULL      OPTIONS (description = "UTC day of the fetch; the record has no other day"),
  user_id       STRING             OPTIONS (description = "Vendor's id of the member"),
  user_email    STRING             OPTIONS (description = "E-mail as received"),
  role          STRING             OPTIONS (description = "Role in the team"),
  cycle_start   TIMESTAMP          OPTIONS (description = "Start of the billing cycle"),
  spend_text    STRING             OPTIONS (description = "Cents on top of the plan, as received"),
  spend_usd     NUMERIC            OPTIONS (description = "The same in dollars"),
  overall_text  STRING             OPTIONS (description = "Cents with the plan's allowance, as received"),
  overall_usd   NUMERIC            OPTIONS (description = "The same in dollars"),
  ingest_date   DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at    TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id        STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload       STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal       INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY snapshot_date
OPTIONS (description = "Cursor spend as it stood at the fetch, cumulative in the billing cycle: one row a snapshot and member. Feeds a check, never a fact.");
