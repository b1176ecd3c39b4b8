-- What it costs, from @from to @to, built anew. Anthropic's cost report knows no keys: each of its rows
-- is spread over the keys in proportion to what they used of the same thing (`exact`: tokens of that kind
-- by workspace, model, tier, context window and region; `loose`, where there are none: by workspace and
-- model, without the priority tiers, which have no cost). A web search costs the same whatever model
-- made it and its row names none: its base is the searches of the workspace. Shares have six places; the
-- key that used most takes what rounding left. What nobody used stays one row, the residual. The price of
-- a seat is spread over the days of the month in the same way. Who it is for is the person whom the
-- vendor names, else who answers for the key that day.
MERGE `${dataset}.fct_cost_daily` AS old
USING (
  WITH charges AS (
    SELECT
      CONCAT(CAST(usage_date AS STRING), '|', COALESCE(workspace_id, ''), '|', COALESCE(description, ''), '|',
        CAST(ordinal AS STRING)) AS charge_id,
      usage_date,
      COALESCE(workspace_id, '(default)') AS workspace_id,
      COALESCE(vendor_cost_type, 'tokens') AS component,
      IF(COALESCE(vendor_cost_type, 'tokens') = 'tokens', token_type, vendor_cost_type) AS base_type,
      model, service_tier, context_window, inference_geo, cost_usd
    FROM `${dataset}.raw_anthropic_cost`
    WHERE usage_date BETWEEN @from AND @to
      AND usage_date NOT IN (SELECT day FROM `${dataset}.analytics_days`)
  ),
  used AS (
    SELECT
      legacy.usage_date,
      COALESCE(legacy.workspace_id, '(default)') AS workspace_id,
      COALESCE(legacy.api_key_id, '(none)') AS api_key_id,
      legacy.model, legacy.service_tier, legacy.context_window, legacy.inference_geo,
      part.base_type, part.base
    FROM `${dataset}.raw_anthropic_usage` AS legacy
    CROSS JOIN UNNEST([
      STRUCT('uncached_input_tokens' AS base_type, legacy.uncached_input_tokens AS base),
      STRUCT('output_tokens' AS base_type, legacy.output_tokens AS base),
      STRUCT('cache_read_input_tokens' AS base_type, legacy.cache_read_tokens AS base),
      STRUCT('cache_creation.ephemeral_5m_input_tokens' AS base_type, legacy.cache_5m_tokens AS base),
      STRUCT('cache_creation.ephemeral_1h_input_tokens' AS base_type, legacy.cache_1h_tokens AS base),
      STRUCT('web_search' AS base_type, legacy.web_search_requests AS base)
    ]) AS part
    WHERE legacy.usage_date BETWEEN @from AND @to
      AND part.base > 0
  ),
  exact AS (
    SELECT charges.charge_id, used.api_key_id, SUM(used.base) AS base
    FROM charges
    JOIN used
      ON used.usage_date = charges.usage_date
      AND used.workspace_id = charges.workspace_id
      AND used.base_type = charges.base_type
      AND used.base_type != 'web_search'
      AND COALESCE(used.model, '') = COALESCE(charges.model, '')
      AND COALESCE(used.service_tier, '') = COALESCE(charges.service_tier, '')
      AND COALESCE(used.context_window, '') = COALESCE(charges.context_window, '')
      AND COALESCE(used.inference_geo, '') = COALESCE(charges.inference_geo, '')
    GROUP BY charges.charge_id, used.api_key_id
  ),
  loose AS (
    SELECT charges.charge_id, used.api_key_id, SUM(used.base) AS base
    FROM charges
    JOIN used
      ON used.usage_date = charges.usage_date
      AND used.workspace_id = charges.workspace_id
      AND used.base_type = charges.base_type
      AND (charges.base_type = 'web_search' OR COALESCE(used.model, '') = COALESCE(charges.model, ''))
      AND COALESCE(used.service_tier, '') NOT LIKE 'priority%'
    WHERE charges.charge_id NOT IN (SELECT charge_id FROM exact)
    GROUP BY charges.charge_id, used.api_key_id
  ),
  bases AS (
    SELECT charge_id, api_key_id, base
    FROM exact
    UNION ALL
    SELECT charge_id, api_key_id, base
    FROM loose
  ),
  shares AS (
    SELECT
      charges.charge_id,
      bases.api_key_id,
      charges.cost_usd,
      CAST(ROUND(CAST(charges.cost_usd * bases.base / SUM(bases.base) OVER (PARTITION BY charges.charge_id)
        AS NUMERIC), 6) AS NUMERIC) AS share,
      ROW_NUMBER() OVER (PARTITION BY charges.charge_id ORDER BY bases.base DESC, bases.api_key_id) AS position
    FROM charges
    JOIN bases ON bases.charge_id = charges.charge_id
  ),
  allocated AS (
    SELECT
      charge_id,
      api_key_id,
      IF(position = 1, share + cost_usd - SUM(share) OVER (PARTITION BY charge_id), share) AS cost_usd
    FROM shares
  ),
  seats AS (
    SELECT
      date AS cost_date, plans.platform, plans.plan,
      CAST(ROUND(CAST(plans.monthly_usd * plans.seats / EXTRACT(DAY FROM LAST_DAY(date)) AS NUMERIC), 6)
        AS NUMERIC) AS share,
      plans.monthly_usd * plans.seats AS monthly_usd,
      EXTRACT(DAY FROM LAST_DAY(date)) AS days
    FROM UNNEST(GENERATE_DATE_ARRAY(@from, @to)) AS date
    JOIN (
      SELECT LOWER(TRIM(platform)) AS platform, plan, seats, monthly_usd, valid_from, valid_to
      FROM `${dataset}.raw_sheet_subscriptions`
      WHERE problem IS NULL
        AND snapshot_date = (SELECT MAX(snapshot_date) FROM `${dataset}.raw_sheet_subscriptions`)
    ) AS plans
      ON plans.valid_from <= date AND date < COALESCE(plans.valid_to, DATE '9999-12-31')
  ),
  parts AS (
    SELECT
      charges.usage_date AS cost_date, 'anthropic' AS platform, 'api' AS product, charges.workspace_id,
      COALESCE(allocated.api_key_id, '(none)') AS api_key_id, CAST(NULL AS STRING) AS email,
      'usage' AS cost_type, charges.component, COALESCE(charges.model, '(none)') AS model,
      IF(allocated.api_key_id IS NULL, 'residual', 'allocated') AS cost_basis,
      COALESCE(allocated.cost_usd, charges.cost_usd) AS cost_usd,
      COALESCE(allocated.cost_usd, charges.cost_usd) AS list_usd
    FROM charges
    LEFT JOIN allocated ON allocated.charge_id = charges.charge_id
    UNION ALL
    SELECT
      usage_date, 'anthropic', 'api', COALESCE(workspace_id, '(default)'), COALESCE(api_key_id, '(none)'),
      actor_email, 'usage', COALESCE(vendor_cost_type, 'tokens'), COALESCE(model, '(none)'), 'reported',
      cost_usd, COALESCE(list_usd, cost_usd)
    FROM `${dataset}.raw_anthropic_cost_analytics`
    WHERE usage_date BETWEEN @from AND @to
      AND usage_date IN (SELECT day FROM `${dataset}.analytics_days`)
    UNION ALL
    SELECT
      usage_date, 'cursor', 'cursor', '(none)', '(none)', user_email,
      IF(is_chargeable, 'overage', 'included'), 'event', COALESCE(model, '(none)'), 'reported',
      IF(is_chargeable, charged_usd, CAST(0 AS NUMERIC)), charged_usd
    FROM `${dataset}.raw_cursor_events`
    WHERE usage_date BETWEEN @from AND @to
      AND charged_usd IS NOT NULL
    UNION ALL
    SELECT
      cost_date, platform, IF(platform = 'anthropic', 'claude_code', platform), '(none)', '(none)', NULL,
      'subscription', 'seat', '(none)', 'reported',
      IF(EXTRACT(DAY FROM cost_date) = 1, monthly_usd - share * (days - 1), share),
      IF(EXTRACT(DAY FROM cost_date) = 1, monthly_usd - share * (days - 1), share)
    FROM seats
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
      AND owners.valid_from <= parts.cost_date AND parts.cost_date < owners.valid_to
  )
  SELECT
    owned.cost_date AS cost_date,
    owned.platform AS platform,
    owned.product AS product,
    owned.workspace_id AS workspace_id,
    owned.api_key_id AS api_key_id,
    owned.user_email AS user_email,
    owned.cost_type AS cost_type,
    owned.component AS component,
    owned.model AS model,
    owned.cost_basis AS cost_basis,
    COALESCE(MAX(users.department), '(none)') AS department,
    COALESCE(MAX(users.team), '(none)') AS team,
    IF(LOGICAL_OR(owned.attribution = 'email'), 'email', MIN(owned.attribution)) AS attribution,
    SUM(owned.cost_usd) AS cost_usd,
    SUM(owned.list_usd) AS list_usd
  FROM owned
  LEFT JOIN `${dataset}.dim_users_history` AS users
    ON users.user_email = owned.user_email
    AND users.valid_from <= owned.cost_date AND owned.cost_date < users.valid_to
  GROUP BY owned.cost_date, owned.platform, owned.product, owned.workspace_id, owned.api_key_id,
    owned.user_email, owned.cost_type, owned.component, owned.model, owned.cost_basis
) AS new
ON FALSE
WHEN NOT MATCHED BY SOURCE AND old.cost_date BETWEEN @from AND @to THEN DELETE
WHEN NOT MATCHED THEN INSERT
  (cost_date, platform, product, workspace_id, api_key_id, user_email, cost_type, component, model, cost_basis,
    department, team, attribution, cost_usd, list_usd)
  VALUES (new.cost_date, new.platform, new.product, new.workspace_id, new.api_key_id, new.user_email, new.cost_type,
    new.component, new.model, new.cost_basis, new.department, new.team, new.attribution, new.cost_usd, new.list_usd);
