-- Question: between which teams do tickets go back and forth, and what does it cost?
-- Grain:    one row per unordered pair of teams with at least one A-B-A.
-- Units:    `loops` = visits that come straight back; tickets; hours (calendar) spent in the visit in between, lost by the loop.
SELECT least(a.team, b.team) AS team, greatest(a.team, b.team) AS other_team, count(*) AS loops,
  count(DISTINCT t.ticket_no) AS tickets, sum(t.away_us) / 3.6e9 AS hours_lost
FROM loops t JOIN teams a ON a.team_no = t.home_no JOIN teams b ON b.team_no = t.away_no
WHERE {ticket_filter}
GROUP BY ALL
ORDER BY hours_lost DESC, team, other_team
