CREATE TABLE IF NOT EXISTS `${dataset}.leases` (
  name       STRING NOT NULL OPTIONS (description = "What is held"),
  holder     STRING          OPTIONS (description = "Command, day and run that hold it; NULL when it is free"),
  expires_at TIMESTAMP       OPTIONS (description = "When it is free again without being given back")
)
OPTIONS (description = "Who may build facts at the moment.");
