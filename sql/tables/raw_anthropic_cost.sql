CREATE TABLE IF NOT EXISTS `${dataset}.raw_anthropic_cost` (
  usage_date       DATE NOT NULL      OPTIONS (description = "UTC day that the record describes"),
  workspace_id     STRING             OPTIONS (description = "Workspace; NULL is the default workspace"),
  description      STRING             OPTIONS (description = "What the amount is for, as the vendor words it"),
  vendor_cost_type STRING             OPTIONS (description = "tokens, web_search, code_execution, session_usage"),
  token_type       STRING             OPTIONS (description = "Kind of token that was paid for"),
  model            STRING             OPTIONS (description = "Model as the vendor names it"),
  service_tier     STRING             OPTIONS (description = "standard, batch, …"),
  context_window   STRING             OPTIONS (description = "Context window, such as 0-200k"),
  inference_geo    STRING             OPTIONS (description = "Region of inference, where the vendor tells"),
  currency         STRING             OPTIONS (description = "Currency of the amount; only USD is loaded"),
  amount_text      STRING             OPTIONS (description = "Cents as received"),
  cost_usd         NUMERIC            OPTIONS (description = "The same in dollars"),
  ingest_date      DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at       TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id           STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload          STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal          INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY usage_date
CLUSTER BY workspace_id, model
OPTIONS (description = "Anthropic cost report, Admin API: one row a day, workspace and description.");
