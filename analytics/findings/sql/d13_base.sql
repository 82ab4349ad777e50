-- Question: how many tickets with a subject are there, and how many of them reach L3?
-- Grain:    one row.
-- Units:    tickets.
SELECT count(*) AS tickets, count(*) FILTER (WHERE t.tier_mask & 8 <> 0) AS in_l3
FROM tickets t WHERE t.subject IS NOT NULL AND {ticket_filter}
