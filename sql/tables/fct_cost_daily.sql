CREATE TABLE IF NOT EXISTS `${dataset}.fct_cost_daily` (
  cost_date    DATE NOT NULL    OPTIONS (description = "UTC day"),
  platform     STRING NOT NULL  OPTIONS (description = "anthropic or cursor"),
  product      STRING NOT NULL  OPTIONS (description = "api, claude_code or cursor"),
  workspace_id STRING NOT NULL  OPTIONS (description = "Anthropic workspace; (default), or (none) where there is no such thing"),
  api_key_id   STRING NOT NULL  OPTIONS (description = "Key that is charged, or (none)"),
  user_email   STRING NOT NULL  OPTIONS (description = "Person, or (unattributed)"),
  cost_type    STRING NOT NULL  OPTIONS (description = "usage, overage, included or subscription"),
  component    STRING NOT NULL  OPTIONS (description = "tokens, web_search, code_execution, session_usage, event or seat"),
  model        STRING NOT NULL  OPTIONS (description = "Model, or (none)"),
  cost_basis   STRING NOT NULL  OPTIONS (description = "reported by the vendor, allocated by us, or the residual that nobody used"),
  department   STRING NOT NULL  OPTIONS (description = "Department of that day, or (none)"),
  team         STRING NOT NULL  OPTIONS (description = "Team of that day, or (none)"),
  attribution  STRING NOT NULL  OPTIONS (description = "How the person is known: email, sheet, principal, creator or unattributed"),
  cost_usd     NUMERIC NOT NULL OPTIONS (description = "What will be invoiced, in dollars"),
  list_usd     NUMERIC          OPTIONS (description = "The same at list price")
)
PARTITION BY cost_date
CLUSTER BY platform, user_email
OPTIONS (description = "What it costs: one row a day, platform, product, workspace, key, person, cost type, component, model and basis. Sums over all rows are safe.");
