-- Question: how urgent is what each tier gets?
-- Grain:    one row per (tier, latest priority of the ticket).
-- Units:    tier visits.
SELECT v.tier, coalesce(t.priority, 'default') AS priority, count(*) AS visits
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY v.tier, priority
