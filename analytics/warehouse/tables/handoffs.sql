-- Builds:  handoffs, one row per boundary between two consecutive visits of a ticket.
-- Waits:   microseconds from handed_us to the first `acknowledged` event inside the receiving visit (`wait_us`) and inside the
--          receiving tier visit (`tier_wait_us`, only where the tier changes). Where there is none, the wait is the time until
--          the visit's end, or until the data's last event while it is open: right-censored.
-- Reads:   visits, tier_visits, data_end. Common subset of DuckDB SQL and Spark SQL.
WITH received AS (
  SELECT v.*,
    lag(v.tier) OVER (PARTITION BY v.ticket_no ORDER BY v.visit_no) AS from_tier,
    lag(v.team_no) OVER (PARTITION BY v.ticket_no ORDER BY v.visit_no) AS from_team_no
  FROM visits v
)
SELECT r.ticket_no, r.visit_no, r.from_tier, r.tier AS to_tier, r.from_team_no, r.team_no AS to_team_no,
  CASE WHEN r.tier > r.from_tier THEN 'escalation'
       WHEN r.tier < r.from_tier THEN 'return'
       ELSE 'lateral' END AS direction,
  r.started_us AS handed_us, r.day AS handed_day, r.hour_of_week,
  (r.state_at_start IN (2, 3)) AS after_resolution,
  (r.acknowledged_us IS NOT NULL) AS acknowledged,
  (r.acknowledged_us IS NULL AND r.ended_us IS NULL) AS waiting,
  coalesce(r.acknowledged_us, r.ended_us, d.last_us) - r.started_us AS wait_us,
  (w.ticket_no IS NOT NULL) AS changes_tier,
  CASE WHEN w.ticket_no IS NOT NULL THEN w.acknowledged_us IS NOT NULL END AS tier_acknowledged,
  CASE WHEN w.ticket_no IS NOT NULL THEN w.acknowledged_us IS NULL AND w.ended_us IS NULL END AS tier_waiting,
  coalesce(w.acknowledged_us, w.ended_us, CASE WHEN w.ticket_no IS NOT NULL THEN d.last_us END) - r.started_us AS tier_wait_us,
  r.is_return, r.is_immediate_return
FROM received r
CROSS JOIN data_end d
LEFT JOIN tier_visits w
  ON w.ticket_no = r.ticket_no AND w.first_visit_no = r.visit_no AND w.tier_visit_no > 1 AND w.tier IS NOT NULL
WHERE r.visit_no > 1
