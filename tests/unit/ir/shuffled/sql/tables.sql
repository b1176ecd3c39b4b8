-- The warehouse of the tests and of the examples in docs/diagnostics.
CREATE TABLE `${dataset}.orders` (
  order_id INT64 NOT NULL OPTIONS(description="Number of the order"),
  customer_id INT64,
  ordered_on DATE NOT NULL,
  created_at TIMESTAMP,
  updated_at DATETIME,
  country STRING,
  city STRING,
  status STRING,
  channel STRING,
  quantity INT64,
  total NUMERIC(18, 2),
  discount FLOAT64,
  is_paid BOOL,
  tags ARRAY<STRING>,
  address STRUCT<street STRING, zip STRING>,
  PRIMARY KEY (order_id) NOT ENFORCED,
  FOREIGN KEY (customer_id) REFERENCES `${dataset}.customers` (customer_id) NOT ENFORCED
)
PARTITION BY ordered_on
CLUSTER BY country;

CREATE TABLE `${dataset}.customers` (
  customer_id INT64 NOT NULL,
  name STRING,
  email STRING,
  country STRING,
  joined_on DATE,
  PRIMARY KEY (customer_id) NOT ENFORCED
);

CREATE OR REPLACE VIEW `${dataset}.daily_orders` AS
SELECT ordered_on AS day, country, COUNT(*) AS orders, SUM(total) AS revenue
FROM `${dataset}.orders`
GROUP BY day, country;
