-- Question: how many visits does each tier get each day, from outside and from other tiers, and how many end?
-- Grain:    one row per (day the visit began, tier).
-- Units:    tier visits; `entries` = those that are the ticket's first.
SELECT v.day, v.tier, count(*) AS visits, count(*) FILTER (WHERE v.tier_visit_no = 1) AS entries
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND {ticket_filter}
GROUP BY v.day, v.tier
ORDER BY v.day, v.tier
