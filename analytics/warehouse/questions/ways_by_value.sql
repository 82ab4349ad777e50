-- Question: which ways do the tickets of each product, channel, category or priority take through the tiers?
-- Grain:    one row per (value of the attribute, way, whether it has ended); "(not given)" where a ticket has no value.
-- Units:    tickets that have a way; an ended one is resolved, closed or cancelled.
SELECT coalesce(t.{attribute}::VARCHAR, '(not given)') AS value, t.path, t.state >= 2 AS ended, sum(t.n)::BIGINT AS tickets
FROM {tickets} t
WHERE t.path IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY value, t.path, ended
