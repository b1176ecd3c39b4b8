-- warn: every member of the Cursor team used it in the last 28 days
SELECT members.user_email AS user_email
FROM `${dataset}.raw_cursor_members` AS members
LEFT JOIN (
  SELECT DISTINCT LOWER(TRIM(user_email)) AS user_email
  FROM `${dataset}.raw_cursor_usage`
  WHERE usage_date BETWEEN @from AND @to AND is_active
  UNION DISTINCT
  SELECT LOWER(TRIM(user_email)) FROM `${dataset}.raw_cursor_events` WHERE usage_date BETWEEN @from AND @to
) AS used
  ON used.user_email = LOWER(TRIM(members.user_email))
WHERE members.snapshot_date = (SELECT MAX(snapshot_date) FROM `${dataset}.raw_cursor_members`)
  AND NOT COALESCE(members.is_removed, FALSE)
  AND used.user_email IS NULL
ORDER BY user_email;
