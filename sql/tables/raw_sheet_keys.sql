CREATE TABLE IF NOT EXISTS `${dataset}.raw_sheet_keys` (
  snapshot_date DATE NOT NULL      OPTIONS (description = "UTC day of the fetch; the record has no other day"),
  api_key_id    STRING             OPTIONS (description = "Key that the row is about"),
  email         STRING             OPTIONS (description = "Owner of the key"),
  api_key_name  STRING             OPTIONS (description = "Name of the key, for the reader"),
  platform      STRING             OPTIONS (description = "anthropic or cursor"),
  purpose       STRING             OPTIONS (description = "What the key is for"),
  team          STRING             OPTIONS (description = "Team that pays"),
  project       STRING             OPTIONS (description = "Project that pays"),
  valid_from    DATE               OPTIONS (description = "First day of this ownership; NULL: always"),
  cell          STRING NOT NULL    OPTIONS (description = "Address of the row's first cell, such as api_keys!A7"),
  problem       STRING             OPTIONS (description = "Why the row is ignored; NULL when it is good"),
  ingest_date   DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at    TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id        STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload       STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal       INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY snapshot_date
OPTIONS (description = "Tab api_keys of the mapping sheet: who owns which key.");
