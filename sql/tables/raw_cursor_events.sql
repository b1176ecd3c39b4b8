CREATE TABLE IF NOT EXISTS `${dataset}.raw_cursor_events` (
  usage_date         DATE NOT NULL      OPTIONS (description = "UTC day that the record describes"),
  event_at           TIMESTAMP NOT NULL OPTIONS (description = "Moment of the event"),
  user_email         STRING             OPTIONS (description = "E-mail as received"),
  model              STRING             OPTIONS (description = "Model as the vendor names it"),
  kind               STRING             OPTIONS (description = "The vendor's wording of how it was paid; for reading, not for joining"),
  is_chargeable      BOOL               OPTIONS (description = "Whether it is charged on top of the plan"),
  is_token_based     BOOL               OPTIONS (description = "Whether it was priced by tokens"),
  is_headless        BOOL               OPTIONS (description = "Whether it ran without an editor"),
  max_mode           BOOL               OPTIONS (description = "Whether it ran with the largest context"),
  input_tokens       INT64              OPTIONS (description = "Input tokens at the full price"),
  output_tokens      INT64              OPTIONS (description = "Tokens written by the model"),
  cache_write_tokens INT64              OPTIONS (description = "Input tokens written to the cache"),
  cache_read_tokens  INT64              OPTIONS (description = "Input tokens read from the cache"),
  requests_costs     NUMERIC            OPTIONS (description = "Requests that the event counts for"),
  model_text         STRING             OPTIONS (description = "Cents for the model, as received"),
  model_usd          NUMERIC            OPTIONS (description = "The same in dollars"),
  charged_text       STRING             OPTIONS (description = "Cents charged, fee included, as received"),
  charged_usd        NUMERIC            OPTIONS (description = "The same in dollars"),
  fee_text           STRING             OPTIONS (description = "Cents of the vendor's own fee, as received"),
  fee_usd            NUMERIC            OPTIONS (description = "The same in dollars"),
  event_hash         STRING NOT NULL    OPTIONS (description = "Identity of the event: the vendor gives none"),
  ingest_date        DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at         TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id             STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload            STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal            INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY usage_date
CLUSTER BY user_email, model
OPTIONS (description = "Cursor usage events: one row a request, with its tokens and its price.");
