-- A seat that nobody uses costs as much as one that somebody does.
CREATE OR REPLACE VIEW `${dataset}.cursor_seats` (
  user_email OPTIONS (description = "Main e-mail of the person who has the seat"),
  role       OPTIONS (description = "Role in the Cursor team"),
  department OPTIONS (description = "Department as it is now, or (none)"),
  team       OPTIONS (description = "Team as it is now, or (none)"),
  last_day   OPTIONS (description = "Latest day with any use of Cursor; NULL if there was none")
)
OPTIONS (description = "Members of the Cursor team as it is now, and when each used it last: one row a person.")
AS
WITH members AS (
  SELECT COALESCE(people.user_email, LOWER(TRIM(seen.user_email))) AS user_email, MIN(seen.role) AS role
  FROM `${dataset}.raw_cursor_members` AS seen
  LEFT JOIN `${dataset}.user_emails` AS people
    ON people.email = LOWER(TRIM(seen.user_email))
  WHERE seen.snapshot_date = (SELECT MAX(snapshot_date) FROM `${dataset}.raw_cursor_members`)
    AND NOT COALESCE(seen.is_removed, FALSE)
  GROUP BY 1
),
used AS (
  SELECT user_email, MAX(usage_date) AS last_day
  FROM `${dataset}.fct_usage_daily`
  WHERE platform = 'cursor'
  GROUP BY user_email
)
SELECT
  members.user_email AS user_email,
  members.role AS role,
  COALESCE(users.department, '(none)') AS department,
  COALESCE(users.team, '(none)') AS team,
  used.last_day AS last_day
FROM members
LEFT JOIN `${dataset}.dim_users` AS users
  ON users.user_email = members.user_email
LEFT JOIN used
  ON used.user_email = members.user_email
WHERE members.user_email IS NOT NULL;
