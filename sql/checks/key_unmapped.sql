-- warn: every key that was used has a row in the sheet
SELECT usage.api_key_id AS api_key_id, MIN(usage.usage_date) AS first_day, SUM(usage.total_tokens) AS tokens
FROM `${dataset}.fct_usage_daily` AS usage
LEFT JOIN `${dataset}.dim_api_keys` AS api_keys
  ON api_keys.api_key_id = usage.api_key_id AND api_keys.owner_basis = 'sheet'
WHERE usage.usage_date BETWEEN @from AND @to
  AND usage.api_key_id != '(none)'
  AND api_keys.api_key_id IS NULL
GROUP BY usage.api_key_id
ORDER BY api_key_id;
