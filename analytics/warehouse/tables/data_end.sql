-- Builds:  data_end, one row: the moment of the data's last event, at which everything still open is censored, and whether the
--          data holds replies at all (what counts as a ticket's first answer depends on it).
-- Reads:   events, all of them, `excluded` tickets left out. Common subset of DuckDB SQL and Spark SQL.
SELECT min(at_us) AS first_us, max(at_us) AS last_us, min(day) AS first_day, max(day) AS last_day, count(*) AS events,
  count(*) FILTER (WHERE kind = 'replied') AS replies
FROM events e
WHERE NOT EXISTS (SELECT 1 FROM events x WHERE x.kind = 'excluded' AND x.ticket_no = e.ticket_no)
