-- Question: how much comes to each team, how soon does it pick up, and how does its part of the work end?
-- Grain:    one row per team with at least one visit in view.
-- Units:    visits; `passed_up` = ended in a handoff to a higher tier, `solved` = the ticket was put aside there for good, both of
--           the `ended` ones. Handoffs received: `due` leaves out open ones younger than the target, `in_time` within it on the
--           chosen clock. `tier` is the tier of most of its visits.
-- Method:   a ticket with several visits to a team counts once: all but the first came `again`.
WITH visited AS (
  SELECT t.team_no, t.tier, sum(t.n) AS visits, sum(t.ended) AS ended, sum(t.solved) AS solved, sum(t.passed_up) AS passed_up,
    sum(t.again) AS again
  FROM {visits} t
  WHERE {visit_filter}
  GROUP BY ALL
),
received AS (
  SELECT h.to_team_no AS team_no, count(*) FILTER (WHERE h.acknowledged AND {wait} <= $target_us) AS in_time,
    count(*) FILTER (WHERE NOT (h.waiting AND {wait} < $target_us)) AS due
  FROM handoffs h
  WHERE {own_handoff_filter}
  GROUP BY h.to_team_no
)
SELECT m.team, arg_max(b.tier, b.visits * 8 - coalesce(b.tier, 7)) AS tier, sum(b.visits)::BIGINT AS visits,
  (sum(b.visits) - sum(b.again))::BIGINT AS tickets, sum(b.ended)::BIGINT AS ended,
  sum(b.passed_up)::BIGINT AS passed_up, sum(b.solved)::BIGINT AS solved,
  coalesce(any_value(r.in_time), 0) AS in_time, coalesce(any_value(r.due), 0) AS due
FROM visited b JOIN teams m USING (team_no)
LEFT JOIN received r USING (team_no)
GROUP BY m.team
ORDER BY m.team
