-- Question: who first took each ticket in L1, and was that agent new?
-- Grain:    one row per ticket with an agent in its first visit to L1.
-- Units:    `is_new` = in the first $new_days days since the agent's first event anywhere.
-- Excludes: tickets that reach L1 in the first $new_days days of the data, when nobody can tell who is new.
WITH seen AS (SELECT agent, min(day) AS first_day FROM events WHERE agent IS NOT NULL GROUP BY agent),
taken AS (
  SELECT w.ticket_no, w.day, v.team_no, arg_min(e.agent, e.event_no) AS agent
  FROM tier_visits w JOIN tickets t USING (ticket_no)
  JOIN visits v ON v.ticket_no = w.ticket_no AND v.visit_no = w.first_visit_no
  JOIN events e ON e.ticket_no = v.ticket_no AND e.event_no BETWEEN v.first_event_no AND v.first_event_no + v.events - 1
  WHERE w.tier = 1 AND NOT w.is_return AND e.agent IS NOT NULL AND {ticket_filter}
  GROUP BY ALL
)
SELECT k.ticket_no, k.agent, k.team_no, k.day - s.first_day < $new_days AS is_new
FROM taken k JOIN seen s USING (agent) CROSS JOIN data_end d
WHERE k.day >= d.first_day + $new_days::INT
