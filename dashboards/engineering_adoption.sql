WITH people AS (
  SELECT user_email
  FROM `${dataset}.dim_users`
  WHERE is_active [[AND {{department}}]] [[AND {{team}}]]
),
days_of_use AS (
  SELECT user_email, COUNT(DISTINCT usage_date) AS days
  FROM `${dataset}.productivity_metrics`
  WHERE active_users > 0 AND {{period}} [[AND {{product}}]]
  GROUP BY user_email
),
steps AS (
  SELECT 1 AS position, 'Work here' AS step, 0 AS least_days UNION ALL
  SELECT 2, 'Tried a tool', 1 UNION ALL
  SELECT 3, 'On 5 days or more', 5 UNION ALL
  SELECT 4, 'On 10 days or more', 10 UNION ALL
  SELECT 5, 'On 20 days or more', 20
)
SELECT steps.step AS step, COUNTIF(COALESCE(days_of_use.days, 0) >= steps.least_days) AS people
FROM people
CROSS JOIN steps
LEFT JOIN days_of_use ON days_of_use.user_email = people.user_email
GROUP BY steps.position, steps.step
ORDER BY steps.position
