-- Who a person is and what they have done so far, for the head of a page about them.
CREATE OR REPLACE VIEW `${dataset}.user_profiles` (
  user_email OPTIONS (description = "Main e-mail of the person"),
  full_name  OPTIONS (description = "First and last name, or the e-mail"),
  department OPTIONS (description = "Department, or (none)"),
  team       OPTIONS (description = "Team within the department, or (none)"),
  is_active  OPTIONS (description = "Whether the person still works here"),
  first_day  OPTIONS (description = "First day with any use"),
  last_day   OPTIONS (description = "Latest day with any use")
)
OPTIONS (description = "People, with the first and the last day on which a tool saw them.")
AS
SELECT
  users.user_email AS user_email,
  COALESCE(NULLIF(TRIM(CONCAT(COALESCE(users.first_name, ''), ' ', COALESCE(users.last_name, ''))), ''),
    users.user_email) AS full_name,
  users.department AS department,
  users.team AS team,
  users.is_active AS is_active,
  MIN(used.usage_date) AS first_day,
  MAX(used.usage_date) AS last_day
FROM `${dataset}.dim_users` AS users
LEFT JOIN `${dataset}.fct_usage_daily` AS used
  ON used.user_email = users.user_email
GROUP BY ALL;
