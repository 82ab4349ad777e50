-- Question: how long do handoffs wait for L3, week by week before the data's end?
-- Grain:    one row per seven days with handoffs to L3; `age` = weeks before the data's end, 0 the last seven days.
-- Units:    handoffs; median wait in L3's working hours. One never acknowledged counts with the wait it had, a lower bound.
SELECT floor((d.last_us - h.handed_us) / 6.048e11)::INT AS age, count(*) AS handoffs,
  quantile_cont(h.tier_wait_open_us, 0.5) / 3.6e9 AS p50_hours, sum(h.tier_wait_us) / 3.6e9 AS wait_hours
FROM handoffs h JOIN tickets t USING (ticket_no) CROSS JOIN data_end d
WHERE h.changes_tier AND h.to_tier = 3 AND {handoff_filter}
GROUP BY age
ORDER BY age
