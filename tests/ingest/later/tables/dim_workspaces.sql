CREATE TABLE IF NOT EXISTS `${dataset}.dim_workspaces` (
  workspace_id STRING NOT NULL OPTIONS (description = "Vendor's id of the workspace, or (default)"),
  name         STRING NOT NULL OPTIONS (description = "Name of the workspace"),
  purpose      STRING          OPTIONS (description = "First word of the name, in small letters")
)
OPTIONS (description = "Anthropic workspaces, as they are now, and what they are for.");
