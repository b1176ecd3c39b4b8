CREATE TABLE IF NOT EXISTS `${dataset}.fact_builds` (
  fact       STRING NOT NULL    OPTIONS (description = "Table that was built"),
  day        DATE NOT NULL      OPTIONS (description = "Day that was built"),
  input_hash STRING NOT NULL    OPTIONS (description = "Hash of the day's input and of the SQL"),
  run_id     STRING NOT NULL    OPTIONS (description = "Run that built it"),
  built_at   TIMESTAMP NOT NULL OPTIONS (description = "When it was built")
)
PARTITION BY day
CLUSTER BY fact
OPTIONS (description = "Which input each day of each fact was built from.");
