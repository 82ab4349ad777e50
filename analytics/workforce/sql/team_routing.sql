-- Question: where does a team's visit go on to, how urgent is it, and how much work was tracked on it?
-- Grain:    one row per (tier, team, next_tier, next_team, latest priority); next_tier NULL = it ended there.
-- Units:    tier visits that have ended, each of the team that it came to first; `minutes` of tracked work in `tracked` of them.
SELECT v.tier, m.team, n.tier AS next_tier, o.team AS next_team, coalesce(t.priority, 'default') AS priority,
  count(*) AS visits, count(*) FILTER (WHERE v.effort_minutes > 0) AS tracked, coalesce(sum(v.effort_minutes), 0) AS minutes
FROM tier_visits v
JOIN visits w ON w.ticket_no = v.ticket_no AND w.visit_no = v.first_visit_no
JOIN tickets t ON t.ticket_no = v.ticket_no
LEFT JOIN teams m ON m.team_no = w.team_no
LEFT JOIN tier_visits n ON n.ticket_no = v.ticket_no AND n.tier_visit_no = v.tier_visit_no + 1
LEFT JOIN visits x ON x.ticket_no = n.ticket_no AND x.visit_no = n.first_visit_no
LEFT JOIN teams o ON o.team_no = x.team_no
WHERE v.tier IS NOT NULL AND v.ended_us IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY ALL
