CREATE TABLE IF NOT EXISTS `${dataset}.budgets` (
  department  STRING NOT NULL OPTIONS (description = "Department, as in dim_users"),
  monthly_usd NUMERIC         OPTIONS (description = "Dollars a month; NULL while nobody has said")
)
CLUSTER BY department
OPTIONS (description = "What each department may spend.");
