-- Question: which products (or other attribute) are resolved at which tier?
-- Grain:    one row per (value of the attribute, tier).
-- Units:    resolved tickets; `tickets` = all tickets of that value, `escalated` = those that left L1 upwards.
WITH grouped AS (
  SELECT coalesce(t.{value}, '(not given)') AS value, t.resolved_tier AS tier, t.is_resolved AS resolved,
    t.tier_mask & 2 <> 0 AS touched_l1, t.escalated_mask & 2 <> 0 AS escalated_l1, t.n
  FROM {tickets} t
  WHERE {ticket_filter}
),
totals AS (
  SELECT value, sum(n)::BIGINT AS tickets,
    coalesce(sum(n) FILTER (WHERE resolved AND tier IS NOT NULL), 0)::BIGINT AS all_resolved,
    coalesce(sum(n) FILTER (WHERE touched_l1), 0)::BIGINT AS touched_l1,
    coalesce(sum(n) FILTER (WHERE escalated_l1), 0)::BIGINT AS escalated_l1
  FROM grouped GROUP BY value
)
SELECT g.value, g.tier, sum(g.n)::BIGINT AS resolved, any_value(s.tickets) AS tickets, any_value(s.all_resolved) AS all_resolved,
  any_value(s.touched_l1) AS touched_l1, any_value(s.escalated_l1) AS escalated_l1
FROM grouped g JOIN totals s USING (value)
WHERE g.resolved AND g.tier IS NOT NULL
GROUP BY g.value, g.tier
ORDER BY tickets DESC, g.value, g.tier
