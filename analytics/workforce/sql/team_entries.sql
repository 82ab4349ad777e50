-- Question: how many tickets came in at each team each day?
-- Grain:    one row per (day, tier, team) with at least one ticket that came in there; a ticket of no team has team NULL.
-- Units:    tickets, by the first team of their first tier visit.
SELECT v.day, v.tier, m.team, count(*) AS entries
FROM tier_visits v
JOIN visits w ON w.ticket_no = v.ticket_no AND w.visit_no = v.first_visit_no
JOIN tickets t ON t.ticket_no = v.ticket_no
LEFT JOIN teams m USING (team_no)
WHERE v.tier IS NOT NULL AND v.tier_visit_no = 1 AND v.day >= $first_day AND v.day < $past_day AND {ticket_filter}
GROUP BY ALL
ORDER BY ALL
