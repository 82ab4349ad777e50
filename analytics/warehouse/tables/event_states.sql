-- Builds:  event_states, one row per event of a ticket that counts (no `excluded` event), in order.
-- Gives:   tier and team_no in force (an event without one belongs to the visit it falls in; events before the first known
--          one belong to the first), state before it, and the numbers of the visit and of the tier visit it falls in.
-- States:  0 none yet, 1 open, 2 resolved, 3 closed, 4 cancelled. `replied`, `customer_replied`, `commented` and `changed`
--          never change the state.
-- Reads:   events. Common subset of DuckDB SQL and Spark SQL.
-- Why the marks: the last known value is carried by a running max of event_no * 2^k + code, since the two engines spell
--          IGNORE NULLS differently, and one integer is cheaper than a second sort.
WITH counted AS (
  SELECT e.*,
    CASE WHEN kind = 'resolved' THEN 2
         WHEN kind = 'closed' THEN 3
         WHEN kind = 'cancelled' THEN 4
         WHEN kind IN ('created', 'queued', 'assigned', 'acknowledged', 'pending', 'reopened') THEN 1
    END AS state_set
  FROM events e
  WHERE NOT EXISTS (SELECT 1 FROM events x WHERE x.ticket_no = e.ticket_no AND x.kind = 'excluded')
),
marked AS (
  SELECT *,
    max(CASE WHEN tier IS NOT NULL THEN CAST(event_no AS BIGINT) * 8 + tier END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS tier_mark,
    min(CASE WHEN tier IS NOT NULL THEN CAST(event_no AS BIGINT) * 8 + tier END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS first_tier_mark,
    max(CASE WHEN team_no IS NOT NULL THEN CAST(event_no AS BIGINT) * 1048576 + team_no END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS team_mark,
    min(CASE WHEN team_no IS NOT NULL THEN CAST(event_no AS BIGINT) * 1048576 + team_no END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS first_team_mark,
    max(CASE WHEN state_set IS NOT NULL THEN CAST(event_no AS BIGINT) * 8 + state_set END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS state_mark
  FROM counted
),
filled AS (
  SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, agent, effort_minutes, state_set,
    CAST(coalesce(tier_mark, first_tier_mark) % 8 AS SMALLINT) AS tier,
    CAST(coalesce(team_mark, first_team_mark) % 1048576 AS INT) AS team_no,
    CAST(coalesce(state_mark, 0) % 8 AS SMALLINT) AS state_before
  FROM marked
),
cut AS (
  SELECT *,
    CASE WHEN tier IS DISTINCT FROM lag(tier) OVER (PARTITION BY ticket_no ORDER BY event_no)
      THEN 1 ELSE 0 END AS cuts_tier,
    CASE WHEN tier IS DISTINCT FROM lag(tier) OVER (PARTITION BY ticket_no ORDER BY event_no)
           OR team_no IS DISTINCT FROM lag(team_no) OVER (PARTITION BY ticket_no ORDER BY event_no)
      THEN 1 ELSE 0 END AS cuts_visit
  FROM filled
)
SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, agent, effort_minutes, tier, team_no,
  state_before, CAST(coalesce(state_set, state_before) AS SMALLINT) AS state_after,
  CAST(sum(CASE WHEN event_no = 1 THEN 0 ELSE cuts_visit END)
    OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS INT) + 1 AS visit_no,
  CAST(sum(CASE WHEN event_no = 1 THEN 0 ELSE cuts_tier END)
    OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS INT) + 1 AS tier_visit_no
FROM cut
