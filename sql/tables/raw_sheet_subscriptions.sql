CREATE TABLE IF NOT EXISTS `${dataset}.raw_sheet_subscriptions` (
  snapshot_date DATE NOT NULL      OPTIONS (description = "UTC day of the fetch; the record has no other day"),
  platform      STRING             OPTIONS (description = "anthropic or cursor"),
  plan          STRING             OPTIONS (description = "Name of the plan"),
  seats         INT64              OPTIONS (description = "Seats paid for"),
  monthly_usd   NUMERIC            OPTIONS (description = "Price of one seat a month, in dollars"),
  valid_from    DATE               OPTIONS (description = "First day of the price"),
  valid_to      DATE               OPTIONS (description = "Day after the last of the price; NULL while it holds"),
  cell          STRING NOT NULL    OPTIONS (description = "Address of the row's first cell, such as api_keys!A7"),
  problem       STRING             OPTIONS (description = "Why the row is ignored; NULL when it is good"),
  ingest_date   DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at    TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id        STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload       STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal       INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY snapshot_date
OPTIONS (description = "Tab subscriptions of the mapping sheet: seats that are paid by the month.");
