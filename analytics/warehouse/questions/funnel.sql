-- Question: how many tickets get as far as each tier?
-- Grain:    one row per tier above the lowest one, nested: a ticket that reached L3 also counts for L2 (reached L2 or higher).
-- Units:    tickets.
-- Excludes: tickets whose tier is unknown.
WITH ranks AS (SELECT substr(value, 2)::SMALLINT AS tier FROM cube_values WHERE attribute = 'tier')
SELECT r.tier, coalesce(sum(t.n), 0)::BIGINT AS tickets,
  coalesce(sum(t.n) FILTER (WHERE t.is_resolved), 0)::BIGINT AS resolved,
  coalesce(sum(t.n) FILTER (WHERE t.highest_tier = r.tier), 0)::BIGINT AS stopped_here
FROM ranks r
LEFT JOIN {tickets} t ON t.highest_tier >= r.tier AND {ticket_filter}
GROUP BY r.tier
ORDER BY r.tier
