-- Both months are cut at the same day of the month, so that an open month is compared with its equal.
WITH bounds AS (
  SELECT
    MAX(cost_date) AS last_day,
    DATE_TRUNC(MAX(cost_date), MONTH) AS this_month,
    DATE_SUB(MAX(cost_date), INTERVAL 1 MONTH) AS last_day_before,
    DATE_SUB(DATE_TRUNC(MAX(cost_date), MONTH), INTERVAL 1 MONTH) AS month_before
  FROM `${dataset}.fct_cost_daily`
),
departments AS (
  SELECT
    department,
    SUM(IF(cost_date < this_month, cost_usd, 0)) AS before_usd,
    SUM(IF(cost_date < this_month, -cost_usd, cost_usd)) AS delta_usd
  FROM `${dataset}.fct_cost_daily`
  CROSS JOIN bounds
  WHERE (cost_date BETWEEN this_month AND last_day OR cost_date BETWEEN month_before AND last_day_before)
    [[AND {{platform}}]]
    [[AND {{department}}]]
  GROUP BY department
),
steps AS (
  SELECT 0 AS position, 'Last month' AS step, SUM(before_usd) AS delta_usd
  FROM departments
  UNION ALL
  SELECT 1 AS position, department AS step, delta_usd
  FROM departments
)
SELECT step, CAST(delta_usd AS NUMERIC) AS delta_usd
FROM steps
ORDER BY position, ABS(delta_usd) DESC
