-- Question: at which tier are matured tickets resolved?
-- Grain:    one row per resolved ticket of known tier (1 to 3).
-- Units:    bad = resolved above L1; hours = 0 (the gap is told in tickets).
-- Excludes: tickets created within $mature_days of the data's last event.
SELECT t.ticket_no, t.resolved_tier > 1 AS bad, 0.0 AS hours, t.resolved_tier AS tier, t.category
FROM tickets t CROSS JOIN data_end d
WHERE t.resolved_tier BETWEEN 1 AND 3 AND t.created_us <= d.last_us - $mature_days * 86400000000 AND {ticket_filter}
