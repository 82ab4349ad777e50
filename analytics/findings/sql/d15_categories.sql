-- Question: which categories of L1's tickets could self-service take?
-- Grain:    one row per category (NULL where none is known).
-- Units:    matured tickets that reached L1; escalated; `alone` = resolved by L1 and never elsewhere; hours of tracked work on those.
SELECT t.category, count(*) AS tickets, count(*) FILTER (WHERE t.escalated_mask & 2 <> 0) AS escalated,
  count(*) FILTER (WHERE t.tier_mask = 2 AND t.resolved_tier = 1) AS alone,
  coalesce(sum(t.effort_minutes) FILTER (WHERE t.tier_mask = 2 AND t.resolved_tier = 1), 0) / 60 AS alone_hours
FROM tickets t CROSS JOIN data_end d
WHERE t.tier_mask & 2 <> 0 AND t.created_us <= d.last_us - $mature_days * 86400000000 AND {ticket_filter}
GROUP BY t.category ORDER BY t.category NULLS LAST
