CREATE TABLE IF NOT EXISTS `${dataset}.fct_usage_daily` (
  usage_date            DATE NOT NULL   OPTIONS (description = "UTC day"),
  platform              STRING NOT NULL OPTIONS (description = "anthropic or cursor"),
  product               STRING NOT NULL OPTIONS (description = "api, claude_code or cursor"),
  workspace_id          STRING NOT NULL OPTIONS (description = "Anthropic workspace; (default), or (none) where there is no such thing"),
  api_key_id            STRING NOT NULL OPTIONS (description = "Key that made the requests, or (none)"),
  user_email            STRING NOT NULL OPTIONS (description = "Person, or (unattributed)"),
  model                 STRING NOT NULL OPTIONS (description = "Model, or (none) for what is counted by person alone"),
  department            STRING NOT NULL OPTIONS (description = "Department of that day, or (none)"),
  team                  STRING NOT NULL OPTIONS (description = "Team of that day, or (none)"),
  attribution           STRING NOT NULL OPTIONS (description = "How the person is known: email, sheet, principal, creator or unattributed"),
  uncached_input_tokens INT64           OPTIONS (description = "Input tokens read at the full price"),
  cache_read_tokens     INT64           OPTIONS (description = "Input tokens read from the cache"),
  cache_creation_tokens INT64           OPTIONS (description = "Input tokens written to the cache"),
  output_tokens         INT64           OPTIONS (description = "Tokens written by the model"),
  total_tokens          INT64           OPTIONS (description = "Sum of the four"),
  requests              INT64           OPTIONS (description = "Requests made; NULL where the vendor does not say"),
  web_search_requests   INT64           OPTIONS (description = "Web searches that the model made"),
  sessions              INT64           OPTIONS (description = "Sessions started; NULL where the product has none"),
  loc_added             INT64           OPTIONS (description = "Lines of code added"),
  loc_removed           INT64           OPTIONS (description = "Lines of code removed"),
  loc_accepted          INT64           OPTIONS (description = "Lines added by accepted suggestions; NULL where the vendor does not say"),
  accepts               INT64           OPTIONS (description = "Proposals accepted"),
  rejects               INT64           OPTIONS (description = "Proposals rejected"),
  commits               INT64           OPTIONS (description = "Commits made with the tool; NULL where the vendor does not say"),
  pull_requests         INT64           OPTIONS (description = "Pull requests opened with the tool; NULL where the vendor does not say")
)
PARTITION BY usage_date
CLUSTER BY platform, user_email
OPTIONS (description = "What was used: one row a day, platform, product, workspace, key, person and model. Sums over all rows are safe.");
