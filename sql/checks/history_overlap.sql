-- error: no two versions of a key or a person hold on the same day
WITH versions AS (
  SELECT 'key' AS kind, api_key_id AS name, valid_from, valid_to FROM `${dataset}.dim_api_keys_history`
  UNION ALL
  SELECT 'person', user_email, valid_from, valid_to FROM `${dataset}.dim_users_history`
),
followed AS (
  SELECT *, LEAD(valid_from) OVER (PARTITION BY kind, name ORDER BY valid_from, valid_to) AS next_from
  FROM versions
)
SELECT kind, name, valid_from, valid_to, next_from
FROM followed
WHERE valid_from >= valid_to OR next_from < valid_to
ORDER BY kind, name, valid_from;
