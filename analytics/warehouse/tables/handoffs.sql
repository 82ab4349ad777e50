-- Builds:  handoffs, one row per boundary between two consecutive visits of a ticket.
-- Waits:   microseconds from handed_us to the first `acknowledged` event inside the receiving visit (`wait_us`) and inside the
--          receiving tier visit (`tier_wait_us`, only where the tier changes). Where there is none, the wait is the time until
--          the visit's end, or until the data's last event while it is open: right-censored. `*_open_us` are the same waits on
--          the receiving tier's working hours.
--          `stayed_us`: how long the ticket was in the visit that the handoff ends.
-- Attributes: the ticket's, so that filtering handoffs by them needs no join with all tickets.
-- Reads:   visits, tier_visits, data_end, clock, ticket_attributes. Common subset of DuckDB SQL and Spark SQL.
WITH received AS (
  SELECT v.*,
    lag(v.tier) OVER (PARTITION BY v.ticket_no ORDER BY v.visit_no) AS from_tier,
    lag(v.team_no) OVER (PARTITION BY v.ticket_no ORDER BY v.visit_no) AS from_team_no,
    lag(v.started_us) OVER (PARTITION BY v.ticket_no ORDER BY v.visit_no) AS from_started_us
  FROM visits v
),
waited AS (
  SELECT r.ticket_no, r.visit_no, r.from_tier, r.tier AS to_tier, r.from_team_no, r.team_no AS to_team_no,
    CASE WHEN r.tier > r.from_tier THEN 'escalation'
         WHEN r.tier < r.from_tier THEN 'return'
         ELSE 'lateral' END AS direction,
    r.started_us - r.from_started_us AS stayed_us, r.started_us AS handed_us, r.day AS handed_day, r.hour_of_week,
    (r.state_at_start IN (2, 3)) AS after_resolution,
    (r.acknowledged_us IS NOT NULL) AS acknowledged,
    (r.acknowledged_us IS NULL AND r.ended_us IS NULL) AS waiting,
    coalesce(r.acknowledged_us, r.ended_us, d.last_us) AS until_us,
    (w.ticket_no IS NOT NULL) AS changes_tier,
    CASE WHEN w.ticket_no IS NOT NULL THEN w.acknowledged_us IS NOT NULL END AS tier_acknowledged,
    CASE WHEN w.ticket_no IS NOT NULL THEN w.acknowledged_us IS NULL AND w.ended_us IS NULL END AS tier_waiting,
    CASE WHEN w.ticket_no IS NOT NULL THEN coalesce(w.acknowledged_us, w.ended_us, d.last_us) END AS tier_until_us,
    r.is_return, r.is_immediate_return, coalesce(r.tier, 1) AS clock_tier
  FROM received r
  CROSS JOIN data_end d
  LEFT JOIN tier_visits w
    ON w.ticket_no = r.ticket_no AND w.first_visit_no = r.visit_no AND w.tier_visit_no > 1 AND w.tier IS NOT NULL
  WHERE r.visit_no > 1
)
SELECT h.ticket_no, h.visit_no, h.from_tier, h.to_tier, h.from_team_no, h.to_team_no, h.direction, h.stayed_us,
  h.handed_us, h.handed_day,
  h.hour_of_week, h.after_resolution, h.acknowledged, h.waiting, h.until_us - h.handed_us AS wait_us,
  (u.open_before_us + greatest(0, least(h.until_us, u.closes_us) - u.opens_us))
    - (s.open_before_us + greatest(0, least(h.handed_us, s.closes_us) - s.opens_us)) AS wait_open_us,
  h.changes_tier, h.tier_acknowledged, h.tier_waiting, h.tier_until_us - h.handed_us AS tier_wait_us,
  (v.open_before_us + greatest(0, least(h.tier_until_us, v.closes_us) - v.opens_us))
    - (s.open_before_us + greatest(0, least(h.handed_us, s.closes_us) - s.opens_us)) AS tier_wait_open_us,
  h.is_return, h.is_immediate_return, a.priority, a.product, a.category, a.channel
FROM waited h
JOIN ticket_attributes a ON a.ticket_no = h.ticket_no
JOIN clock s ON s.tier = h.clock_tier AND s.bucket_us = h.handed_us - h.handed_us % 900000000
JOIN clock u ON u.tier = h.clock_tier AND u.bucket_us = h.until_us - h.until_us % 900000000
LEFT JOIN clock v ON v.tier = h.clock_tier AND v.bucket_us = h.tier_until_us - h.tier_until_us % 900000000
