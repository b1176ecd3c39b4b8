-- Both facts in one place, so that a chart can set cost beside use under the same filters.
CREATE OR REPLACE VIEW `${dataset}.daily_activity` (
  day                   OPTIONS (description = "UTC day"),
  platform              OPTIONS (description = "anthropic or cursor"),
  product               OPTIONS (description = "api, claude_code or cursor"),
  user_email            OPTIONS (description = "Person, or (unattributed)"),
  department            OPTIONS (description = "Department of that day, or (none)"),
  team                  OPTIONS (description = "Team of that day, or (none)"),
  model                 OPTIONS (description = "Model, or (none)"),
  cost_usd              OPTIONS (description = "What will be invoiced, in dollars"),
  requests              OPTIONS (description = "Requests made"),
  sessions              OPTIONS (description = "Sessions started"),
  uncached_input_tokens OPTIONS (description = "Input tokens read at the full price"),
  cache_read_tokens     OPTIONS (description = "Input tokens read from the cache"),
  cache_creation_tokens OPTIONS (description = "Input tokens written to the cache"),
  output_tokens         OPTIONS (description = "Tokens written by the model"),
  total_tokens          OPTIONS (description = "Sum of the four"),
  loc_added             OPTIONS (description = "Lines of code added"),
  loc_accepted          OPTIONS (description = "Lines added by accepted suggestions"),
  accepts               OPTIONS (description = "Proposals accepted"),
  rejects               OPTIONS (description = "Proposals rejected"),
  commits               OPTIONS (description = "Commits made with the tool"),
  pull_requests         OPTIONS (description = "Pull requests opened with the tool")
)
OPTIONS (description = "Cost and use together by day, platform, product, person and model.")
AS
SELECT
  usage_date AS day,
  platform,
  product,
  user_email,
  department,
  team,
  model,
  CAST(0 AS NUMERIC) AS cost_usd,
  COALESCE(requests, 0) AS requests,
  COALESCE(sessions, 0) AS sessions,
  COALESCE(uncached_input_tokens, 0) AS uncached_input_tokens,
  COALESCE(cache_read_tokens, 0) AS cache_read_tokens,
  COALESCE(cache_creation_tokens, 0) AS cache_creation_tokens,
  COALESCE(output_tokens, 0) AS output_tokens,
  COALESCE(total_tokens, 0) AS total_tokens,
  COALESCE(loc_added, 0) AS loc_added,
  COALESCE(loc_accepted, 0) AS loc_accepted,
  COALESCE(accepts, 0) AS accepts,
  COALESCE(rejects, 0) AS rejects,
  COALESCE(commits, 0) AS commits,
  COALESCE(pull_requests, 0) AS pull_requests
FROM `${dataset}.fct_usage_daily`
UNION ALL
SELECT
  cost_date, platform, product, user_email, department, team, model, cost_usd,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM `${dataset}.fct_cost_daily`;
