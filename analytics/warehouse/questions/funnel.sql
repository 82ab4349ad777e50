-- Question: how many tickets get as far as each tier?
-- Grain:    one row per tier above the lowest one, nested: a ticket that reached L3 also counts for L2 (reached L2 or higher).
-- Units:    tickets.
-- Excludes: tickets whose tier is unknown.
-- Method:   the tickets are added up by their highest tier first; the tiers then meet a few sums, not every ticket.
WITH ranks AS (SELECT substr(value, 2)::SMALLINT AS tier FROM cube_values WHERE attribute = 'tier'),
climbed AS MATERIALIZED (
  SELECT t.highest_tier, t.is_resolved, sum(t.n) AS n FROM {tickets} t WHERE {ticket_filter} GROUP BY ALL
)
SELECT r.tier, coalesce(sum(t.n), 0)::BIGINT AS tickets,
  coalesce(sum(t.n) FILTER (WHERE t.is_resolved), 0)::BIGINT AS resolved,
  coalesce(sum(t.n) FILTER (WHERE t.highest_tier = r.tier), 0)::BIGINT AS stopped_here
FROM ranks r
LEFT JOIN climbed t ON t.highest_tier >= r.tier
GROUP BY r.tier
ORDER BY r.tier
