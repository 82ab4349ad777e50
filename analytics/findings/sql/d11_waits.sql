-- Question: how long do handoffs wait for L3, week by week before the end of what is in view?
-- Grain:    one row per seven days with handoffs to L3; `age` = weeks before the last moment in view (`end_us`), 0 the last seven days.
-- Units:    handoffs; median wait in L3's working hours. One never acknowledged counts with the wait it had, a lower bound.
WITH ends AS (
  SELECT least(d.last_us, coalesce(epoch_us($view_end::DATE + INTERVAL 1 DAY), d.last_us)) AS end_us FROM data_end d
)
SELECT floor((e.end_us - h.handed_us) / 6.048e11)::INT AS age, count(*) AS handoffs, any_value(e.end_us) AS end_us,
  quantile_cont(h.tier_wait_open_us, 0.5) / 3.6e9 AS p50_hours, sum(h.tier_wait_us) / 3.6e9 AS wait_hours
FROM handoffs h JOIN tickets t USING (ticket_no) CROSS JOIN ends e
WHERE h.changes_tier AND h.to_tier = 3 AND h.handed_us <= e.end_us AND {handoff_filter}
GROUP BY age
ORDER BY age
