-- warn: no key changed its owner in the days looked at
WITH changes AS (
  SELECT
    api_key_id,
    valid_from,
    owner_email,
    LAG(owner_email) OVER (PARTITION BY api_key_id ORDER BY valid_from) AS owner_before
  FROM `${dataset}.dim_api_keys_history`
)
SELECT api_key_id, valid_from, owner_before, owner_email
FROM changes
WHERE owner_before != owner_email
  AND valid_from BETWEEN @from AND DATE_ADD(@to, INTERVAL 1 DAY)
ORDER BY api_key_id, valid_from;
