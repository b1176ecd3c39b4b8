-- warn: what Anthropic charges has a use, code execution and sessions apart
SELECT cost_date AS day, workspace_id, component, model, SUM(cost_usd) AS cost_usd
FROM `${dataset}.fct_cost_daily`
WHERE cost_date BETWEEN @from AND @to
  AND product = 'api'
  AND cost_basis = 'residual'
  AND component NOT IN ('code_execution', 'session_usage')
GROUP BY cost_date, workspace_id, component, model
ORDER BY day, workspace_id, component, model;
