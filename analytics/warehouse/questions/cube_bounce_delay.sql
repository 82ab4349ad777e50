-- Question: what share of all the time until resolution is spent with another team and straight back, as a histogram?
-- Grain:    one row per (number of such loops, bucket of the time to resolve) of resolved tickets that have any loop; and one row with
--           loops NULL: all resolved tickets.
-- Units:    tickets; microseconds as in bounce_delay.sql. `placeless`: resolved tickets whose tier is not known, which no cube of
--           durations has.
WITH looping AS (
  SELECT t.ticket_no, t.resolved_us, t.created_us
  FROM tickets t
  WHERE t.team_immediate > 0 AND t.resolved_us IS NOT NULL AND {ticket_filter}
),
away AS (
  SELECT h.ticket_no, least(count(*), 3) AS loops, sum(h.stayed_us) AS away_us
  FROM handoffs h JOIN looping t ON t.ticket_no = h.ticket_no
  WHERE h.is_immediate_return AND h.handed_us <= t.resolved_us
  GROUP BY h.ticket_no
),
spent AS (
  SELECT a.loops, a.away_us, t.resolved_us - t.created_us AS duration_us
  FROM looping t JOIN away a ON a.ticket_no = t.ticket_no
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
