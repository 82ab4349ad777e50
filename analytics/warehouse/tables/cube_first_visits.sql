-- Builds:  cube_first_visits, one row per cell: how long the first visits to a tier lasted, and how they ended.
-- Grain:   0 by month of the ticket's creation, tier, tiers touched, outcome and bucket; 1, 2, 3 also by priority, product, channel (in
--          `value`), 5 by the teams that the ticket was with (`team_mask`). Outcomes and buckets as in tier_visits.
-- Reads:   tier_visits, tickets. Common subset of DuckDB SQL and Spark SQL.
SELECT CAST(g.grain AS SMALLINT) AS grain, CAST(year(t.created_day) * 12 + month(t.created_day) - 1 AS INT) AS month_no,
  CASE g.grain WHEN 1 THEN t.priority WHEN 2 THEN t.product WHEN 3 THEN t.channel END AS value,
  CASE WHEN g.grain = 5 THEN t.team_mask END AS team_mask, v.tier, t.tier_mask, v.first_outcome AS outcome, v.first_bucket AS bucket, count(*) AS n
FROM tier_visits v JOIN tickets t ON t.ticket_no = v.ticket_no
CROSS JOIN (SELECT 0 AS grain UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 5) g
WHERE v.first_bucket IS NOT NULL
GROUP BY CAST(g.grain AS SMALLINT), CAST(year(t.created_day) * 12 + month(t.created_day) - 1 AS INT),
  CASE g.grain WHEN 1 THEN t.priority WHEN 2 THEN t.product WHEN 3 THEN t.channel END,
  CASE WHEN g.grain = 5 THEN t.team_mask END, v.tier, t.tier_mask, v.first_outcome, v.first_bucket
