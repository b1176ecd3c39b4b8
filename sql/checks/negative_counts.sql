-- error: no count in a fact is below zero
SELECT usage_date AS day, platform, product, user_email, model, total_tokens, requests
FROM `${dataset}.fct_usage_daily`
WHERE usage_date BETWEEN @from AND @to
  AND LEAST(COALESCE(uncached_input_tokens, 0), COALESCE(cache_read_tokens, 0), COALESCE(cache_creation_tokens, 0),
    COALESCE(output_tokens, 0), COALESCE(requests, 0), COALESCE(web_search_requests, 0), COALESCE(sessions, 0),
    COALESCE(loc_added, 0), COALESCE(loc_removed, 0), COALESCE(loc_accepted, 0), COALESCE(accepts, 0),
    COALESCE(rejects, 0), COALESCE(commits, 0), COALESCE(pull_requests, 0)) < 0
ORDER BY day, user_email, model;
