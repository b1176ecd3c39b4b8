-- The version of each key that holds now.
MERGE `${dataset}.dim_api_keys` AS old
USING (
  SELECT api_key_id, platform, api_key_name, workspace_id, status, expires_at, owner_email, owner_basis,
    team, project, purpose
  FROM `${dataset}.dim_api_keys_history`
  WHERE valid_to = DATE '9999-12-31'
) AS new
ON FALSE
WHEN NOT MATCHED BY SOURCE THEN DELETE
WHEN NOT MATCHED THEN INSERT
  (api_key_id, platform, api_key_name, workspace_id, status, expires_at, owner_email, owner_basis, team, project, purpose)
  VALUES (new.api_key_id, new.platform, new.api_key_name, new.workspace_id, new.status, new.expires_at,
    new.owner_email, new.owner_basis, new.team, new.project, new.purpose);
