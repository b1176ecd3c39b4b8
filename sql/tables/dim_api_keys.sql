CREATE TABLE IF NOT EXISTS `${dataset}.dim_api_keys` (
  api_key_id   STRING NOT NULL OPTIONS (description = "Vendor's id of the key"),
  platform     STRING NOT NULL OPTIONS (description = "anthropic or cursor"),
  api_key_name STRING          OPTIONS (description = "Name of the key"),
  workspace_id STRING NOT NULL OPTIONS (description = "Workspace of the key, or (default)"),
  status       STRING          OPTIONS (description = "active, inactive, archived, expired"),
  expires_at   TIMESTAMP       OPTIONS (description = "When it ends; NULL if it does not"),
  owner_email  STRING NOT NULL OPTIONS (description = "Owner of the key, or (unattributed)"),
  owner_basis  STRING NOT NULL OPTIONS (description = "How the owner is known: sheet, principal, creator or (none)"),
  team         STRING NOT NULL OPTIONS (description = "Team that pays, or (none)"),
  project      STRING NOT NULL OPTIONS (description = "Project that pays, or (none)"),
  purpose      STRING          OPTIONS (description = "What the key is for")
)
CLUSTER BY api_key_id
OPTIONS (description = "API keys and their owners, as they are now: one row a key.");
