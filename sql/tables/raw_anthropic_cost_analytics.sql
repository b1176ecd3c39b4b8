CREATE TABLE IF NOT EXISTS `${dataset}.raw_anthropic_cost_analytics` (
  usage_date       DATE NOT NULL      OPTIONS (description = "UTC day that the record describes"),
  api_key_id       STRING             OPTIONS (description = "Key that made the requests; NULL for the console"),
  workspace_id     STRING             OPTIONS (description = "Workspace; NULL is the default workspace"),
  model            STRING             OPTIONS (description = "Model as the vendor names it"),
  actor_type       STRING             OPTIONS (description = "What kind of actor it was: user, key, …"),
  actor_id         STRING             OPTIONS (description = "Vendor's id of the actor"),
  actor_email      STRING             OPTIONS (description = "E-mail of the actor, as received"),
  vendor_cost_type STRING             OPTIONS (description = "tokens, web_search, code_execution, session_usage"),
  token_type       STRING             OPTIONS (description = "Kind of token that was paid for"),
  currency         STRING             OPTIONS (description = "Currency of the amount; only USD is loaded"),
  amount_text      STRING             OPTIONS (description = "Cents to be invoiced, as received"),
  list_amount_text STRING             OPTIONS (description = "Cents at list price, as received"),
  cost_usd         NUMERIC            OPTIONS (description = "What will be invoiced, in dollars"),
  list_usd         NUMERIC            OPTIONS (description = "The same at list price"),
  ingest_date      DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at       TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id           STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload          STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal          INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY usage_date
CLUSTER BY api_key_id, model
OPTIONS (description = "Anthropic cost by actor, analytics API: one row a day, key, workspace, model, actor, cost type and token type.");
