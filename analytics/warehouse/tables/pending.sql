-- Builds:  pending, one row per maximal run of consecutive `pending` events of a ticket (`commented` does not end a run).
-- Times:   microseconds; ended_us is the next event of another kind, NULL where the run has not ended: counted, not timed.
--          `open_us`: the same on the working hours of the tier that holds the ticket.
-- Reads:   event_states, clock. Common subset of DuckDB SQL and Spark SQL.
WITH paused AS (SELECT DISTINCT ticket_no FROM event_states WHERE kind = 'pending'),
told AS (
  SELECT ticket_no, event_no, at_us, kind, visit_no, tier_visit_no, tier,
    lag(kind) OVER (PARTITION BY ticket_no ORDER BY event_no) AS kind_before
  FROM event_states
  WHERE kind <> 'commented' AND ticket_no IN (SELECT ticket_no FROM paused)
),
edges AS (
  SELECT *, lead(at_us) OVER (PARTITION BY ticket_no ORDER BY event_no) AS next_us
  FROM told
  WHERE (kind = 'pending' AND kind_before IS DISTINCT FROM 'pending') OR (kind <> 'pending' AND kind_before = 'pending')
)
SELECT e.ticket_no, e.event_no, e.visit_no, e.tier_visit_no, e.at_us AS started_us, e.next_us AS ended_us,
  (u.open_before_us + greatest(0, least(e.next_us, u.closes_us) - u.opens_us))
    - (s.open_before_us + greatest(0, least(e.at_us, s.closes_us) - s.opens_us)) AS open_us
FROM edges e
JOIN clock s ON s.tier = coalesce(e.tier, 1) AND s.bucket_us = e.at_us - e.at_us % 900000000
LEFT JOIN clock u ON u.tier = coalesce(e.tier, 1) AND u.bucket_us = e.next_us - e.next_us % 900000000
WHERE e.kind = 'pending'
