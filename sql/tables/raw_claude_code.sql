CREATE TABLE IF NOT EXISTS `${dataset}.raw_claude_code` (
  usage_date        DATE NOT NULL      OPTIONS (description = "UTC day that the record describes"),
  actor_type        STRING             OPTIONS (description = "user_actor or api_actor"),
  actor_email       STRING             OPTIONS (description = "E-mail of the actor; NULL for a key"),
  api_key_name      STRING             OPTIONS (description = "Name of the key; NULL for a person"),
  customer_type     STRING             OPTIONS (description = "api or subscription: who pays for the tokens"),
  subscription_type STRING             OPTIONS (description = "Plan of the subscription"),
  terminal_type     STRING             OPTIONS (description = "Where it ran: vscode, iTerm, tmux, …"),
  sessions          INT64              OPTIONS (description = "Sessions started"),
  loc_added         INT64              OPTIONS (description = "Lines of code added"),
  loc_removed       INT64              OPTIONS (description = "Lines of code removed"),
  commits           INT64              OPTIONS (description = "Commits made"),
  pull_requests     INT64              OPTIONS (description = "Pull requests opened"),
  accepts           INT64              OPTIONS (description = "Proposed edits accepted, over all tools"),
  rejects           INT64              OPTIONS (description = "Proposed edits rejected, over all tools"),
  models            ARRAY<STRUCT<
    model STRING,
    input_tokens INT64,
    output_tokens INT64,
    cache_read_tokens INT64,
    cache_creation_tokens INT64,
    estimated_text STRING,
    estimated_usd NUMERIC
  >> OPTIONS (description = "Tokens and the vendor's estimate of their cost, by model"),
  ingest_date       DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at        TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id            STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload           STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal           INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY usage_date
CLUSTER BY actor_email
OPTIONS (description = "Claude Code activity: one row a day, actor and terminal, as the vendor reports it.");
