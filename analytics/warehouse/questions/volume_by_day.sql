-- Question: how many tickets come in each day, and where do they come in?
-- Grain:    one row per (day, entry tier), days local to the dataset; days without tickets are absent.
-- Units:    tickets created.
SELECT t.created_day AS day, t.entry_tier AS tier, sum(t.n)::BIGINT AS tickets
FROM {tickets} t
WHERE {ticket_filter}
GROUP BY t.created_day, t.entry_tier
ORDER BY t.created_day, t.entry_tier
