ALTER TABLE `${dataset}.dim_workspaces` ADD COLUMN IF NOT EXISTS purpose STRING;
UPDATE `${dataset}.dim_workspaces` SET purpose = LOWER(SPLIT(name, ' ')[OFFSET(0)]) WHERE purpose IS NULL;
