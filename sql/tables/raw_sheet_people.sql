CREATE TABLE IF NOT EXISTS `${dataset}.raw_sheet_people` (
  snapshot_date DATE NOT NULL      OPTIONS (description = "UTC day of the fetch; the record has no other day"),
  email         STRING             OPTIONS (description = "Main e-mail of the person"),
  department    STRING             OPTIONS (description = "Department"),
  first_name    STRING             OPTIONS (description = "First name"),
  last_name     STRING             OPTIONS (description = "Last name"),
  team          STRING             OPTIONS (description = "Team within the department"),
  aliases       STRING             OPTIONS (description = "Other e-mails of the person, separated by commas"),
  is_active     BOOL               OPTIONS (description = "Whether the person still works here"),
  cell          STRING NOT NULL    OPTIONS (description = "Address of the row's first cell, such as api_keys!A7"),
  problem       STRING             OPTIONS (description = "Why the row is ignored; NULL when it is good"),
  ingest_date   DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at    TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id        STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload       STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal       INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY snapshot_date
OPTIONS (description = "Tab people of the mapping sheet: who belongs where.");
