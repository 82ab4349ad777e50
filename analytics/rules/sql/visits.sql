-- Question: what did each resolved ticket cost in each tier that had it, in waiting, in time and in work?
-- Grain:    one row per tier visit of the latest $most resolved tickets, in the order of tickets and visits.
-- Units:    working hours of the visit's tier, pending time left out of `hours`: `wait_hours` until somebody of the tier acknowledged it
--           (NULL: nobody did), `hours` until the ticket left the tier or was resolved; minutes of tracked work. `tail_*`: this visit
--           and all that follow together, by tier. `first_priority` is the one it came in with.
-- Excludes: tickets that are open, cancelled, or partly without a tier.
WITH wanted AS (
  SELECT t.ticket_no, t.ticket_id, t.priority, t.product, t.category, t.created_us
  FROM tickets t
  WHERE t.resolved_us IS NOT NULL AND t.state IN (2, 3)
    AND t.ticket_no NOT IN (SELECT ticket_no FROM tier_visits WHERE tier IS NULL) AND {ticket_filter}
  ORDER BY t.created_us DESC, t.ticket_no DESC
  LIMIT $most
),
paused AS (
  SELECT p.ticket_no, p.tier_visit_no, sum(p.open_us) AS open_us FROM pending p SEMI JOIN wanted USING (ticket_no) GROUP BY ALL
),
-- Where most visits of a tier have tracked work, one without has none; where most have not, the mean stands in.
tracked AS (
  SELECT v.tier, count(v.effort_minutes) AS visits, count(v.effort_minutes) * 2 >= count(*) AS mostly, avg(v.effort_minutes) AS mean_minutes
  FROM tier_visits v SEMI JOIN wanted USING (ticket_no) GROUP BY v.tier
),
measured AS (
  SELECT v.ticket_no, v.tier_visit_no, v.tier, v.ended_by = 'handoff' AS moved_on,
    lag(v.tier) OVER w AS from_tier, lead(v.tier) OVER w AS to_tier,
    greatest(0, v.open_us - coalesce(p.open_us, 0)) / 3.6e9 AS hours,
    (k.open_before_us + greatest(0, least(v.acknowledged_us, k.closes_us) - k.opens_us) - v.started_open_us) / 3.6e9 AS wait_hours,
    CASE WHEN m.visits < 30 THEN [5, 15, 30, 100][v.tier + 1]
         ELSE coalesce(v.effort_minutes, CASE WHEN m.mostly THEN 0 ELSE m.mean_minutes END) END AS work_minutes
  FROM tier_visits v SEMI JOIN wanted USING (ticket_no)
  JOIN tracked m ON m.tier = v.tier
  LEFT JOIN paused p ON p.ticket_no = v.ticket_no AND p.tier_visit_no = v.tier_visit_no
  LEFT JOIN clock k ON k.tier = v.tier AND k.bucket_us = v.acknowledged_us - v.acknowledged_us % 900000000
  WINDOW w AS (PARTITION BY v.ticket_no ORDER BY v.tier_visit_no)
)
SELECT m.*, sum(hours) OVER tail AS tail_hours,
  sum(CASE WHEN tier = 1 THEN work_minutes ELSE 0 END) OVER tail AS tail_work_1, count(*) FILTER (WHERE tier = 1) OVER tail AS tail_visits_1,
  sum(CASE WHEN tier = 2 THEN work_minutes ELSE 0 END) OVER tail AS tail_work_2, count(*) FILTER (WHERE tier = 2) OVER tail AS tail_visits_2,
  sum(CASE WHEN tier = 3 THEN work_minutes ELSE 0 END) OVER tail AS tail_work_3, count(*) FILTER (WHERE tier = 3) OVER tail AS tail_visits_3,
  coalesce(s.priority, t.priority) AS first_priority, t.priority, t.product, t.category, t.ticket_id, t.created_us
FROM measured m
JOIN wanted t USING (ticket_no)
LEFT JOIN priority_spans s ON s.ticket_no = m.ticket_no AND s.span_no = 1
WINDOW tail AS (PARTITION BY m.ticket_no ORDER BY m.tier_visit_no ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
ORDER BY m.ticket_no, m.tier_visit_no
