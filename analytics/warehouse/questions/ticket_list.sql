-- Question: which tickets are behind a number?
-- Grain:    one row per ticket, the latest first.
-- Units:    hours on the calendar clock. `reason` is why the ticket is in the list.
SELECT t.ticket_id, t.subject, t.priority, t.product, t.path,
  epoch_ms((t.created_us // 1000)::BIGINT) AS created_at,
  CASE t.state WHEN 2 THEN 'resolved' WHEN 3 THEN 'closed' WHEN 4 THEN 'cancelled' ELSE 'open' END AS state,
  (t.resolved_us - t.created_us) / 3.6e9 AS hours_to_resolve,
  t.visits - 1 AS handoffs, t.team_returns AS bounces, t.reopens
FROM tickets t
WHERE {reason} AND {ticket_filter}
ORDER BY t.created_us DESC, t.ticket_no DESC
LIMIT $most
