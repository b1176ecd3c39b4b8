CREATE TABLE IF NOT EXISTS `${dataset}.schema_migrations` (
  number     INT64 NOT NULL     OPTIONS (description = "Number of the migration"),
  name       STRING NOT NULL    OPTIONS (description = "Its name"),
  sha256     STRING NOT NULL    OPTIONS (description = "Hash of its text: an edited one is refused"),
  applied_at TIMESTAMP NOT NULL OPTIONS (description = "When it was applied")
)
OPTIONS (description = "Migrations that the dataset has seen.");
