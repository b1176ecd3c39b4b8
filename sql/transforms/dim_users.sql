-- The version of each person that holds now.
MERGE `${dataset}.dim_users` AS old
USING (
  SELECT user_email, user_id, first_name, last_name, department, team, is_active
  FROM `${dataset}.dim_users_history`
  WHERE valid_to = DATE '9999-12-31'
) AS new
ON FALSE
WHEN NOT MATCHED BY SOURCE THEN DELETE
WHEN NOT MATCHED THEN INSERT (user_email, user_id, first_name, last_name, department, team, is_active)
  VALUES (new.user_email, new.user_id, new.first_name, new.last_name, new.department, new.team, new.is_active);
