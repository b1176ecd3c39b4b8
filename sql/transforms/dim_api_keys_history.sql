-- One version of a key for each run of equal days, a day being what the vendor and the sheet last said of
-- the key by then. The first version holds for all the past, and so does the first owner of a key that
-- nobody answered for. A change in the sheet holds from the day that the sheet gives for it; that one and
-- any other else from the first snapshot that shows it. What a later snapshot says about a day wins.
MERGE `${dataset}.dim_api_keys_history` AS old
USING (
  WITH vendor_keys AS (
    SELECT
      vendor.api_key_id, vendor.name, vendor.workspace_id, vendor.status, vendor.expires_at, vendor.snapshot_date,
      IF(vendor.principal_type = 'user_actor', vendor.principal_id, NULL) AS principal_id,
      IF(vendor.created_by_type = 'user', vendor.created_by_id, NULL) AS creator_id
    FROM `${dataset}.raw_anthropic_keys` AS vendor
    QUALIFY ROW_NUMBER() OVER (PARTITION BY api_key_id, snapshot_date ORDER BY ordinal) = 1
  ),
  sheet_keys AS (
    SELECT
      api_key_id, NULLIF(LOWER(TRIM(email)), '') AS email, api_key_name, platform, purpose, team, project,
      valid_from, snapshot_date
    FROM `${dataset}.raw_sheet_keys`
    WHERE problem IS NULL AND TRIM(api_key_id) != ''
    QUALIFY ROW_NUMBER() OVER (PARTITION BY api_key_id, snapshot_date ORDER BY ordinal, cell) = 1
  ),
  users AS (
    SELECT user_id, LOWER(TRIM(email)) AS email
    FROM `${dataset}.raw_anthropic_users`
    WHERE TRIM(email) != ''
    QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY snapshot_date DESC, ordinal) = 1
  ),
  days AS (
    SELECT api_key_id, snapshot_date FROM vendor_keys
    UNION DISTINCT
    SELECT api_key_id, snapshot_date FROM sheet_keys
  ),
  with_vendor AS (
    SELECT
      days.api_key_id, days.snapshot_date,
      vendor_keys.name, vendor_keys.workspace_id, vendor_keys.status, vendor_keys.expires_at,
      principals.email AS principal_email, creators.email AS creator_email
    FROM days
    LEFT JOIN vendor_keys
      ON vendor_keys.api_key_id = days.api_key_id AND vendor_keys.snapshot_date <= days.snapshot_date
    LEFT JOIN users AS principals ON principals.user_id = vendor_keys.principal_id
    LEFT JOIN users AS creators ON creators.user_id = vendor_keys.creator_id
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY days.api_key_id, days.snapshot_date ORDER BY vendor_keys.snapshot_date DESC) = 1
  ),
  with_sheet AS (
    SELECT
      with_vendor.*,
      sheet_keys.email AS sheet_email, sheet_keys.api_key_name, sheet_keys.platform, sheet_keys.purpose,
      sheet_keys.team, sheet_keys.project, sheet_keys.valid_from AS told_from
    FROM with_vendor
    LEFT JOIN sheet_keys
      ON sheet_keys.api_key_id = with_vendor.api_key_id AND sheet_keys.snapshot_date <= with_vendor.snapshot_date
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY with_vendor.api_key_id, with_vendor.snapshot_date ORDER BY sheet_keys.snapshot_date DESC) = 1
  ),
  states AS (
    SELECT
      with_sheet.api_key_id AS api_key_id,
      with_sheet.snapshot_date AS snapshot_date,
      COALESCE(NULLIF(TRIM(LOWER(with_sheet.platform)), ''), 'anthropic') AS platform,
      COALESCE(with_sheet.name, NULLIF(TRIM(with_sheet.api_key_name), '')) AS api_key_name,
      COALESCE(with_sheet.workspace_id, '(default)') AS workspace_id,
      with_sheet.status AS status,
      with_sheet.expires_at AS expires_at,
      COALESCE(known.user_email, with_sheet.sheet_email, with_sheet.principal_email, with_sheet.creator_email,
        '(unattributed)') AS owner_email,
      CASE
        WHEN with_sheet.sheet_email IS NOT NULL THEN 'sheet'
        WHEN with_sheet.principal_email IS NOT NULL THEN 'principal'
        WHEN with_sheet.creator_email IS NOT NULL THEN 'creator'
        ELSE '(none)'
      END AS owner_basis,
      COALESCE(NULLIF(TRIM(with_sheet.team), ''), '(none)') AS team,
      COALESCE(NULLIF(TRIM(with_sheet.project), ''), '(none)') AS project,
      NULLIF(TRIM(with_sheet.purpose), '') AS purpose,
      with_sheet.told_from AS told_from
    FROM with_sheet
    LEFT JOIN `${dataset}.user_emails` AS known
      ON known.email = COALESCE(with_sheet.sheet_email, with_sheet.principal_email, with_sheet.creator_email)
  ),
  marked AS (
    SELECT
      *,
      owner_basis != '(none)' AS is_owned,
      TO_JSON_STRING(STRUCT(owner_email, owner_basis, told_from)) AS owner_state,
      TO_JSON_STRING(STRUCT(platform, api_key_name, workspace_id, status, expires_at, owner_email, owner_basis,
        told_from, team, project, purpose)) AS state
    FROM states
  ),
  compared AS (
    SELECT
      *,
      LAG(state) OVER (PARTITION BY api_key_id ORDER BY snapshot_date) AS state_before,
      LAG(owner_state) OVER (PARTITION BY api_key_id ORDER BY snapshot_date) AS owner_state_before,
      COALESCE(LOGICAL_OR(is_owned) OVER (
        PARTITION BY api_key_id ORDER BY snapshot_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
        FALSE) AS was_owned
    FROM marked
  ),
  versions AS (
    SELECT
      *,
      CASE
        WHEN state_before IS NULL THEN DATE '1970-01-01'
        WHEN owner_state = owner_state_before THEN snapshot_date
        WHEN is_owned AND NOT was_owned THEN COALESCE(told_from, DATE '1970-01-01')
        ELSE COALESCE(told_from, snapshot_date)
      END AS valid_from
    FROM compared
    WHERE state_before IS NULL OR state != state_before
  ),
  ended AS (
    SELECT
      *,
      COALESCE(MIN(valid_from) OVER (
        PARTITION BY api_key_id ORDER BY snapshot_date ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
        DATE '9999-12-31') AS valid_to
    FROM versions
  )
  SELECT
    api_key_id, platform, api_key_name, workspace_id, status, expires_at, owner_email, owner_basis,
    team, project, purpose, valid_from, valid_to
  FROM ended
  WHERE valid_from < valid_to
) AS new
ON FALSE
WHEN NOT MATCHED BY SOURCE THEN DELETE
WHEN NOT MATCHED THEN INSERT
  (api_key_id, platform, api_key_name, workspace_id, status, expires_at, owner_email, owner_basis,
    team, project, purpose, valid_from, valid_to)
  VALUES (new.api_key_id, new.platform, new.api_key_name, new.workspace_id, new.status, new.expires_at,
    new.owner_email, new.owner_basis, new.team, new.project, new.purpose, new.valid_from, new.valid_to);
