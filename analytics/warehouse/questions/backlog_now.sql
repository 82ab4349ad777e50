-- Question: what is open now, where, and how old is it?
-- Grain:    one row per (tier, whole working day of age); "now" is the data's last event.
-- Units:    open tickets; age in working days since the ticket came to the tier that holds it, on that tier's working hours.
SELECT t.tier, floor(t.open_us / ($hours_per_day * 3.6e9))::INTEGER AS age_days, count(*) AS tickets
FROM open_tickets t
WHERE t.tier IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY t.tier, age_days
