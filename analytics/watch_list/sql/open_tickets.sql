-- Question: what is the state of each open ticket: who was it handed to, does anybody look at it, is it waiting for the customer?
-- Grain:    one row per open ticket at the data's last event.
-- Units:    working hours of the receiving tier since a handoff that nobody there acknowledged (NULL: somebody did, or it was never
--           handed over); days on the calendar since it began to wait for the customer (NULL: it does not); days since its last event.
SELECT t.ticket_id, t.subject, t.product, t.priority, v.tier AS tier_rank, m.team, f.team AS handed_by,
  CASE WHEN h.ticket_no IS NOT NULL THEN h.wait_open_us / 3.6e9 END AS unacknowledged_hours,
  (d.last_us - p.started_us) / 8.64e10 AS pending_days, t.team_returns AS bounces, (d.last_us - t.last_us) / 8.64e10 AS quiet_days
FROM tickets t CROSS JOIN data_end d
JOIN visits v ON v.ticket_no = t.ticket_no AND v.visit_no = t.visits
LEFT JOIN teams m ON m.team_no = v.team_no
LEFT JOIN handoffs h ON h.ticket_no = t.ticket_no AND h.visit_no = t.visits AND h.waiting
LEFT JOIN teams f ON f.team_no = h.from_team_no
LEFT JOIN pending p ON p.ticket_no = t.ticket_no AND p.ended_us IS NULL
WHERE t.state < 2 AND {ticket_filter}
ORDER BY t.ticket_no
