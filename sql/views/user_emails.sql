-- Every e-mail that a vendor may show, and whose it is. Facts look people up here, so that an alias
-- and its owner are one person. The latest snapshot that shows an e-mail decides, and there a person's
-- main e-mail before somebody's alias.
CREATE OR REPLACE VIEW `${dataset}.user_emails` (
  email      OPTIONS (description = "E-mail or alias, trimmed and in lower case"),
  user_email OPTIONS (description = "Main e-mail of the person")
)
OPTIONS (description = "E-mails and aliases of the people in the sheet: one row an e-mail.")
AS
WITH people AS (
  SELECT
    LOWER(TRIM(email)) AS user_email,
    aliases,
    snapshot_date
  FROM `${dataset}.raw_sheet_people`
  WHERE problem IS NULL AND TRIM(email) != ''
  QUALIFY ROW_NUMBER() OVER (PARTITION BY LOWER(TRIM(email)) ORDER BY snapshot_date DESC, ordinal, cell) = 1
),
names AS (
  SELECT user_email AS email, user_email, 1 AS rank, snapshot_date FROM people
  UNION ALL
  SELECT LOWER(TRIM(alias)), people.user_email, 2, people.snapshot_date
  FROM people, UNNEST(SPLIT(people.aliases, ',')) AS alias
  WHERE TRIM(alias) != ''
)
SELECT email, user_email
FROM names
QUALIFY ROW_NUMBER() OVER (PARTITION BY email ORDER BY snapshot_date DESC, rank, user_email) = 1;
