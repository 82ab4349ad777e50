-- Question: how many tickets of each product come in each day?
-- Grain:    one row per product ("All tickets" where the data names none) and day with tickets.
-- Units:    tickets created.
SELECT coalesce(t.product, 'All tickets') AS product, t.created_day::TIMESTAMP AS day, count(*) AS tickets
FROM tickets t
WHERE (t.product IS NOT NULL OR (SELECT count(product) FROM ticket_attributes) = 0) AND {ticket_filter}
GROUP BY 1, 2 ORDER BY 1, 2
