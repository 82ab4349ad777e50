-- Question: how many visits take more work than the tier's limit?
-- Grain:    one row per tier of L1 and L2 with tracked work.
-- Units:    ended tier visits with tracked work; minutes; hours beyond the limit.
SELECT v.tier, count(*) AS visits, count(*) FILTER (WHERE v.effort_minutes > l.minutes) AS over,
  quantile_cont(v.effort_minutes, 0.9) AS p90_minutes,
  sum(greatest(0, v.effort_minutes - l.minutes)) / 60 AS hours_over
FROM tier_visits v JOIN tickets t USING (ticket_no)
JOIN (VALUES (1, $l1_minutes), (2, $l2_minutes)) l(tier, minutes) ON l.tier = v.tier
WHERE v.ended_us IS NOT NULL AND v.effort_minutes IS NOT NULL AND {ticket_filter}
GROUP BY v.tier
ORDER BY v.tier
