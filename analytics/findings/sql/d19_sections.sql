-- Question: which of the six sections does each handoff note hold?
-- Grain:    one row per escalation to L2 with a note on the handing over.
-- Units:    `sections` 0-6 (problem, diagnostics, steps tried, status, customer context, ask), told by labels at the start of a line.
SELECT h.ticket_no, h.visit_no,
  regexp_matches(e.note, '(?im)^\s*(problem|issue|situation|summary)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(diagnostics?|findings|logs?|assessment)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(steps tried|tried so far|already tried|tried|actions taken)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(status|current status|impact)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(customer|customer context|background|context)\s*:')::INT
  + regexp_matches(e.note, '(?im)^\s*(ask|request|need from you|recommendation|next step)\s*:')::INT AS sections
FROM handoffs h
JOIN visits v ON v.ticket_no = h.ticket_no AND v.visit_no = h.visit_no
JOIN events e ON e.ticket_no = h.ticket_no AND e.event_no = v.first_event_no
WHERE h.changes_tier AND h.direction = 'escalation' AND h.to_tier = 2 AND e.note IS NOT NULL
