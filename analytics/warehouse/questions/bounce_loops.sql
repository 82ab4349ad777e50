-- Question: between which teams do tickets go back and forth, and what does it cost?
-- Grain:    one row per unordered pair of teams with at least one A-B-A.
-- Units:    `loops` = visits that come straight back; tickets; hours (calendar) spent in the visit in between, lost by the loop.
WITH chained AS (
  SELECT v.ticket_no, v.visit_no, v.team_no AS home_no, v.is_immediate_return,
    lag(v.team_no) OVER w AS away_no, lag(v.ended_us) OVER w - lag(v.started_us) OVER w AS away_us
  FROM visits v JOIN tickets t USING (ticket_no)
  WHERE t.team_immediate > 0 AND {ticket_filter}
  WINDOW w AS (PARTITION BY v.ticket_no ORDER BY v.visit_no)
)
SELECT least(a.team, b.team) AS team, greatest(a.team, b.team) AS other_team, count(*) AS loops,
  count(DISTINCT c.ticket_no) AS tickets, sum(c.away_us) / 3.6e9 AS hours_lost
FROM chained c JOIN teams a ON a.team_no = c.home_no JOIN teams b ON b.team_no = c.away_no
WHERE c.is_immediate_return
GROUP BY ALL
ORDER BY hours_lost DESC, team, other_team
