-- Question: how much work do the longest visits of L1 and L2 take?
-- Grain:    one row per tier.
-- Units:    minutes of tracked work that nine in ten ended visits stay within.
SELECT v.tier, quantile_cont(v.effort_minutes, 0.9) AS p90_minutes
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IN (1, 2) AND v.ended_us IS NOT NULL AND v.effort_minutes IS NOT NULL AND {ticket_filter}
GROUP BY v.tier ORDER BY v.tier
