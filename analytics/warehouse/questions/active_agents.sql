-- Question: how many different people worked at each tier each week?
-- Grain:    one row per (week starting Monday, tier).
-- Units:    distinct agents with at least one event there; an estimate of headcount where there is no roster.
SELECT date_trunc('week', e.day)::DATE AS week, e.tier, count(DISTINCT e.agent) AS agents
FROM events e JOIN tickets t USING (ticket_no)
WHERE e.agent IS NOT NULL AND e.tier IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY week, e.tier
