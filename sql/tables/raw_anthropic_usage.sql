CREATE TABLE IF NOT EXISTS `${dataset}.raw_anthropic_usage` (
  usage_date            DATE NOT NULL      OPTIONS (description = "UTC day that the record describes"),
  api_key_id            STRING             OPTIONS (description = "Key that made the requests; NULL for the console"),
  workspace_id          STRING             OPTIONS (description = "Workspace; NULL is the default workspace"),
  model                 STRING             OPTIONS (description = "Model as the vendor names it"),
  service_tier          STRING             OPTIONS (description = "standard, priority, batch, …"),
  context_window        STRING             OPTIONS (description = "Context window, such as 0-200k"),
  inference_geo         STRING             OPTIONS (description = "Region of inference, where the vendor tells"),
  uncached_input_tokens INT64              OPTIONS (description = "Input tokens read at the full price"),
  cache_read_tokens     INT64              OPTIONS (description = "Input tokens read from the cache"),
  cache_5m_tokens       INT64              OPTIONS (description = "Input tokens written to the five-minute cache"),
  cache_1h_tokens       INT64              OPTIONS (description = "Input tokens written to the one-hour cache"),
  output_tokens         INT64              OPTIONS (description = "Tokens written by the model"),
  web_search_requests   INT64              OPTIONS (description = "Web searches that the model made"),
  ingest_date           DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at            TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id                STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload               STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal               INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY usage_date
CLUSTER BY api_key_id, model
OPTIONS (description = "Anthropic message usage report, Admin API: one row a day, key, workspace, model, tier, context window and region.");
