-- Question: at which hours of the week does it come?
-- Grain:    one row per (weekday, hour), local time; weekday 0 = Monday.
-- Units:    tickets by their first event, or the visits that began at one tier where a tier is asked for.
SELECT v.hour_of_week // 24 AS weekday, v.hour_of_week % 24 AS hour, count(*) AS count
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE {which} AND {ticket_filter}
GROUP BY ALL
ORDER BY ALL
