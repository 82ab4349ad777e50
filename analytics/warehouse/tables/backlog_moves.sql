-- Builds:  backlog_moves, one row per change of what a tier holds open: +1 when an open ticket comes to it, -1 when it leaves
--          or is resolved, closed or cancelled. A running sum gives the backlog at any moment, reopened tickets included.
-- Times:   microseconds since 1970 UTC; day and hour_of_week local.
-- Reads:   event_states, ticket_attributes. Common subset of DuckDB SQL and Spark SQL.
-- Why:     one row per ticket (opened, resolved) counts a reopened ticket as open all the time in between.
WITH held AS (
  SELECT ticket_no, event_no, at_us, day, hour_of_week, tier, tier_before,
    CASE WHEN state_after < 2 THEN 1 ELSE 0 END AS open_after,
    CASE WHEN event_no > 1 AND state_before < 2 THEN 1 ELSE 0 END AS open_before
  FROM event_states
),
moves AS (
  SELECT ticket_no, event_no, at_us, day, hour_of_week, tier, open_after AS delta
  FROM held WHERE open_after = 1 AND (open_before = 0 OR tier IS DISTINCT FROM tier_before)
  UNION ALL
  SELECT ticket_no, event_no, at_us, day, hour_of_week, tier_before, -1
  FROM held WHERE open_before = 1 AND (open_after = 0 OR tier IS DISTINCT FROM tier_before)
)
SELECT m.ticket_no, m.event_no, m.tier, m.delta,
  CASE WHEN m.event_no = 1 AND a.created_us < m.at_us THEN a.created_us ELSE m.at_us END AS at_us,
  CASE WHEN m.event_no = 1 AND a.created_us < m.at_us THEN a.created_day ELSE m.day END AS day,
  m.hour_of_week
FROM moves m JOIN ticket_attributes a ON a.ticket_no = m.ticket_no
