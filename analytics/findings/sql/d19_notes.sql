-- Question: which sections does each handoff note hold, and how long did the handoff wait?
-- Grain:    one row per acknowledged escalation to L2 with a note on the handing over.
-- Units:    `sections` 0-6 (problem, diagnostics, steps tried, status, customer context, ask), told by labels at the start of a
--           line; waits in the receiving tier's working hours; calendar hours beside them.
SELECT h.ticket_no, coalesce(m.team, '') AS team, coalesce(t.priority, '') AS priority,
  regexp_matches(e.note, '(?im)^\s*(problem|issue|situation|summary)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(diagnostics?|findings|logs?|assessment)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(steps tried|tried so far|already tried|tried|actions taken)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(status|current status|impact)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(customer|customer context|background|context)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(ask|request|need from you|recommendation|next step)\s*:')::INT AS sections,
  h.tier_wait_open_us / 3.6e9 AS wait_hours, h.tier_wait_us / 3.6e9 AS calendar_hours
FROM handoffs h JOIN tickets t USING (ticket_no)
JOIN visits v ON v.ticket_no = h.ticket_no AND v.visit_no = h.visit_no
JOIN events e ON e.ticket_no = h.ticket_no AND e.event_no = v.first_event_no
LEFT JOIN teams m ON m.team_no = h.to_team_no
WHERE h.changes_tier AND h.direction = 'escalation' AND h.to_tier = 2 AND h.tier_acknowledged AND e.note IS NOT NULL
  AND {handoff_filter}
ORDER BY h.handed_us, h.ticket_no, h.visit_no
