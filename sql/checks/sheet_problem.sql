-- warn: every row of the sheet is good
SELECT cell, problem FROM `${dataset}.raw_sheet_keys`
WHERE problem IS NOT NULL AND snapshot_date = (SELECT MAX(snapshot_date) FROM `${dataset}.raw_sheet_keys`)
UNION ALL
SELECT cell, problem FROM `${dataset}.raw_sheet_people`
WHERE problem IS NOT NULL AND snapshot_date = (SELECT MAX(snapshot_date) FROM `${dataset}.raw_sheet_people`)
UNION ALL
SELECT cell, problem FROM `${dataset}.raw_sheet_subscriptions`
WHERE problem IS NOT NULL AND snapshot_date = (SELECT MAX(snapshot_date) FROM `${dataset}.raw_sheet_subscriptions`)
ORDER BY cell;
