-- Question: how much comes to each team, how soon does it pick up, and how does its part of the work end?
-- Grain:    one row per team with at least one visit in view.
-- Units:    visits; `passed_up` = ended in a handoff to a higher tier, `solved` = the ticket was put aside there for good, both of
--           the `ended` ones. Handoffs received: `due` leaves out open ones younger than the target, `in_time` within it on the
--           chosen clock. `tier` is the tier of most of its visits.
WITH visited AS (
  SELECT v.team_no, v.tier, count(*) AS visits, count(v.ended_by) AS ended,
    count(*) FILTER (WHERE v.ended_by IN ('resolved', 'closed')) AS solved
  FROM visits v JOIN tickets t USING (ticket_no)
  WHERE v.team_no IS NOT NULL AND {ticket_filter}
  GROUP BY ALL
),
moved AS (
  -- A ticket with several visits to a team counts once: all but the first are handed over to a team that had it before.
  SELECT h.from_team_no, h.to_team_no, count(*) FILTER (WHERE h.direction = 'escalation') AS passed_up,
    count(*) FILTER (WHERE h.is_return OR h.from_team_no = h.to_team_no) AS again
  FROM handoffs h JOIN tickets t USING (ticket_no)
  WHERE {ticket_filter}
  GROUP BY ALL
),
passed AS (SELECT from_team_no AS team_no, sum(passed_up) AS passed_up FROM moved GROUP BY from_team_no),
again AS (SELECT to_team_no AS team_no, sum(again) AS again FROM moved GROUP BY to_team_no),
received AS (
  SELECT h.to_team_no AS team_no, count(*) FILTER (WHERE h.acknowledged AND {wait} <= $target_us) AS in_time,
    count(*) FILTER (WHERE NOT (h.waiting AND {wait} < $target_us)) AS due
  FROM handoffs h
  WHERE {own_handoff_filter}
  GROUP BY h.to_team_no
)
SELECT m.team, arg_max(b.tier, b.visits) AS tier, sum(b.visits)::BIGINT AS visits,
  (sum(b.visits) - coalesce(any_value(a.again), 0))::BIGINT AS tickets, sum(b.ended)::BIGINT AS ended,
  coalesce(any_value(p.passed_up), 0)::BIGINT AS passed_up, sum(b.solved)::BIGINT AS solved,
  coalesce(any_value(r.in_time), 0) AS in_time, coalesce(any_value(r.due), 0) AS due
FROM visited b JOIN teams m USING (team_no)
LEFT JOIN again a USING (team_no) LEFT JOIN passed p USING (team_no) LEFT JOIN received r USING (team_no)
GROUP BY m.team
ORDER BY m.team
