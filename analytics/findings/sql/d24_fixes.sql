-- Question: how many tickets did L3 resolve, so long ago that the same problem could have come back?
-- Grain:    one row.
-- Units:    tickets resolved in L3 at least $days days before the data's last event.
SELECT count(*) AS fixes
FROM tickets t CROSS JOIN data_end d
WHERE t.resolved_tier = 3 AND t.first_resolved_us <= d.last_us - $days * 86400000000 AND {ticket_filter}
