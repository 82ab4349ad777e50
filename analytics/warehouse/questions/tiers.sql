-- Question: who takes tickets in, who resolves them, who passes them up?
-- Grain:    one row per tier that has at least one ticket in the whole dataset.
-- Units:    tickets.
-- Excludes: tickets whose tier is unknown.
-- Method:   the tickets are added up by their ways first; the tiers then meet a few hundred sums, not every ticket.
WITH ranks AS (SELECT substr(value, 2)::SMALLINT AS tier FROM cube_values WHERE attribute = 'tier'),
ways AS MATERIALIZED (
  SELECT t.tier_mask, t.entry_tier, t.resolved_tier, t.is_resolved, t.escalated_mask, t.returned_mask, sum(t.n) AS n
  FROM {tickets} t
  WHERE {ticket_filter}
  GROUP BY ALL
)
SELECT r.tier,
  coalesce(sum(t.n) FILTER (WHERE t.tier_mask & (1 << r.tier) <> 0), 0)::BIGINT AS tickets_touched,
  coalesce(sum(t.n) FILTER (WHERE t.tier_mask = 1 << r.tier), 0)::BIGINT AS tickets_only,
  coalesce(sum(t.n) FILTER (WHERE t.entry_tier = r.tier), 0)::BIGINT AS entry,
  coalesce(sum(t.n) FILTER (WHERE t.resolved_tier = r.tier), 0)::BIGINT AS resolved,
  coalesce(sum(t.n) FILTER (WHERE t.is_resolved), 0)::BIGINT AS all_resolved,
  coalesce(sum(t.n) FILTER (WHERE t.escalated_mask & (1 << r.tier) <> 0), 0)::BIGINT AS escalated,
  coalesce(sum(t.n) FILTER (WHERE t.returned_mask & (1 << r.tier) <> 0), 0)::BIGINT AS returned
FROM ranks r
LEFT JOIN ways t ON TRUE
GROUP BY r.tier
ORDER BY r.tier
