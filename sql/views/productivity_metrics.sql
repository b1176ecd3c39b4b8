-- No ratios: divide sums, such as SAFE_DIVIDE(SUM(accepts), SUM(accepts) + SUM(rejects)).
CREATE OR REPLACE VIEW `${dataset}.productivity_metrics` (
  usage_date    OPTIONS (description = "UTC day"),
  platform      OPTIONS (description = "anthropic or cursor"),
  product       OPTIONS (description = "api, claude_code or cursor"),
  user_email    OPTIONS (description = "Person, or (unattributed)"),
  department    OPTIONS (description = "Department of that day, or (none)"),
  team          OPTIONS (description = "Team of that day, or (none)"),
  active_users  OPTIONS (description = "1 where the person did anything, else 0: add it up for person-days"),
  sessions      OPTIONS (description = "Sessions started"),
  requests      OPTIONS (description = "Requests made"),
  loc_added     OPTIONS (description = "Lines of code added"),
  loc_removed   OPTIONS (description = "Lines of code removed"),
  loc_accepted  OPTIONS (description = "Lines added by accepted suggestions"),
  accepts       OPTIONS (description = "Proposals accepted"),
  rejects       OPTIONS (description = "Proposals rejected"),
  commits       OPTIONS (description = "Commits made with the tool"),
  pull_requests OPTIONS (description = "Pull requests opened with the tool"),
  total_tokens  OPTIONS (description = "Tokens read and written")
)
OPTIONS (description = "What people did with AI tools by day, platform and product.")
AS
SELECT
  usage_date,
  platform,
  product,
  user_email,
  department,
  team,
  IF(SUM(COALESCE(sessions, 0) + COALESCE(requests, 0) + COALESCE(total_tokens, 0) + COALESCE(accepts, 0)
    + COALESCE(rejects, 0) + COALESCE(loc_added, 0) + COALESCE(loc_removed, 0) + COALESCE(loc_accepted, 0)
    + COALESCE(commits, 0) + COALESCE(pull_requests, 0)) > 0, 1, 0) AS active_users,
  SUM(sessions) AS sessions,
  SUM(requests) AS requests,
  SUM(loc_added) AS loc_added,
  SUM(loc_removed) AS loc_removed,
  SUM(loc_accepted) AS loc_accepted,
  SUM(accepts) AS accepts,
  SUM(rejects) AS rejects,
  SUM(commits) AS commits,
  SUM(pull_requests) AS pull_requests,
  SUM(total_tokens) AS total_tokens
FROM `${dataset}.fct_usage_daily`
GROUP BY usage_date, platform, product, user_email, department, team;
