-- Keys and workspaces carry their names; a sum is the same as over fct_cost_daily.
CREATE OR REPLACE VIEW `${dataset}.cost_allocation` (
  cost_date   OPTIONS (description = "UTC day"),
  platform    OPTIONS (description = "anthropic or cursor"),
  product     OPTIONS (description = "api, claude_code or cursor"),
  department  OPTIONS (description = "Department of that day, or (none)"),
  team        OPTIONS (description = "Team of that day, or (none)"),
  workspace   OPTIONS (description = "Name of the workspace, or its id"),
  api_key     OPTIONS (description = "Name of the key, or its id"),
  project     OPTIONS (description = "Project that pays for the key, or (none)"),
  user_email  OPTIONS (description = "Person, or (unattributed)"),
  model       OPTIONS (description = "Model, or (none)"),
  cost_type   OPTIONS (description = "usage, overage, included or subscription"),
  attribution OPTIONS (description = "How the person is known: email, sheet, principal, creator or unattributed"),
  cost_basis  OPTIONS (description = "reported by the vendor, allocated by us, or the residual"),
  cost_usd    OPTIONS (description = "What will be invoiced, in dollars"),
  list_usd    OPTIONS (description = "The same at list price")
)
OPTIONS (description = "What each key, person and team costs by day, with the names that people know.")
AS
SELECT
  cost.cost_date AS cost_date,
  cost.platform AS platform,
  cost.product AS product,
  cost.department AS department,
  cost.team AS team,
  COALESCE(workspaces.name, cost.workspace_id) AS workspace,
  COALESCE(api_keys.api_key_name, cost.api_key_id) AS api_key,
  COALESCE(api_keys.project, '(none)') AS project,
  cost.user_email AS user_email,
  cost.model AS model,
  cost.cost_type AS cost_type,
  cost.attribution AS attribution,
  cost.cost_basis AS cost_basis,
  SUM(cost.cost_usd) AS cost_usd,
  SUM(cost.list_usd) AS list_usd
FROM `${dataset}.fct_cost_daily` AS cost
LEFT JOIN `${dataset}.dim_workspaces` AS workspaces
  ON workspaces.workspace_id = cost.workspace_id
LEFT JOIN `${dataset}.dim_api_keys` AS api_keys
  ON api_keys.api_key_id = cost.api_key_id
GROUP BY ALL;
