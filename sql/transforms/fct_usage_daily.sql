-- What was used, from @from to @to, built anew. Each part below yields the grain's keys and counts; a
-- count that its vendor does not know at all stays NULL. Claude Code names a key and does not give its
-- id: the name counts where one key alone had it that day. Who did it is the person whom the vendor
-- names, else who answers for the key that day.
MERGE `${dataset}.fct_usage_daily` AS old
USING (
  WITH key_names AS (
    SELECT date AS usage_date, api_keys.api_key_name, MIN(api_keys.api_key_id) AS api_key_id
    FROM UNNEST(GENERATE_DATE_ARRAY(@from, @to)) AS date
    JOIN `${dataset}.dim_api_keys_history` AS api_keys
      ON api_keys.valid_from <= date AND date < api_keys.valid_to
    WHERE api_keys.platform = 'anthropic' AND api_keys.api_key_name IS NOT NULL
    GROUP BY date, api_keys.api_key_name
    HAVING COUNT(*) = 1
  ),
  parts AS (
    SELECT
      usage_date, 'anthropic' AS platform, 'api' AS product,
      COALESCE(workspace_id, '(default)') AS workspace_id,
      COALESCE(api_key_id, '(none)') AS api_key_id,
      CAST(NULL AS STRING) AS email,
      COALESCE(model, '(none)') AS model,
      uncached_input_tokens, cache_read_tokens, cache_5m_tokens + cache_1h_tokens AS cache_creation_tokens,
      output_tokens, CAST(NULL AS INT64) AS requests, web_search_requests,
      CAST(NULL AS INT64) AS sessions, CAST(NULL AS INT64) AS loc_added, CAST(NULL AS INT64) AS loc_removed,
      CAST(NULL AS INT64) AS loc_accepted, CAST(NULL AS INT64) AS accepts, CAST(NULL AS INT64) AS rejects,
      CAST(NULL AS INT64) AS commits, CAST(NULL AS INT64) AS pull_requests
    FROM `${dataset}.raw_anthropic_usage`
    WHERE usage_date BETWEEN @from AND @to
      AND usage_date NOT IN (SELECT day FROM `${dataset}.analytics_days`)
    UNION ALL
    SELECT
      usage_date, 'anthropic', 'api', COALESCE(workspace_id, '(default)'), COALESCE(api_key_id, '(none)'),
      actor_email, COALESCE(model, '(none)'),
      uncached_input_tokens, cache_read_tokens, cache_5m_tokens + cache_1h_tokens, output_tokens,
      requests, web_search_requests, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM `${dataset}.raw_anthropic_usage_analytics`
    WHERE usage_date BETWEEN @from AND @to
      AND usage_date IN (SELECT day FROM `${dataset}.analytics_days`)
    UNION ALL
    SELECT
      code.usage_date, 'anthropic', 'claude_code', '(none)', COALESCE(key_names.api_key_id, '(none)'),
      code.actor_email, '(none)',
      NULL, NULL, NULL, NULL, NULL, NULL,
      code.sessions, code.loc_added, code.loc_removed, NULL, code.accepts, code.rejects, code.commits,
      code.pull_requests
    FROM `${dataset}.raw_claude_code` AS code
    LEFT JOIN key_names
      ON key_names.usage_date = code.usage_date AND key_names.api_key_name = code.api_key_name
    WHERE code.usage_date BETWEEN @from AND @to
    UNION ALL
    SELECT
      code.usage_date, 'anthropic', 'claude_code', '(none)', COALESCE(key_names.api_key_id, '(none)'),
      code.actor_email, COALESCE(used.model, '(none)'),
      used.input_tokens, used.cache_read_tokens, used.cache_creation_tokens, used.output_tokens,
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM `${dataset}.raw_claude_code` AS code
    CROSS JOIN UNNEST(code.models) AS used
    LEFT JOIN key_names
      ON key_names.usage_date = code.usage_date AND key_names.api_key_name = code.api_key_name
    WHERE code.usage_date BETWEEN @from AND @to
      AND code.customer_type = 'subscription'
    UNION ALL
    SELECT
      usage_date, 'cursor', 'cursor', '(none)', '(none)', user_email, COALESCE(model, '(none)'),
      input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, 1,
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM `${dataset}.raw_cursor_events`
    WHERE usage_date BETWEEN @from AND @to
    UNION ALL
    SELECT
      usage_date, 'cursor', 'cursor', '(none)', '(none)', user_email, '(none)',
      NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      loc_added, loc_removed, loc_accepted, accepts, rejects, NULL, NULL
    FROM `${dataset}.raw_cursor_usage`
    WHERE usage_date BETWEEN @from AND @to
      AND (is_active OR loc_added + loc_removed + loc_accepted + accepts + rejects != 0)
  ),
  owned AS (
    SELECT
      parts.*,
      COALESCE(people.user_email, NULLIF(LOWER(TRIM(parts.email)), ''), owners.user_email, '(unattributed)')
        AS user_email,
      IF(TRIM(parts.email) != '', 'email', COALESCE(owners.attribution, 'unattributed')) AS attribution
    FROM parts
    LEFT JOIN `${dataset}.user_emails` AS people
      ON people.email = LOWER(TRIM(parts.email))
    LEFT JOIN `${dataset}.key_owners` AS owners
      ON owners.api_key_id = parts.api_key_id
      AND owners.valid_from <= parts.usage_date AND parts.usage_date < owners.valid_to
  )
  SELECT
    owned.usage_date AS usage_date,
    owned.platform AS platform,
    owned.product AS product,
    owned.workspace_id AS workspace_id,
    owned.api_key_id AS api_key_id,
    owned.user_email AS user_email,
    owned.model AS model,
    COALESCE(MAX(users.department), '(none)') AS department,
    COALESCE(MAX(users.team), '(none)') AS team,
    IF(LOGICAL_OR(owned.attribution = 'email'), 'email', MIN(owned.attribution)) AS attribution,
    SUM(owned.uncached_input_tokens) AS uncached_input_tokens,
    SUM(owned.cache_read_tokens) AS cache_read_tokens,
    SUM(owned.cache_creation_tokens) AS cache_creation_tokens,
    SUM(owned.output_tokens) AS output_tokens,
    SUM(owned.uncached_input_tokens + owned.cache_read_tokens + owned.cache_creation_tokens
      + owned.output_tokens) AS total_tokens,
    SUM(owned.requests) AS requests,
    SUM(owned.web_search_requests) AS web_search_requests,
    SUM(owned.sessions) AS sessions,
    SUM(owned.loc_added) AS loc_added,
    SUM(owned.loc_removed) AS loc_removed,
    SUM(owned.loc_accepted) AS loc_accepted,
    SUM(owned.accepts) AS accepts,
    SUM(owned.rejects) AS rejects,
    SUM(owned.commits) AS commits,
    SUM(owned.pull_requests) AS pull_requests
  FROM owned
  LEFT JOIN `${dataset}.dim_users_history` AS users
    ON users.user_email = owned.user_email
    AND users.valid_from <= owned.usage_date AND owned.usage_date < users.valid_to
  GROUP BY owned.usage_date, owned.platform, owned.product, owned.workspace_id, owned.api_key_id,
    owned.user_email, owned.model
) AS new
ON FALSE
WHEN NOT MATCHED BY SOURCE AND old.usage_date BETWEEN @from AND @to THEN DELETE
WHEN NOT MATCHED THEN INSERT
  (usage_date, platform, product, workspace_id, api_key_id, user_email, model, department, team, attribution,
    uncached_input_tokens, cache_read_tokens, cache_creation_tokens, output_tokens, total_tokens, requests,
    web_search_requests, sessions, loc_added, loc_removed, loc_accepted, accepts, rejects, commits, pull_requests)
  VALUES (new.usage_date, new.platform, new.product, new.workspace_id, new.api_key_id, new.user_email, new.model,
    new.department, new.team, new.attribution, new.uncached_input_tokens, new.cache_read_tokens,
    new.cache_creation_tokens, new.output_tokens, new.total_tokens, new.requests, new.web_search_requests,
    new.sessions, new.loc_added, new.loc_removed, new.loc_accepted, new.accepts, new.rejects, new.commits,
    new.pull_requests);
