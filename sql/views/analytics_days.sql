-- Anthropic tells the same twice: by key (legacy) or by person (analytics). A day takes the analytics pair
-- when both its streams brought data or a true zero, else the legacy pair; never both.
CREATE OR REPLACE VIEW `${dataset}.analytics_days` (
  day OPTIONS (description = "UTC day")
)
OPTIONS (description = "Days whose Anthropic figures come from the analytics API; all others come from the Admin API.")
AS
SELECT day
FROM `${dataset}.coverage`
WHERE stream IN ('anthropic_usage_analytics', 'anthropic_cost_analytics')
  AND status IN ('ok', 'empty')
GROUP BY day
HAVING COUNT(DISTINCT stream) = 2;
