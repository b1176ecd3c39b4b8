-- warn: every member of the Cursor team used it in the last 28 days
SELECT user_email, last_day
FROM `${dataset}.cursor_seats`
WHERE COALESCE(last_day, DATE '1970-01-01') < @from
  AND @from <= @to
ORDER BY user_email;
