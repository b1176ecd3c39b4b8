CREATE TABLE IF NOT EXISTS `${dataset}.raw_cursor_usage` (
  usage_date                 DATE NOT NULL      OPTIONS (description = "UTC day that the record describes"),
  user_id                    STRING             OPTIONS (description = "Vendor's id of the member"),
  user_email                 STRING             OPTIONS (description = "E-mail as received"),
  is_active                  BOOL               OPTIONS (description = "Whether the member did anything that day"),
  loc_added                  INT64              OPTIONS (description = "Lines added (totalLinesAdded)"),
  loc_removed                INT64              OPTIONS (description = "Lines deleted (totalLinesDeleted)"),
  loc_accepted               INT64              OPTIONS (description = "Lines added by accepted suggestions (acceptedLinesAdded)"),
  loc_accepted_removed       INT64              OPTIONS (description = "Lines deleted by accepted suggestions (acceptedLinesDeleted)"),
  applies                    INT64              OPTIONS (description = "Times a suggestion was applied"),
  accepts                    INT64              OPTIONS (description = "Applied suggestions that were accepted"),
  rejects                    INT64              OPTIONS (description = "Applied suggestions that were rejected"),
  tabs_shown                 INT64              OPTIONS (description = "Completions shown"),
  tabs_accepted              INT64              OPTIONS (description = "Completions accepted"),
  composer_requests          INT64              OPTIONS (description = "Requests of the composer"),
  chat_requests              INT64              OPTIONS (description = "Requests of the chat"),
  agent_requests             INT64              OPTIONS (description = "Requests of the agent"),
  cmdk_usages                INT64              OPTIONS (description = "Inline edits"),
  subscription_included_reqs INT64              OPTIONS (description = "Requests covered by the plan"),
  api_key_reqs               INT64              OPTIONS (description = "Requests paid by a key of the member's own"),
  usage_based_reqs           INT64              OPTIONS (description = "Requests charged on top of the plan"),
  bugbot_usages              INT64              OPTIONS (description = "Reviews by the bot"),
  most_used_model            STRING             OPTIONS (description = "Model used most"),
  client_version             STRING             OPTIONS (description = "Version of the editor"),
  ingest_date                DATE NOT NULL      OPTIONS (description = "UTC day of the fetch"),
  fetched_at                 TIMESTAMP NOT NULL OPTIONS (description = "Moment of the fetch"),
  run_id                     STRING NOT NULL    OPTIONS (description = "Run that loaded the row"),
  payload                    STRING NOT NULL    OPTIONS (description = "The record as received, byte for byte"),
  ordinal                    INT64 NOT NULL     OPTIONS (description = "0, 1, … among rows of equal keys")
)
PARTITION BY usage_date
CLUSTER BY user_email
OPTIONS (description = "Cursor daily activity: one row a day and member. No tokens, no cost: those are in raw_cursor_events.");
