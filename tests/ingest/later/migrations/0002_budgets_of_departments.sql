INSERT INTO `${dataset}.budgets` (department)
SELECT DISTINCT users.department
FROM `${dataset}.dim_users` AS users
LEFT JOIN `${dataset}.budgets` AS budgets ON budgets.department = users.department
WHERE budgets.department IS NULL;
ALTER TABLE `${dataset}.raw_anthropic_workspaces` DROP COLUMN IF EXISTS archived_at;
