-- Builds:  cube_backlog, one row per cell: day, tier that gains or loses open tickets, and the tickets' tiers; in grain 4 also their
--          attributes, in grain 5 the teams that they were with (`team_mask`).
-- Gives:   `n` moves and their sum `delta`; a running sum over days is the backlog, under any filter on what a grain tells.
-- Reads:   backlog_moves, tickets. Common subset of DuckDB SQL and Spark SQL.
WITH seen AS (
  SELECT g.grain, b.day, b.tier, t.tier_mask, CASE WHEN g.grain = 5 THEN t.team_mask END AS seen_teams,
    CASE WHEN g.grain = 4 THEN t.priority END AS seen_priority, CASE WHEN g.grain = 4 THEN t.product END AS seen_product,
    CASE WHEN g.grain = 4 THEN t.channel END AS seen_channel, b.delta
  FROM backlog_moves b JOIN tickets t ON t.ticket_no = b.ticket_no
  CROSS JOIN (SELECT 4 AS grain UNION ALL SELECT 5) g
)
SELECT CAST(grain AS SMALLINT) AS grain, day, tier, tier_mask, seen_teams AS team_mask, seen_priority AS priority,
  seen_product AS product, seen_channel AS channel, count(*) AS n, CAST(sum(delta) AS BIGINT) AS delta
FROM seen
GROUP BY grain, day, tier, tier_mask, seen_teams, seen_priority, seen_product, seen_channel
