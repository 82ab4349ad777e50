-- Question: between which teams do handoffs come straight back?
-- Grain:    one row per unordered pair of teams.
-- Units:    ended handoffs between the two that are not themselves a coming back; `back` = those that came straight back;
--           calendar hours spent in between.
SELECT least(f.team, m.team) AS team, greatest(f.team, m.team) AS other_team, min(least(f.team_no, m.team_no)) AS low_no,
  min(greatest(f.team_no, m.team_no)) AS high_no,
  count(*) AS handoffs, count(*) FILTER (WHERE n.is_immediate_return) AS back,
  sum(n.handed_us - h.handed_us) FILTER (WHERE n.is_immediate_return) / 3.6e9 AS hours_lost
FROM handoffs h JOIN tickets t USING (ticket_no)
JOIN visits v ON v.ticket_no = h.ticket_no AND v.visit_no = h.visit_no
JOIN teams f ON f.team_no = h.from_team_no JOIN teams m ON m.team_no = h.to_team_no
LEFT JOIN handoffs n ON n.ticket_no = h.ticket_no AND n.visit_no = h.visit_no + 1
WHERE h.from_team_no <> h.to_team_no AND NOT h.is_immediate_return AND v.ended_us IS NOT NULL AND {handoff_filter}
GROUP BY 1, 2
ORDER BY 1, 2
