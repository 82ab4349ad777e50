-- Question: how did each tier do each week: what came, how long did it stay, how much was done in time?
-- Grain:    one row per (week in which the visit began, starting Monday; tier).
-- Units:    tier visits; hours on the tier's working clock from the start of the visit to its end (p50, p90 over ended visits);
--           `in_time` = visits ended within $target_hours working hours, `due` = all but open ones younger than that.
SELECT date_trunc('week', v.day)::DATE AS week, v.tier, count(*) AS visits,
  quantile_cont(v.open_us, 0.5) FILTER (WHERE v.ended_us IS NOT NULL) / 3.6e9 AS p50_open_hours,
  quantile_cont(v.open_us, 0.9) FILTER (WHERE v.ended_us IS NOT NULL) / 3.6e9 AS p90_open_hours,
  count(*) FILTER (WHERE v.ended_us IS NOT NULL AND v.open_us <= $target_hours * 3.6e9) AS in_time,
  count(*) FILTER (WHERE NOT (v.ended_us IS NULL AND v.open_us < $target_hours * 3.6e9)) AS due
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY week, v.tier
