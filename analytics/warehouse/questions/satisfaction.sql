-- Question: how satisfied are customers, by the way their ticket took?
-- Grain:    one row per (tier path, number of handoffs capped at 4) of resolved tickets.
-- Units:    tickets; `rated` = with a rating, `good` = with a good one.
SELECT t.path, t.handoffs, sum(t.n)::BIGINT AS tickets, sum(t.rated)::BIGINT AS rated, sum(t.good)::BIGINT AS good
FROM {tickets} t
WHERE t.is_resolved AND {ticket_filter}
GROUP BY ALL
ORDER BY tickets DESC, t.path, t.handoffs
