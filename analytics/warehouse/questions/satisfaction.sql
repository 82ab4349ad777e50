-- Question: how satisfied are customers, by the way their ticket took?
-- Grain:    one row per (tier path, number of handoffs capped at 4) of resolved tickets.
-- Units:    tickets; `rated` = with a rating, `good` = with a good one.
SELECT t.path, least(t.visits - 1, 4) AS handoffs, count(*) AS tickets, count(t.csat) AS rated,
  count(*) FILTER (WHERE lower(t.csat) IN ('good', 'good_with_comment', 'satisfied', 'positive', 'true', '4', '5')) AS good
FROM tickets t
WHERE t.resolved_us IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY tickets DESC, t.path, handoffs
