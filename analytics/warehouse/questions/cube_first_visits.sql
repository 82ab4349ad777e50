-- Question: how long do first visits to a tier last and how do they end, as a histogram?
-- Grain:    one row per (tier, bucket), buckets in rising order.
-- Units:    tier visits: `escalated`, `returned`, `resolved`, `cancelled`; `ended` are these four, `leaving` also open ones, censored.
-- Method:   whole months of creation come from the cube, the days of the period before and after them from the facts: looked up
--           apart, each time those of a run of tickets, and not of all.
WITH odd_days AS (
  {visits_of_tickets} WHERE t.created_day < $months_start AND {ticket_filter}{end_of_tickets}
  UNION ALL
  {visits_of_tickets} WHERE t.created_day > $months_end AND {ticket_filter}{end_of_tickets}
),
bucketed AS (
  SELECT tier, first_outcome AS outcome, first_bucket AS bucket, count(*) AS n
  FROM odd_days
  WHERE first_bucket IS NOT NULL
  GROUP BY ALL
  UNION ALL
  SELECT t.tier, t.outcome, t.bucket, t.n
  FROM cube_first_visits t
  WHERE t.grain = $grain AND t.month_no BETWEEN $first_month AND $last_month AND {cell_filter}
)
SELECT tier, bucket::INTEGER AS bucket, coalesce(sum(n) FILTER (WHERE outcome = 0), 0)::BIGINT AS escalated,
  coalesce(sum(n) FILTER (WHERE outcome = 3), 0)::BIGINT AS returned,
  coalesce(sum(n) FILTER (WHERE outcome = 1), 0)::BIGINT AS resolved,
  coalesce(sum(n) FILTER (WHERE outcome = 4), 0)::BIGINT AS cancelled,
  coalesce(sum(n) FILTER (WHERE outcome <> 2), 0)::BIGINT AS ended, sum(n)::BIGINT AS leaving
FROM bucketed
GROUP BY tier, bucketed.bucket
ORDER BY tier, bucketed.bucket
