-- Question: where does a visit to a tier end: which tier gets the ticket next, or is it finished there?
-- Grain:    one row per (tier, next_tier); next_tier NULL = resolved, closed or cancelled there.
-- Units:    tier visits that have ended; open ones are left out.
SELECT v.tier, v.next_tier, count(*) AS visits
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND v.ended_by IS NOT NULL AND {ticket_filter}
GROUP BY v.tier, v.next_tier
ORDER BY v.tier, v.next_tier
