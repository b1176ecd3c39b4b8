-- The month as finance closes it. Sums over all rows are safe.
CREATE OR REPLACE VIEW `${dataset}.monthly_finance` (
  month          OPTIONS (description = "First day of the month"),
  platform       OPTIONS (description = "anthropic or cursor"),
  product        OPTIONS (description = "api, claude_code or cursor"),
  cost_type      OPTIONS (description = "usage, overage, included or subscription"),
  department     OPTIONS (description = "Department at the time, or (none)"),
  team           OPTIONS (description = "Team at the time, or (none)"),
  cost_usd       OPTIONS (description = "What will be invoiced, in dollars"),
  list_usd       OPTIONS (description = "The same at list price"),
  attributed_usd OPTIONS (description = "The part of it that a person answers for"),
  last_day       OPTIONS (description = "Latest day with cost in these rows")
)
OPTIONS (description = "What AI tools cost by month, platform, product, cost type, department and team.")
AS
SELECT
  DATE_TRUNC(cost_date, MONTH) AS month,
  platform,
  product,
  cost_type,
  department,
  team,
  SUM(cost_usd) AS cost_usd,
  SUM(list_usd) AS list_usd,
  SUM(IF(attribution = 'unattributed', 0, cost_usd)) AS attributed_usd,
  MAX(cost_date) AS last_day
FROM `${dataset}.fct_cost_daily`
GROUP BY month, platform, product, cost_type, department, team;
