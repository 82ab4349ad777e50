-- Question: between which teams do tickets go back and forth, and what does it cost?
-- Grain:    one row per unordered pair of teams with at least one A-B-A.
-- Units:    `loops` = visits that come straight back; tickets; hours (calendar) spent in the visit in between, lost by the loop.
WITH looped AS (
  SELECT h.ticket_no, h.to_team_no AS home_no, h.from_team_no AS away_no, h.stayed_us AS away_us
  FROM handoffs h
  JOIN tickets t ON t.ticket_no = h.ticket_no
  WHERE h.is_immediate_return AND t.team_immediate > 0 AND {ticket_filter}
)
SELECT least(a.team, b.team) AS team, greatest(a.team, b.team) AS other_team, count(*) AS loops,
  count(DISTINCT c.ticket_no) AS tickets, sum(c.away_us) / 3.6e9 AS hours_lost
FROM looped c JOIN teams a ON a.team_no = c.home_no JOIN teams b ON b.team_no = c.away_no
GROUP BY ALL
ORDER BY hours_lost DESC, team, other_team
