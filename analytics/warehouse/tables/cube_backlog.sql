-- Builds:  cube_backlog, one row per cell: day, tier that gains or loses open tickets, and the tickets' attributes and tiers.
-- Gives:   `n` moves and their sum `delta`; a running sum over days is the backlog, under any filter on the attributes or tiers.
-- Reads:   backlog_moves, tickets. Common subset of DuckDB SQL and Spark SQL.
SELECT b.day, b.tier, t.tier_mask, t.priority, t.product, t.channel, count(*) AS n, CAST(sum(b.delta) AS BIGINT) AS delta
FROM backlog_moves b JOIN tickets t ON t.ticket_no = b.ticket_no
GROUP BY b.day, b.tier, t.tier_mask, t.priority, t.product, t.channel
