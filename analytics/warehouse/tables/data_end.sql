-- Builds:  data_end, one row: the moment of the data's last event, at which everything still open is censored.
-- Reads:   event_states. Common subset of DuckDB SQL and Spark SQL.
SELECT min(at_us) AS first_us, max(at_us) AS last_us, min(day) AS first_day, max(day) AS last_day, count(*) AS events
FROM event_states
