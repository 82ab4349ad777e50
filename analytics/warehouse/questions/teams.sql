-- Question: which teams are there, and how does each behave: who takes in, who receives from below, who solves?
-- Grain:    one row per team with at least one visit, the busiest first.
-- Units:    visits; shares 0-1: from_outside = visits that are the ticket's first, escalated_in = received from a lower tier,
--           solved_here = visits in which the ticket was solved for good.
SELECT m.team, min(v.tier) AS tier, count(*) AS visits,
  count(*) FILTER (WHERE v.visit_no = 1) / count(*) AS from_outside,
  count(*) FILTER (WHERE h.direction = 'escalation') / count(*) AS escalated_in,
  count(*) FILTER (WHERE v.visit_no = t.visits AND t.resolved_us IS NOT NULL) / count(*) AS solved_here
FROM visits v JOIN teams m USING (team_no) JOIN tickets t USING (ticket_no)
LEFT JOIN handoffs h ON h.ticket_no = v.ticket_no AND h.visit_no = v.visit_no
WHERE {ticket_filter}
GROUP BY m.team
ORDER BY visits DESC, m.team
