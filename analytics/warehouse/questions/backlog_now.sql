-- Question: what is open now, where, and how old is it?
-- Grain:    one row per (tier, whole working day of age); "now" is the data's last event.
-- Units:    open tickets; age in working days since the ticket came to the tier that holds it, on that tier's working hours.
SELECT v.tier, floor(v.open_us / ($hours_per_day * 3.6e9))::INTEGER AS age_days, count(*) AS tickets
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE t.state < 2 AND v.ended_us IS NULL AND v.tier_visit_no = t.tier_visits AND v.tier IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY v.tier, age_days
