-- Workspaces as the latest snapshot that shows them has them. The default one is in no list: where
-- reports name none it is (default), and where a key names it by an id, that is the id no list shows.
MERGE `${dataset}.dim_workspaces` AS old
USING (
  WITH listed AS (
    SELECT workspace_id, COALESCE(name, workspace_id) AS name
    FROM `${dataset}.raw_anthropic_workspaces`
    QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id ORDER BY snapshot_date DESC, ordinal) = 1
  )
  SELECT workspace_id, name
  FROM listed
  UNION ALL
  SELECT '(default)', 'Default'
  UNION ALL
  SELECT DISTINCT workspace_id, 'Default'
  FROM `${dataset}.raw_anthropic_keys`
  WHERE workspace_id NOT IN (SELECT workspace_id FROM listed)
    AND EXISTS (SELECT 1 FROM listed)
) AS new
ON FALSE
WHEN NOT MATCHED BY SOURCE THEN DELETE
WHEN NOT MATCHED THEN INSERT (workspace_id, name) VALUES (new.workspace_id, new.name);
