-- Builds:  visits, one row per visit: a maximal run of a ticket's events with the same tier and team.
-- Times:   microseconds since 1970 UTC. `ended_us` is the start of the next visit, or, in the ticket's last visit, the last
--          moment at which it went from open to resolved, closed or cancelled; NULL while the visit is open.
-- Reads:   visit_sums. Common subset of DuckDB SQL and Spark SQL.
WITH moved AS (SELECT ticket_no FROM visit_sums WHERE visit_no = 2),
chained AS (
  SELECT *,
    lead(started_us) OVER (PARTITION BY ticket_no ORDER BY visit_no) AS next_started_us,
    lag(team_no) OVER (PARTITION BY ticket_no ORDER BY visit_no) AS team_before,
    lag(team_no, 2) OVER (PARTITION BY ticket_no ORDER BY visit_no) AS team_two_before
  FROM visit_sums
  WHERE ticket_no IN (SELECT ticket_no FROM moved)
),
seen AS (
  SELECT ticket_no, visit_no, tier_visit_no, tier, team_no, first_event_no, events, started_us, day, first_mark, state_at_end,
    acknowledged_us, put_aside_us, first_put_aside_us, first_put_aside_state, replies, effort_minutes, next_started_us,
    (team_no IS NOT NULL AND team_before IS DISTINCT FROM team_no
      AND row_number() OVER (PARTITION BY ticket_no, team_no ORDER BY visit_no) > 1) AS is_return,
    (team_no IS NOT NULL AND team_before IS NOT NULL AND team_before <> team_no
      AND coalesce(team_two_before = team_no, FALSE)) AS is_immediate_return
  FROM chained
  UNION ALL
  SELECT ticket_no, visit_no, tier_visit_no, tier, team_no, first_event_no, events, started_us, day, first_mark, state_at_end,
    acknowledged_us, put_aside_us, first_put_aside_us, first_put_aside_state, replies, effort_minutes, CAST(NULL AS BIGINT), FALSE, FALSE
  FROM visit_sums g
  WHERE NOT EXISTS (SELECT 1 FROM moved x WHERE x.ticket_no = g.ticket_no)
)
SELECT ticket_no, visit_no, tier_visit_no, tier, team_no, first_event_no, events, started_us, day,
  CAST((first_mark - first_mark % 8) / 8 AS SMALLINT) AS hour_of_week, CAST(first_mark % 8 AS SMALLINT) AS state_at_start,
  state_at_end, acknowledged_us, put_aside_us, first_put_aside_us, first_put_aside_state, replies, effort_minutes,
  CASE WHEN next_started_us IS NOT NULL THEN next_started_us
       WHEN state_at_end >= 2 THEN coalesce(put_aside_us, first_put_aside_us, started_us)
  END AS ended_us,
  CASE WHEN next_started_us IS NOT NULL THEN 'handoff'
       WHEN state_at_end = 2 THEN 'resolved'
       WHEN state_at_end = 3 THEN 'closed'
       WHEN state_at_end = 4 THEN 'cancelled'
  END AS ended_by,
  is_return, is_immediate_return
FROM seen
