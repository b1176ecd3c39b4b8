-- warn: over the last seven days a person answers for at least 95 % of usage and overage
SELECT
  MIN(cost_date) AS first_day,
  MAX(cost_date) AS last_day,
  SUM(cost_usd) AS cost_usd,
  SUM(IF(attribution = 'unattributed', cost_usd, 0)) AS unattributed_usd
FROM `${dataset}.fct_cost_daily`
WHERE cost_date BETWEEN DATE_SUB(@to, INTERVAL 6 DAY) AND @to
  AND cost_date >= @from
  AND cost_type IN ('usage', 'overage')
HAVING SUM(IF(attribution = 'unattributed', cost_usd, 0)) > SUM(cost_usd) * 0.05;
