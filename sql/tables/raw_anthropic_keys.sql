CREATE TABLE IF NOT EXISTS `${dataset}.raw_anthropic_keys` (
  snapshot_date   DATE NOT NULL      OPTIONS (description = "UTC day of the fetch; the record has no other day"),
  api_key_id      STRING NOT NULL    OPTIONS (description = "Vendor's id of the key"),
  name            STRING             OPTIONS (description = "Name of the key"),
  status          STRING             OPTIONS (description = "active, inactive, archived, expired"),
  created_at      TIMESTAMP          OPTIONS (description = "When it was made"),
  expires_at      TIMESTAMP          OPTIONS (description = "When it ends; NULL if it does not"),
  created_by_id   STRING             OPTIONS (description = "Who made it"),
  created_by_type STRING             OPTIONS (description = "user or service account"),
  principal_id    STRING             OPTIONS (description = "Who it acts for"),
  principal_type  STRING             OPTIONS (description = "user or service account"),
  workspace_id    STRING             OPTIONS (description = "Workspace of the key's scope"),
  ingest_date     DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at      TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id          STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload         STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal         INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY snapshot_date
OPTIONS (description = "Anthropic API keys as they stood at the fetch. The keys themselves are never seen.");
