-- Question: how many escalations ask for a manager's yes, not for skill?
-- Grain:    one row per handoff to a higher tier whose kind is told.
-- Units:    bad = hierarchical; hours = working hours until the higher tier looks at it.
SELECT h.ticket_no, t.product, regexp_matches(lower(e.escalation_type), 'hierarch|approv|manage|authori') AS bad,
  h.tier_wait_open_us / 3.6e9 AS hours
FROM handoffs h JOIN tickets t USING (ticket_no)
JOIN visits v ON v.ticket_no = h.ticket_no AND v.visit_no = h.visit_no
JOIN events e ON e.ticket_no = v.ticket_no AND e.event_no = v.first_event_no
WHERE h.direction = 'escalation' AND e.escalation_type IS NOT NULL AND {handoff_filter}
