-- One version of a person for each run of equal snapshots of the sheet. The first one holds for all the
-- past. An e-mail that the sheet has since made an alias is no person of its own. People whom only a
-- vendor knows have one version without a department.
MERGE `${dataset}.dim_users_history` AS old
USING (
  WITH ids AS (
    SELECT COALESCE(known.user_email, LOWER(TRIM(seen.email))) AS user_email, seen.user_id, seen.name, seen.is_active
    FROM (
      SELECT email, user_id, name, TRUE AS is_active, 1 AS rank, snapshot_date
      FROM `${dataset}.raw_anthropic_users`
      UNION ALL
      SELECT user_email, user_id, name, NOT COALESCE(is_removed, FALSE), 2, snapshot_date
      FROM `${dataset}.raw_cursor_members`
    ) AS seen
    LEFT JOIN `${dataset}.user_emails` AS known ON known.email = LOWER(TRIM(seen.email))
    WHERE TRIM(seen.email) != ''
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY COALESCE(known.user_email, LOWER(TRIM(seen.email)))
      ORDER BY seen.rank, seen.snapshot_date DESC, seen.user_id) = 1
  ),
  states AS (
    SELECT
      LOWER(TRIM(people.email)) AS user_email,
      people.first_name AS first_name,
      people.last_name AS last_name,
      COALESCE(NULLIF(TRIM(people.department), ''), '(none)') AS department,
      COALESCE(NULLIF(TRIM(people.team), ''), '(none)') AS team,
      COALESCE(people.is_active, TRUE) AS is_active,
      people.snapshot_date AS snapshot_date
    FROM `${dataset}.raw_sheet_people` AS people
    JOIN `${dataset}.user_emails` AS known
      ON known.email = LOWER(TRIM(people.email)) AND known.user_email = known.email
    WHERE people.problem IS NULL
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY LOWER(TRIM(people.email)), people.snapshot_date ORDER BY people.ordinal, people.cell) = 1
  ),
  marked AS (
    SELECT
      *,
      TO_JSON_STRING(STRUCT(first_name, last_name, department, team, is_active)) AS state,
      LAG(TO_JSON_STRING(STRUCT(first_name, last_name, department, team, is_active)))
        OVER (PARTITION BY user_email ORDER BY snapshot_date) AS state_before
    FROM states
  ),
  versions AS (
    SELECT
      *,
      IF(state_before IS NULL, DATE '1970-01-01', snapshot_date) AS valid_from
    FROM marked
    WHERE state_before IS NULL OR state != state_before
  )
  SELECT
    versions.user_email AS user_email,
    ids.user_id AS user_id,
    versions.first_name AS first_name,
    versions.last_name AS last_name,
    versions.department AS department,
    versions.team AS team,
    versions.is_active AS is_active,
    versions.valid_from AS valid_from,
    COALESCE(LEAD(versions.valid_from) OVER (PARTITION BY versions.user_email ORDER BY versions.valid_from),
      DATE '9999-12-31') AS valid_to
  FROM versions
  LEFT JOIN ids ON ids.user_email = versions.user_email
  UNION ALL
  SELECT
    ids.user_email, ids.user_id, ids.name, CAST(NULL AS STRING), '(none)', '(none)', ids.is_active,
    DATE '1970-01-01', DATE '9999-12-31'
  FROM ids
  LEFT JOIN versions ON versions.user_email = ids.user_email
  WHERE versions.user_email IS NULL
) AS new
ON FALSE
WHEN NOT MATCHED BY SOURCE THEN DELETE
WHEN NOT MATCHED THEN INSERT
  (user_email, user_id, first_name, last_name, department, team, is_active, valid_from, valid_to)
  VALUES (new.user_email, new.user_id, new.first_name, new.last_name, new.department, new.team,
    new.is_active, new.valid_from, new.valid_to);
