-- Question: how much work does a visit to each tier take, where the source tracks time?
-- Grain:    one row per tier with at least one visit that has tracked time.
-- Units:    minutes of work per tier visit that has ended; `visits` = ended visits, `tracked` = those with tracked time.
SELECT v.tier, count(*) AS visits, count(v.effort_minutes) AS tracked,
  avg(v.effort_minutes) AS mean_minutes, stddev_samp(v.effort_minutes) AS sd_minutes,
  quantile_cont(v.effort_minutes, 0.5) AS p50_minutes, quantile_cont(v.effort_minutes, 0.9) AS p90_minutes
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND v.ended_us IS NOT NULL AND {ticket_filter}
GROUP BY v.tier
HAVING count(v.effort_minutes) > 0
ORDER BY v.tier
