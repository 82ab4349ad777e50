-- Question: how many of the tickets that they first took do new and experienced agents escalate from L1?
-- Grain:    one row per agent, team and whether the agent was new then.
-- Units:    matured tickets; `l2_minutes_sum` = tracked work in L2 on those escalated, `l2_tickets` = those of them with any.
WITH l2 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 2 GROUP BY ticket_no
)
SELECT k.agent, coalesce(m.team, '') AS team, k.is_new, count(*) AS tickets,
  count(*) FILTER (WHERE t.escalated_mask & 2 <> 0) AS escalated,
  coalesce(sum(l2.minutes) FILTER (WHERE t.escalated_mask & 2 <> 0), 0) AS l2_minutes_sum,
  count(l2.minutes) FILTER (WHERE t.escalated_mask & 2 <> 0) AS l2_tickets
FROM ({include d22_taken}) k JOIN tickets t USING (ticket_no) CROSS JOIN data_end d
LEFT JOIN teams m ON m.team_no = k.team_no LEFT JOIN l2 ON l2.ticket_no = k.ticket_no
WHERE t.created_us <= d.last_us - $mature_days * 86400000000
GROUP BY ALL ORDER BY k.agent, 2, k.is_new
