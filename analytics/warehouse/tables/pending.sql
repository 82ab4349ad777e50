-- Builds:  pending, one row per maximal run of consecutive `pending` events of a ticket (`commented` does not end a run).
-- Times:   microseconds; ended_us is the next event of another kind, NULL where the run has not ended: counted, not timed.
-- Reads:   event_states. Common subset of DuckDB SQL and Spark SQL.
WITH told AS (
  SELECT ticket_no, event_no, at_us, kind, visit_no, tier_visit_no,
    lag(kind) OVER (PARTITION BY ticket_no ORDER BY event_no) AS kind_before
  FROM event_states
  WHERE kind <> 'commented'
),
edges AS (
  SELECT *, lead(at_us) OVER (PARTITION BY ticket_no ORDER BY event_no) AS next_us
  FROM told
  WHERE (kind = 'pending' AND kind_before IS DISTINCT FROM 'pending') OR (kind <> 'pending' AND kind_before = 'pending')
)
SELECT ticket_no, event_no, visit_no, tier_visit_no, at_us AS started_us, next_us AS ended_us
FROM edges
WHERE kind = 'pending'
