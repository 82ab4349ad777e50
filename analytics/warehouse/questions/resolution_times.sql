-- Question: how long do tickets take until they are resolved?
-- Grain:    one row per tier that resolved the ticket.
-- Units:    microseconds from creation to the last resolution (never the automatic closing later), clock and pending as chosen.
SELECT t.resolved_tier AS tier, count(*) AS resolved,
  quantile_cont({elapsed}, 0.5) AS p50_us,
  quantile_cont({elapsed}, 0.9) AS p90_us
FROM tickets t
WHERE t.resolved_us IS NOT NULL AND t.resolved_tier IS NOT NULL AND {ticket_filter}
GROUP BY t.resolved_tier
ORDER BY t.resolved_tier
