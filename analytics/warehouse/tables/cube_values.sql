-- Builds:  cube_values, one row per value that can be filtered by: `n` tickets that have it (for teams and tiers: with a visit there).
-- Reads:   tickets, visits, tier_visits, teams. Common subset of DuckDB SQL and Spark SQL.
SELECT 'priority' AS attribute, priority AS value, count(*) AS n FROM tickets WHERE priority IS NOT NULL GROUP BY priority
UNION ALL SELECT 'product', product, count(*) FROM tickets WHERE product IS NOT NULL GROUP BY product
UNION ALL SELECT 'category', category, count(*) FROM tickets WHERE category IS NOT NULL GROUP BY category
UNION ALL SELECT 'channel', channel, count(*) FROM tickets WHERE channel IS NOT NULL GROUP BY channel
UNION ALL SELECT 'team', m.team, count(DISTINCT v.ticket_no) FROM visits v JOIN teams m ON m.team_no = v.team_no GROUP BY m.team
UNION ALL SELECT 'tier', concat('L', CAST(tier AS STRING)), count(DISTINCT ticket_no) FROM tier_visits WHERE tier IS NOT NULL GROUP BY tier
