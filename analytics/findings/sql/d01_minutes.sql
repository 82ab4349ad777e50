-- Question: how much more work is a ticket that L2 resolves than one that L1 resolves?
-- Grain:    one row.
-- Units:    minutes of tracked work, NULL where none is tracked; matured tickets.
SELECT avg(t.effort_minutes) FILTER (WHERE t.resolved_tier = 2) - avg(t.effort_minutes) FILTER (WHERE t.resolved_tier = 1)
  AS more_minutes
FROM tickets t CROSS JOIN data_end d
WHERE t.created_us <= d.last_us - $mature_days * 86400000000 AND {ticket_filter}
