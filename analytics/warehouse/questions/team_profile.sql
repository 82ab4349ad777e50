-- Question: how much comes to each team, how soon does it pick up, and how does its part of the work end?
-- Grain:    one row per team with at least one visit in view.
-- Units:    visits; `passed_up` = ended in a handoff to a higher tier, `solved` = the ticket was put aside there for good, both of
--           the `ended` ones. Handoffs received: `due` leaves out open ones younger than the target, `in_time` within it on the
--           chosen clock. `tier` is the tier of most of its visits.
WITH ended AS (
  SELECT v.team_no, v.tier, v.ticket_no, v.ended_by, t.visits, v.visit_no, t.resolved_us,
    lead(v.tier) OVER (PARTITION BY v.ticket_no ORDER BY v.visit_no) AS next_tier
  FROM visits v JOIN tickets t USING (ticket_no)
  WHERE {ticket_filter}
),
received AS (
  SELECT h.to_team_no AS team_no,
    count(*) FILTER (WHERE h.acknowledged AND {wait} <= $target_us) AS in_time,
    count(*) FILTER (WHERE NOT (h.waiting AND {wait} < $target_us)) AS due
  FROM handoffs h JOIN tickets t USING (ticket_no)
  WHERE {handoff_filter}
  GROUP BY h.to_team_no
)
SELECT m.team, mode(e.tier) AS tier, count(*) AS visits, count(DISTINCT e.ticket_no) AS tickets,
  count(e.ended_by) AS ended,
  count(*) FILTER (WHERE e.ended_by = 'handoff' AND e.next_tier > e.tier) AS passed_up,
  count(*) FILTER (WHERE e.ended_by IN ('resolved', 'closed')) AS solved,
  coalesce(any_value(r.in_time), 0) AS in_time, coalesce(any_value(r.due), 0) AS due
FROM ended e JOIN teams m USING (team_no) LEFT JOIN received r USING (team_no)
GROUP BY m.team
ORDER BY m.team
