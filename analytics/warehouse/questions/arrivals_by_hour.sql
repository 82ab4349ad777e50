-- Question: at which hours of the week do tickets come in?
-- Grain:    one row per (tier of entry, weekday, hour), local time; weekday 0 = Monday.
-- Units:    tickets, by their first event.
SELECT v.tier, v.hour_of_week // 24 AS weekday, v.hour_of_week % 24 AS hour, count(*) AS arrivals
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND v.tier_visit_no = 1 AND {ticket_filter}
GROUP BY ALL
ORDER BY v.tier, weekday, hour
