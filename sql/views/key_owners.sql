-- Who answers for a key on a day, where the vendor names no person: the sheet's owner, else the key's
-- principal, else its creator. Keys that nobody answers for are not here.
CREATE OR REPLACE VIEW `${dataset}.key_owners` (
  api_key_id  OPTIONS (description = "Vendor's id of the key"),
  valid_from  OPTIONS (description = "First day of this owner; 1970-01-01 for the first"),
  valid_to    OPTIONS (description = "Day after the last; 9999-12-31 while it holds"),
  user_email  OPTIONS (description = "Main e-mail of the owner"),
  attribution OPTIONS (description = "How the owner is known: sheet, principal or creator")
)
OPTIONS (description = "Owners of API keys by day: at most one row a key and day.")
AS
SELECT
  api_key_id,
  valid_from,
  valid_to,
  owner_email AS user_email,
  owner_basis AS attribution
FROM `${dataset}.dim_api_keys_history`
WHERE owner_basis != '(none)';
