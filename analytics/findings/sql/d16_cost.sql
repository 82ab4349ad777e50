-- Question: how much work does a ticket take, by the highest tier that it reached?
-- Grain:    one row per highest tier, 1 to 3.
-- Units:    resolved tickets with tracked work that never were in L0; mean minutes by tier; `minutes_sd` = their standard deviation.
WITH worked AS (
  SELECT v.ticket_no, sum(v.effort_minutes) FILTER (WHERE v.tier = 1) AS l1, sum(v.effort_minutes) FILTER (WHERE v.tier = 2) AS l2,
    sum(v.effort_minutes) FILTER (WHERE v.tier = 3) AS l3
  FROM tier_visits v WHERE v.tier BETWEEN 1 AND 3 GROUP BY v.ticket_no
)
SELECT t.highest_tier::INT AS highest, count(*) AS tickets, avg(coalesce(w.l1, 0)) AS l1_minutes, avg(coalesce(w.l2, 0)) AS l2_minutes,
  avg(coalesce(w.l3, 0)) AS l3_minutes, stddev_samp(t.effort_minutes) AS minutes_sd
FROM tickets t JOIN worked w USING (ticket_no)
WHERE t.resolved_us IS NOT NULL AND t.highest_tier BETWEEN 1 AND 3 AND t.tier_mask & 1 = 0 AND t.effort_minutes > 0
  AND {ticket_filter}
GROUP BY 1 ORDER BY 1
