-- warn: in each of the last days a person answers for at least 95 % of usage and overage
SELECT
  cost_date AS day,
  SUM(cost_usd) AS cost_usd,
  SUM(IF(attribution = 'unattributed', cost_usd, 0)) AS unattributed_usd
FROM `${dataset}.fct_cost_daily`
WHERE cost_date BETWEEN DATE_SUB(@to, INTERVAL 6 DAY) AND @to
  AND cost_date >= @from
  AND cost_type IN ('usage', 'overage')
GROUP BY cost_date
HAVING SUM(IF(attribution = 'unattributed', cost_usd, 0)) > SUM(cost_usd) * 0.05
ORDER BY day;
