-- What the raw tables hold, for comparison with what coverage says that they hold.
CREATE OR REPLACE VIEW `${dataset}.raw_days` (
  stream         OPTIONS (description = "Name of the stream"),
  day            OPTIONS (description = "Day of the partition"),
  raw_rows       OPTIONS (description = "Rows in it"),
  raw_run_id     OPTIONS (description = "Run that loaded them"),
  raw_runs       OPTIONS (description = "Runs that loaded them: always one"),
  raw_fetched_at OPTIONS (description = "When the last of them was fetched")
)
OPTIONS (description = "Rows of every raw table by day: one row a stream and day.")
AS
SELECT
  stream,
  day,
  COUNT(*) AS raw_rows,
  MAX(run_id) AS raw_run_id,
  COUNT(DISTINCT run_id) AS raw_runs,
  MAX(fetched_at) AS raw_fetched_at
FROM (
  SELECT 'anthropic_usage' AS stream, usage_date AS day, run_id, fetched_at FROM `${dataset}.raw_anthropic_usage`
  UNION ALL
  SELECT 'anthropic_cost', usage_date, run_id, fetched_at FROM `${dataset}.raw_anthropic_cost`
  UNION ALL
  SELECT 'anthropic_usage_analytics', usage_date, run_id, fetched_at FROM `${dataset}.raw_anthropic_usage_analytics`
  UNION ALL
  SELECT 'anthropic_cost_analytics', usage_date, run_id, fetched_at FROM `${dataset}.raw_anthropic_cost_analytics`
  UNION ALL
  SELECT 'claude_code', usage_date, run_id, fetched_at FROM `${dataset}.raw_claude_code`
  UNION ALL
  SELECT 'cursor_usage', usage_date, run_id, fetched_at FROM `${dataset}.raw_cursor_usage`
  UNION ALL
  SELECT 'cursor_events', usage_date, run_id, fetched_at FROM `${dataset}.raw_cursor_events`
  UNION ALL
  SELECT 'cursor_spend', snapshot_date, run_id, fetched_at FROM `${dataset}.raw_cursor_spend`
  UNION ALL
  SELECT 'cursor_members', snapshot_date, run_id, fetched_at FROM `${dataset}.raw_cursor_members`
  UNION ALL
  SELECT 'anthropic_keys', snapshot_date, run_id, fetched_at FROM `${dataset}.raw_anthropic_keys`
  UNION ALL
  SELECT 'anthropic_workspaces', snapshot_date, run_id, fetched_at FROM `${dataset}.raw_anthropic_workspaces`
  UNION ALL
  SELECT 'anthropic_users', snapshot_date, run_id, fetched_at FROM `${dataset}.raw_anthropic_users`
  UNION ALL
  SELECT 'sheet_keys', snapshot_date, run_id, fetched_at FROM `${dataset}.raw_sheet_keys`
  UNION ALL
  SELECT 'sheet_people', snapshot_date, run_id, fetched_at FROM `${dataset}.raw_sheet_people`
  UNION ALL
  SELECT 'sheet_subscriptions', snapshot_date, run_id, fetched_at FROM `${dataset}.raw_sheet_subscriptions`
)
GROUP BY stream, day;
