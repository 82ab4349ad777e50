-- Question: how many different people worked at each tier each day?
-- Grain:    one row per (day, tier) with at least one event of an agent.
-- Units:    distinct agents with at least one event there; an estimate of who was at work where there is no roster.
SELECT e.day, e.tier, count(DISTINCT e.agent) AS agents
FROM events e JOIN tickets t USING (ticket_no)
WHERE e.agent IS NOT NULL AND e.tier IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY e.day, e.tier
