-- Question: who takes tickets in, who resolves them, who passes them up?
-- Grain:    one row per tier that has at least one ticket in the whole dataset.
-- Units:    tickets.
-- Excludes: tickets whose tier is unknown.
WITH ranks AS (SELECT DISTINCT tier FROM tier_visits WHERE tier IS NOT NULL)
SELECT r.tier,
  count(*) FILTER (WHERE t.tier_mask & (1 << r.tier) <> 0) AS tickets_touched,
  count(*) FILTER (WHERE t.tier_mask = 1 << r.tier) AS tickets_only,
  count(*) FILTER (WHERE t.entry_tier = r.tier) AS entry,
  count(*) FILTER (WHERE t.resolved_tier = r.tier) AS resolved,
  count(*) FILTER (WHERE t.resolved_us IS NOT NULL) AS all_resolved,
  count(*) FILTER (WHERE t.escalated_mask & (1 << r.tier) <> 0) AS escalated,
  count(*) FILTER (WHERE t.returned_mask & (1 << r.tier) <> 0) AS returned
FROM ranks r
LEFT JOIN tickets t ON {ticket_filter}
GROUP BY r.tier
ORDER BY r.tier
