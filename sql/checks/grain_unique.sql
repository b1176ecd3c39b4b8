-- error: each combination of the grain's columns stands once in its fact
SELECT 'fct_usage_daily' AS fact, usage_date AS day, user_email, model, COUNT(*) AS times
FROM `${dataset}.fct_usage_daily`
WHERE usage_date BETWEEN @from AND @to
GROUP BY usage_date, platform, product, workspace_id, api_key_id, user_email, model
HAVING COUNT(*) > 1
UNION ALL
SELECT 'fct_cost_daily', cost_date, user_email, model, COUNT(*)
FROM `${dataset}.fct_cost_daily`
WHERE cost_date BETWEEN @from AND @to
GROUP BY cost_date, platform, product, workspace_id, api_key_id, user_email, cost_type, component, model, cost_basis
HAVING COUNT(*) > 1;
