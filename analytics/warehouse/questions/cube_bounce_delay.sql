-- Question: what share of all the time until resolution is spent with another team and straight back, as a histogram?
-- Grain:    one row per (number of such loops, bucket of the time to resolve) of resolved tickets that have any loop; and one row with
--           loops NULL: all resolved tickets.
-- Units:    tickets; microseconds as in bounce_delay.sql. `placeless`: resolved tickets whose tier is not known, which no cube of
--           durations has.
WITH spent AS (
  SELECT least(count(*), 3) AS loops, sum(t.away_us) AS away_us, any_value(t.resolve_us) AS duration_us
  FROM loops t
  WHERE t.is_before_resolution AND {ticket_filter}
  GROUP BY t.ticket_no
)
SELECT loops::INTEGER AS loops, ({bucket})::INTEGER AS bucket, count(*) AS n, sum(duration_us)::DOUBLE AS resolve_us,
  sum(away_us)::DOUBLE AS away_us, 0 AS placeless
FROM spent
GROUP BY ALL
UNION ALL
SELECT NULL, NULL, coalesce(sum(t.n), 0)::BIGINT, coalesce(sum(t.resolve_us), 0)::DOUBLE, 0,
  coalesce(sum(t.n) FILTER (WHERE t.resolved_tier IS NULL), 0)::BIGINT
FROM {tickets} t
WHERE t.is_resolved AND {cell_filter}
ORDER BY loops NULLS FIRST, bucket
