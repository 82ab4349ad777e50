-- Question: how does the work end that a person picked up?
-- Grain:    one row per (agent, tier): visits whose first acknowledgement carries the agent's name or pseudonym.
-- Units:    visits; `ended`, `passed_up` and `solved` as for teams.
-- Excludes: visits that nobody picked up, and pick-ups without a name.
WITH ended AS (
  SELECT v.ticket_no, v.visit_no, v.tier, v.acknowledged_us, v.first_event_no, v.first_event_no + v.events AS past_event_no,
    v.ended_by, lead(v.tier) OVER (PARTITION BY v.ticket_no ORDER BY v.visit_no) AS next_tier
  FROM visits v JOIN tickets t USING (ticket_no)
  WHERE {ticket_filter}
),
picked_up AS (
  SELECT e.ticket_no, e.visit_no, arg_min(a.agent, a.event_no) AS agent
  FROM ended e JOIN events a ON a.ticket_no = e.ticket_no AND a.at_us = e.acknowledged_us
  WHERE a.kind = 'acknowledged' AND a.agent IS NOT NULL AND a.event_no >= e.first_event_no AND a.event_no < e.past_event_no
  GROUP BY e.ticket_no, e.visit_no
)
SELECT p.agent, e.tier, count(*) AS visits, count(DISTINCT e.ticket_no) AS tickets, count(e.ended_by) AS ended,
  count(*) FILTER (WHERE e.ended_by = 'handoff' AND e.next_tier > e.tier) AS passed_up,
  count(*) FILTER (WHERE e.ended_by IN ('resolved', 'closed')) AS solved
FROM ended e JOIN picked_up p USING (ticket_no, visit_no)
WHERE e.tier IS NOT NULL
GROUP BY ALL
ORDER BY p.agent, e.tier
