-- Question: between which teams do tickets come straight back?
-- Grain:    one row per unordered pair of teams.
-- Units:    tickets handed between the two in either direction; `back` = those that came straight back at least once; calendar
--           hours spent in between.
WITH between_two AS (
  SELECT h.ticket_no, least(h.from_team_no, h.to_team_no) AS low_no, greatest(h.from_team_no, h.to_team_no) AS high_no,
    bool_or(h.is_immediate_return) AS back,
    sum(v.ended_us - v.started_us) FILTER (WHERE h.is_immediate_return) AS away_us
  FROM handoffs h JOIN tickets t USING (ticket_no)
  JOIN visits v ON v.ticket_no = h.ticket_no AND v.visit_no = h.visit_no - 1
  WHERE h.from_team_no <> h.to_team_no AND {handoff_filter}
  GROUP BY ALL
)
SELECT least(a.team, b.team) AS team, greatest(a.team, b.team) AS other_team, p.low_no, p.high_no,
  count(*) AS tickets, count(*) FILTER (WHERE p.back) AS back, coalesce(sum(p.away_us), 0) / 3.6e9 AS hours_lost
FROM between_two p JOIN teams a ON a.team_no = p.low_no JOIN teams b ON b.team_no = p.high_no
GROUP BY ALL
ORDER BY team, other_team
