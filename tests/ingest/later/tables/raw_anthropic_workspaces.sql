CREATE TABLE IF NOT EXISTS `${dataset}.raw_anthropic_workspaces` (
  snapshot_date DATE NOT NULL      OPTIONS (description = "UTC day of the fetch; the record has no other day"),
  workspace_id  STRING NOT NULL    OPTIONS (description = "Vendor's id of the workspace"),
  name          STRING             OPTIONS (description = "Name of the workspace"),
  ingest_date   DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at    TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id        STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload       STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal       INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY snapshot_date
OPTIONS (description = "Anthropic workspaces as they stood at the fetch.");
