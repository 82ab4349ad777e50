-- Question: how many tickets get as far as each tier?
-- Grain:    one row per tier above the lowest one, nested: a ticket that reached L3 also counts for L2 (reached L2 or higher).
-- Units:    tickets.
-- Excludes: tickets whose tier is unknown.
WITH ranks AS (SELECT DISTINCT tier FROM tier_visits WHERE tier IS NOT NULL)
SELECT r.tier, count(t.ticket_no) AS tickets,
  count(t.ticket_no) FILTER (WHERE t.resolved_us IS NOT NULL) AS resolved,
  count(t.ticket_no) FILTER (WHERE t.highest_tier = r.tier) AS stopped_here
FROM ranks r
LEFT JOIN tickets t ON t.highest_tier >= r.tier AND {ticket_filter}
GROUP BY r.tier
ORDER BY r.tier
