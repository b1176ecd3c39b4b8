-- warn: the last day has no model that was not seen before
SELECT platform, model, SUM(total_tokens) AS tokens
FROM `${dataset}.fct_usage_daily`
WHERE usage_date = @to
  AND @from <= @to
  AND model != '(none)'
  AND model NOT IN (SELECT model FROM `${dataset}.fct_usage_daily` WHERE usage_date < @to)
  AND EXISTS (SELECT 1 FROM `${dataset}.fct_usage_daily` WHERE usage_date < DATE_SUB(@to, INTERVAL 6 DAY))
GROUP BY platform, model
ORDER BY platform, model;
