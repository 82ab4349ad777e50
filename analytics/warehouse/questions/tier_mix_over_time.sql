-- Question: how does the share resolved by each tier move over time?
-- Grain:    one row per (period of creation, tier).
-- Units:    resolved tickets by the tier of their last resolution; `created` = all tickets created in the period, `open_share` = those
--           without a resolution (an immature period has many).
WITH grouped AS (
  SELECT date_trunc($grain, t.created_day)::DATE AS period, t.resolved_tier AS tier, t.is_resolved AS resolved, t.n
  FROM {tickets} t
  WHERE {ticket_filter}
),
totals AS (
  SELECT period, sum(n)::BIGINT AS created, coalesce(sum(n) FILTER (WHERE resolved), 0)::BIGINT AS all_resolved FROM grouped GROUP BY period
)
SELECT g.period, g.tier, sum(g.n)::BIGINT AS resolved, any_value(s.created) AS created, any_value(s.all_resolved) AS all_resolved
FROM grouped g JOIN totals s USING (period)
WHERE g.resolved AND g.tier IS NOT NULL
GROUP BY g.period, g.tier
ORDER BY g.period, g.tier
