-- Its name comes before that of the view which it reads.
CREATE OR REPLACE VIEW `${dataset}.big_budgets` (
  department OPTIONS (description = "Department")
)
OPTIONS (description = "Departments that may spend more than 1000 dollars a month.")
AS
SELECT department
FROM `${dataset}.known_budgets`
WHERE monthly_usd > 1000;
