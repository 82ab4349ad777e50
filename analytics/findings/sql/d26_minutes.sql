-- Question: how much work is a ticket of a surge?
-- Grain:    one row.
-- Units:    minutes of tracked work in L1, L2 and L3 per ticket of product $product created from $first to $last; NULL where none.
SELECT sum(v.effort_minutes) FILTER (WHERE v.tier = 1) / count(DISTINCT t.ticket_no) AS l1,
  sum(v.effort_minutes) FILTER (WHERE v.tier = 2) / count(DISTINCT t.ticket_no) AS l2,
  sum(v.effort_minutes) FILTER (WHERE v.tier = 3) / count(DISTINCT t.ticket_no) AS l3
FROM tickets t JOIN tier_visits v USING (ticket_no)
WHERE coalesce(t.product, 'All tickets') = $product AND t.created_day BETWEEN $first AND $last AND {ticket_filter}
