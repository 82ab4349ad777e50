-- Question: what share of its tickets does each L1 team hand to a higher tier?
-- Grain:    one row per team with visits in L1.
-- Units:    tickets; `l2_minutes` = mean tracked work in L2 of those escalated.
-- Excludes: tickets created within $mature_days of the data's last event.
WITH l2 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 2 GROUP BY ticket_no
),
seen AS (
  SELECT v.team_no, v.ticket_no, coalesce(bool_or(h.direction = 'escalation'), FALSE) AS up
  FROM visits v JOIN tickets t USING (ticket_no) CROSS JOIN data_end d
  LEFT JOIN handoffs h ON h.ticket_no = v.ticket_no AND h.visit_no = v.visit_no + 1
  WHERE v.tier = 1 AND v.team_no IS NOT NULL
    AND t.created_us <= d.last_us - $mature_days * 86400000000 AND {ticket_filter}
  GROUP BY v.team_no, v.ticket_no
)
SELECT m.team, s.team_no, count(*) AS tickets, count(*) FILTER (WHERE s.up) AS escalated,
  avg(l2.minutes) FILTER (WHERE s.up) AS l2_minutes
FROM seen s JOIN teams m USING (team_no) LEFT JOIN l2 USING (ticket_no)
GROUP BY m.team, s.team_no
ORDER BY m.team
