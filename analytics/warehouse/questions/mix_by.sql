-- Question: which products, teams or values of any column are resolved at which tier, and how often does L1 pass them up?
-- Grain:    one row per (value, tier of the last resolution); values without a resolved ticket have one row with tier NULL.
-- Units:    tickets. `tickets` = all of that value, `touched_l1` = those that L1 saw, `escalated_l1` = those it passed up.
WITH grouped AS (
  SELECT coalesce({value}, '(not given)') AS value, t.resolved_tier AS tier, t.is_resolved AS resolved,
    t.tier_mask & 2 <> 0 AS touched_l1, t.escalated_mask & 2 <> 0 AS escalated_l1, sum(t.n)::BIGINT AS n
  FROM {tickets} t {join}
  WHERE {ticket_filter}
  GROUP BY ALL
),
totals AS (
  SELECT value, sum(n)::BIGINT AS tickets,
    coalesce(sum(n) FILTER (WHERE resolved AND tier IS NOT NULL), 0)::BIGINT AS all_resolved,
    coalesce(sum(n) FILTER (WHERE touched_l1), 0)::BIGINT AS touched_l1,
    coalesce(sum(n) FILTER (WHERE escalated_l1), 0)::BIGINT AS escalated_l1
  FROM grouped GROUP BY value
),
solved AS (
  SELECT value, tier, sum(n)::BIGINT AS resolved FROM grouped WHERE resolved AND tier IS NOT NULL GROUP BY value, tier
)
SELECT s.value, g.tier, coalesce(g.resolved, 0) AS resolved, s.tickets, s.all_resolved, s.touched_l1, s.escalated_l1
FROM totals s LEFT JOIN solved g USING (value)
ORDER BY s.tickets DESC, s.value, g.tier
