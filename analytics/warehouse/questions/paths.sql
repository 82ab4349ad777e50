-- Question: which ways through the tiers do tickets take?
-- Grain:    one row per tier path.
-- Units:    tickets.
-- Excludes: tickets whose tier is unknown.
SELECT t.path, sum(t.n)::BIGINT AS tickets, any_value(t.tier_visits) AS tier_visits
FROM {tickets} t
WHERE t.path IS NOT NULL AND {ticket_filter}
GROUP BY t.path
ORDER BY tickets DESC, t.path
