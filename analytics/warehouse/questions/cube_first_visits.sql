-- Question: how long do first visits to a tier last and how do they end, as a histogram?
-- Grain:    one row per (tier, bucket), buckets in rising order.
-- Units:    tier visits: `escalated`, `returned`, `resolved`, `cancelled`; `ended` are these four, `leaving` also open ones, censored.
-- Method:   whole months of creation come from the cube, the days of the period before and after them from the facts.
--           Visits of the days before and after are looked up apart: each time those of a run of ticket numbers, and not of all.
WITH before AS (SELECT t.ticket_no FROM tickets t WHERE t.created_day < $months_start AND {ticket_filter}),
after AS (SELECT t.ticket_no FROM tickets t WHERE t.created_day > $months_end AND {ticket_filter}),
odd_days AS (
  SELECT v.tier,
    (least(coalesce(v.first_put_aside_us, v.ended_us, d.last_us), coalesce(v.ended_us, d.last_us)) - v.started_us) AS duration_us,
    CASE WHEN v.first_put_aside_us IS NOT NULL AND v.state_at_start < 2 THEN CASE WHEN v.first_put_aside_state = 4 THEN 4 ELSE 1 END
         WHEN v.ended_by = 'handoff' AND v.next_tier > v.tier THEN 0
         WHEN v.ended_by = 'handoff' THEN 3
         WHEN v.ended_by = 'cancelled' THEN 4
         WHEN v.ended_by IS NOT NULL THEN 1
         ELSE 2 END AS outcome
  FROM (
    FROM tier_visits SEMI JOIN before USING (ticket_no) UNION ALL FROM tier_visits SEMI JOIN after USING (ticket_no)
  ) v CROSS JOIN data_end d
  WHERE v.tier IS NOT NULL AND NOT v.is_return
),
bucketed AS (
  SELECT tier, outcome, {bucket} AS bucket, 1 AS n
  FROM odd_days
  UNION ALL
  SELECT t.tier, t.outcome, t.bucket::INTEGER, t.n
  FROM cube_first_visits t
  WHERE t.grain = $grain AND t.month_no BETWEEN $first_month AND $last_month AND {cell_filter}
)
SELECT tier, bucket, coalesce(sum(n) FILTER (WHERE outcome = 0), 0)::BIGINT AS escalated,
  coalesce(sum(n) FILTER (WHERE outcome = 3), 0)::BIGINT AS returned,
  coalesce(sum(n) FILTER (WHERE outcome = 1), 0)::BIGINT AS resolved,
  coalesce(sum(n) FILTER (WHERE outcome = 4), 0)::BIGINT AS cancelled,
  coalesce(sum(n) FILTER (WHERE outcome <> 2), 0)::BIGINT AS ended, sum(n)::BIGINT AS leaving
FROM bucketed
GROUP BY ALL
ORDER BY tier, bucket
