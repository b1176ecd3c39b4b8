CREATE TABLE IF NOT EXISTS `${dataset}.dim_users` (
  user_email STRING NOT NULL OPTIONS (description = "Main e-mail of the person, trimmed and in lower case"),
  user_id    STRING          OPTIONS (description = "Vendor's id of the person"),
  first_name STRING          OPTIONS (description = "First name"),
  last_name  STRING          OPTIONS (description = "Last name"),
  department STRING NOT NULL OPTIONS (description = "Department; (none) if the sheet does not know the person"),
  team       STRING NOT NULL OPTIONS (description = "Team within the department, or (none)"),
  is_active  BOOL NOT NULL   OPTIONS (description = "Whether the person still works here")
)
CLUSTER BY user_email
OPTIONS (description = "People, as they are now: one row an e-mail, so that a join never multiplies.");
