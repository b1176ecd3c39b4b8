CREATE TABLE IF NOT EXISTS `${dataset}.dim_users_history` (
  user_email STRING NOT NULL OPTIONS (description = "Main e-mail of the person, trimmed and in lower case"),
  user_id    STRING          OPTIONS (description = "Vendor's id of the person"),
  first_name STRING          OPTIONS (description = "First name"),
  last_name  STRING          OPTIONS (description = "Last name"),
  department STRING NOT NULL OPTIONS (description = "Department; (none) if the sheet does not know the person"),
  team       STRING NOT NULL OPTIONS (description = "Team within the department, or (none)"),
  is_active  BOOL NOT NULL   OPTIONS (description = "Whether the person still works here"),
  valid_from DATE NOT NULL   OPTIONS (description = "First day of this version; 1970-01-01 for the first"),
  valid_to   DATE NOT NULL   OPTIONS (description = "Day after the last; 9999-12-31 while it holds")
)
CLUSTER BY user_email
OPTIONS (description = "People, as they were on each day: one row an e-mail and version. Only the facts read it.");
