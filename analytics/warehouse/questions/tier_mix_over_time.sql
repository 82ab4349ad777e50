-- Question: how does the share resolved by each tier move over time?
-- Grain:    one row per (period of creation, tier).
-- Units:    resolved tickets by the tier of their last resolution; `created` = all tickets created in the period, `open_share` = those
--           without a resolution (an immature period has many).
WITH grouped AS (
  SELECT date_trunc($grain, t.created_day)::DATE AS period, t.resolved_tier AS tier, t.resolved_us IS NOT NULL AS resolved
  FROM tickets t
  WHERE {ticket_filter}
),
totals AS (
  SELECT period, count(*) AS created, count(*) FILTER (WHERE resolved) AS all_resolved FROM grouped GROUP BY period
)
SELECT g.period, g.tier, count(*) AS resolved, any_value(s.created) AS created, any_value(s.all_resolved) AS all_resolved
FROM grouped g JOIN totals s USING (period)
WHERE g.resolved AND g.tier IS NOT NULL
GROUP BY g.period, g.tier
ORDER BY g.period, g.tier
