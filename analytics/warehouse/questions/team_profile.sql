-- Question: how much comes to each team, how soon does it pick up, and how does its part of the work end?
-- Grain:    one row per team with at least one visit in view.
-- Units:    visits; `passed_up` = ended in a handoff to a higher tier, `solved` = the ticket was put aside there for good, both of
--           the `ended` ones. Handoffs received: `due` leaves out open ones younger than the target, `in_time` within it on the
--           chosen clock. `tier` is the tier of most of its visits.
WITH visited AS (
  SELECT v.team_no, v.tier, v.ticket_no, v.ended_by, t.visits > 1 AS is_moved
  FROM visits v JOIN tickets t USING (ticket_no)
  WHERE v.team_no IS NOT NULL AND {ticket_filter}
),
by_tier AS (
  SELECT m.team, e.tier, count(*) AS visits, count(e.ended_by) AS ended,
    count(*) FILTER (WHERE e.ended_by IN ('resolved', 'closed')) AS solved, count(*) FILTER (WHERE NOT e.is_moved) AS of_one_visit
  FROM visited e JOIN teams m USING (team_no)
  GROUP BY ALL
),
moved AS (
  SELECT m.team, count(DISTINCT e.ticket_no) AS tickets
  FROM visited e JOIN teams m USING (team_no)
  WHERE e.is_moved
  GROUP BY m.team
),
passed AS (
  SELECT m.team, count(*) AS passed_up
  FROM handoffs h JOIN tickets t USING (ticket_no) JOIN teams m ON m.team_no = h.from_team_no
  WHERE h.direction = 'escalation' AND {ticket_filter}
  GROUP BY m.team
),
received AS (
  SELECT m.team, count(*) FILTER (WHERE h.acknowledged AND {wait} <= $target_us) AS in_time,
    count(*) FILTER (WHERE NOT (h.waiting AND {wait} < $target_us)) AS due
  FROM handoffs h JOIN teams m ON m.team_no = h.to_team_no
  WHERE {own_handoff_filter}
  GROUP BY m.team
)
SELECT b.team, arg_max(b.tier, b.visits) AS tier, sum(b.visits)::BIGINT AS visits,
  (sum(b.of_one_visit) + coalesce(any_value(d.tickets), 0))::BIGINT AS tickets, sum(b.ended)::BIGINT AS ended,
  coalesce(any_value(p.passed_up), 0) AS passed_up, sum(b.solved)::BIGINT AS solved,
  coalesce(any_value(r.in_time), 0) AS in_time, coalesce(any_value(r.due), 0) AS due
FROM by_tier b LEFT JOIN moved d USING (team) LEFT JOIN passed p USING (team) LEFT JOIN received r USING (team)
GROUP BY b.team
ORDER BY b.team
