-- Question: how much of each tier's work has which product, channel, category or priority?
-- Grain:    one row per (tier, value of the attribute); "(not given)" where a ticket has none.
-- Units:    tier visits.
SELECT v.tier, coalesce(t.{dimension}::VARCHAR, '(not given)') AS value, count(*) AS visits
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY v.tier, visits DESC, value
