-- warn: no active key ends within 30 days
SELECT api_key_id, api_key_name, owner_email, CAST(DATE(expires_at) AS STRING) AS expires_on
FROM `${dataset}.dim_api_keys`
WHERE status = 'active'
  AND DATE(expires_at) BETWEEN @to AND DATE_ADD(@to, INTERVAL 30 DAY)
  AND @from <= @to
ORDER BY expires_on, api_key_id;
