CREATE OR REPLACE VIEW `${dataset}.known_budgets` (
  department  OPTIONS (description = "Department"),
  monthly_usd OPTIONS (description = "Dollars a month")
)
OPTIONS (description = "Departments of which it is known what they may spend.")
AS
SELECT department, monthly_usd
FROM `${dataset}.budgets`
WHERE monthly_usd IS NOT NULL;
