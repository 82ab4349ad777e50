-- Builds:  visits, one row per visit: a maximal run of a ticket's events with the same tier and team.
-- Times:   microseconds since 1970 UTC. `ended_us` is the start of the next visit, or, in the ticket's last visit, the last
--          moment at which it went from open to resolved, closed or cancelled; NULL while the visit is open.
-- Reads:   event_states. Common subset of DuckDB SQL and Spark SQL.
WITH grouped AS (
  SELECT ticket_no, visit_no,
    min(tier_visit_no) AS tier_visit_no, min(tier) AS tier, min(team_no) AS team_no,
    min(event_no) AS first_event_no, CAST(count(*) AS INT) AS events,
    min(at_us) AS started_us, min(day) AS day,
    CAST(min(CAST(event_no AS BIGINT) * 256 + hour_of_week) % 256 AS SMALLINT) AS hour_of_week,
    CAST(min(CAST(event_no AS BIGINT) * 8 + state_before) % 8 AS SMALLINT) AS state_at_start,
    CAST(max(CAST(event_no AS BIGINT) * 8 + state_after) % 8 AS SMALLINT) AS state_at_end,
    min(CASE WHEN kind = 'acknowledged' THEN at_us END) AS acknowledged_us,
    max(CASE WHEN state_after >= 2 AND state_before < 2 THEN at_us END) AS put_aside_us,
    min(CASE WHEN state_after >= 2 AND state_after <> state_before THEN at_us END) AS first_put_aside_us,
    CAST(count(*) FILTER (WHERE kind = 'replied') AS INT) AS replies,
    sum(effort_minutes) AS effort_minutes
  FROM event_states
  GROUP BY ticket_no, visit_no
),
chained AS (
  SELECT *,
    lead(started_us) OVER (PARTITION BY ticket_no ORDER BY visit_no) AS next_started_us,
    lag(team_no) OVER (PARTITION BY ticket_no ORDER BY visit_no) AS team_before,
    lag(team_no, 2) OVER (PARTITION BY ticket_no ORDER BY visit_no) AS team_two_before
  FROM grouped
),
seen AS (
  SELECT *,
    row_number() OVER (PARTITION BY ticket_no, team_no ORDER BY visit_no) AS nth_of_team
  FROM chained
)
SELECT ticket_no, visit_no, tier_visit_no, tier, team_no, first_event_no, events, started_us, day, hour_of_week,
  state_at_start, state_at_end, acknowledged_us, put_aside_us, first_put_aside_us, replies, effort_minutes,
  CASE WHEN next_started_us IS NOT NULL THEN next_started_us
       WHEN state_at_end >= 2 THEN coalesce(put_aside_us, first_put_aside_us, started_us)
  END AS ended_us,
  CASE WHEN next_started_us IS NOT NULL THEN 'handoff'
       WHEN state_at_end = 2 THEN 'resolved'
       WHEN state_at_end = 3 THEN 'closed'
       WHEN state_at_end = 4 THEN 'cancelled'
  END AS ended_by,
  (team_no IS NOT NULL AND nth_of_team > 1 AND team_before IS DISTINCT FROM team_no) AS is_return,
  (team_no IS NOT NULL AND team_before IS NOT NULL AND team_before <> team_no
    AND coalesce(team_two_before = team_no, FALSE)) AS is_immediate_return
FROM seen
