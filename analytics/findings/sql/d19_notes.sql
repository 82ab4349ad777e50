-- Question: how long did each handoff with a note wait?
-- Grain:    one row per acknowledged escalation to L2 with a note on the handing over.
-- Units:    `sections` 0-6; waits in the receiving tier's working hours; calendar hours beside them.
SELECT h.ticket_no, coalesce(m.team, '') AS team, coalesce(t.priority, '') AS priority, n.sections,
  h.tier_wait_open_us / 3.6e9 AS wait_hours, h.tier_wait_us / 3.6e9 AS calendar_hours
FROM ({include d19_sections}) n JOIN handoffs h ON h.ticket_no = n.ticket_no AND h.visit_no = n.visit_no
JOIN tickets t ON t.ticket_no = h.ticket_no LEFT JOIN teams m ON m.team_no = h.to_team_no
WHERE h.tier_acknowledged AND {handoff_filter}
ORDER BY h.handed_us, h.ticket_no, h.visit_no
