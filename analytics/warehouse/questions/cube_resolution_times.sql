-- Question: how long do tickets take until they are resolved, as a histogram?
-- Grain:    one row per (tier that resolved the ticket, bucket).
-- Units:    tickets; buckets as in tables/cube_resolutions.sql.
-- Method:   whole months of creation come from the cube, the days of the period before and after them from the facts.
WITH odd_days AS (
  SELECT t.resolved_tier AS tier, {elapsed} AS duration_us
  FROM (FROM tickets WHERE created_day < $months_start UNION ALL FROM tickets WHERE created_day > $months_end) t
  WHERE t.resolved_us IS NOT NULL AND t.resolved_tier IS NOT NULL AND {ticket_filter}
),
bucketed AS (
  SELECT tier, {bucket} AS bucket, 1 AS n
  FROM odd_days
  UNION ALL
  SELECT t.resolved_tier, t.bucket, t.n
  FROM cube_resolutions t
  WHERE t.grain = $grain AND t.on_business_clock = $on_business_clock AND t.with_pending = $with_pending
    AND t.month_no BETWEEN $first_month AND $last_month AND {cell_filter}
)
SELECT tier, bucket::INTEGER AS bucket, sum(n)::BIGINT AS n
FROM bucketed
GROUP BY ALL
ORDER BY tier, bucket
