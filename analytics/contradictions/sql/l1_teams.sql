-- Question: how much does each team of L1 escalate?
-- Grain:    one row per team with a visit in L1.
-- Units:    tickets that the team had in L1, and those that it handed to a higher tier itself.
SELECT m.team, count(DISTINCT v.ticket_no) AS tickets,
  count(DISTINCT v.ticket_no) FILTER (WHERE h.direction = 'escalation') AS escalated
FROM visits v JOIN tickets t USING (ticket_no) JOIN teams m USING (team_no)
LEFT JOIN handoffs h ON h.ticket_no = v.ticket_no AND h.visit_no = v.visit_no + 1
WHERE v.tier = 1 AND {ticket_filter}
GROUP BY m.team
ORDER BY m.team
