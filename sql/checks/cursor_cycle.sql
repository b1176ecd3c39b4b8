-- warn: Cursor's events since the start of the billing cycle add up to what it says was spent
-- Within 1 % and a dollar, and only if every day of the cycle is covered.
WITH spend AS (
  SELECT snapshot_date, MIN(DATE(cycle_start)) AS cycle_start, SUM(spend_usd) AS spend_usd
  FROM `${dataset}.raw_cursor_spend`
  WHERE snapshot_date = (SELECT MAX(snapshot_date) FROM `${dataset}.raw_cursor_spend`)
  GROUP BY snapshot_date
),
covered AS (
  SELECT COUNT(DISTINCT days.day) AS days
  FROM `${dataset}.coverage_current` AS days
  CROSS JOIN spend
  WHERE days.stream = 'cursor_events'
    AND days.data_status IS NOT NULL
    AND days.day >= spend.cycle_start
    AND days.day < spend.snapshot_date
),
charged AS (
  SELECT COALESCE(SUM(events.charged_usd), 0) AS charged_usd
  FROM `${dataset}.raw_cursor_events` AS events
  CROSS JOIN spend
  WHERE events.is_chargeable
    AND events.usage_date >= spend.cycle_start
    AND events.usage_date < spend.snapshot_date
)
SELECT spend.cycle_start AS cycle_start, spend.spend_usd AS spend_usd, charged.charged_usd AS charged_usd
FROM spend
CROSS JOIN covered
CROSS JOIN charged
WHERE covered.days = DATE_DIFF(spend.snapshot_date, spend.cycle_start, DAY)
  AND ABS(spend.spend_usd - charged.charged_usd) > spend.spend_usd * 0.01 + 1;
