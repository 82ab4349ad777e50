-- Builds:  cube_handoffs, one row per cell: day of the handing over, tiers, direction and the ticket's attributes; `n` handoffs.
-- Reads:   handoffs. Common subset of DuckDB SQL and Spark SQL.
SELECT handed_day, from_tier, to_tier, direction, changes_tier, priority, product, channel, count(*) AS n
FROM handoffs
GROUP BY handed_day, from_tier, to_tier, direction, changes_tier, priority, product, channel
