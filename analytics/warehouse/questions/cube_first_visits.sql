-- Question: how long do first visits to a tier last until an escalation or another end, as a histogram?
-- Grain:    one row per (tier, bucket), buckets in rising order.
-- Units:    tier visits: `escalated`, `ended` (escalated or otherwise) and `leaving` (also open ones, censored).
SELECT t.tier, t.bucket::INTEGER AS bucket, coalesce(sum(t.n) FILTER (WHERE t.outcome = 0), 0)::BIGINT AS escalated,
  coalesce(sum(t.n) FILTER (WHERE t.outcome < 2), 0)::BIGINT AS ended, sum(t.n)::BIGINT AS leaving
FROM cube_first_visits t
WHERE t.month_no BETWEEN $first_month AND $last_month AND {cell_filter}
GROUP BY ALL
ORDER BY t.tier, bucket
