-- Workspaces as the latest snapshot that shows them has them; the default one has no record of its own.
MERGE `${dataset}.dim_workspaces` AS old
USING (
  SELECT workspace_id, COALESCE(name, workspace_id) AS name
  FROM `${dataset}.raw_anthropic_workspaces`
  QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id ORDER BY snapshot_date DESC, ordinal) = 1
  UNION ALL
  SELECT '(default)', 'Default'
) AS new
ON FALSE
WHEN NOT MATCHED BY SOURCE THEN DELETE
WHEN NOT MATCHED THEN INSERT (workspace_id, name) VALUES (new.workspace_id, new.name);
