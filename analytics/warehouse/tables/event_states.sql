-- Builds:  event_states, one row per event of a ticket that counts (no `excluded` event), in order.
-- Gives:   tier and team_no in force (an event without one belongs to the visit it falls in; events before the first known
--          one belong to the first), state before it, and the numbers of the visit and of the tier visit it falls in.
-- States:  0 none yet, 1 open, 2 resolved, 3 closed, 4 cancelled. `replied`, `customer_replied`, `commented` and `changed`
--          never change the state.
-- Reads:   events. Common subset of DuckDB SQL and Spark SQL.
-- Cost:    most tickets know tier and team in every event and stay in one visit; only the others pay for the extra windows.
-- Why the marks: the last known value is carried by a running max of event_no * 2^k + code, since the two engines spell
--          IGNORE NULLS differently, and one integer is cheaper than a second sort.
WITH counted AS (
  SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, effort_minutes, tier, team_no,
    CASE kind WHEN 'resolved' THEN 2 WHEN 'closed' THEN 3 WHEN 'cancelled' THEN 4
      WHEN 'created' THEN 1 WHEN 'queued' THEN 1 WHEN 'assigned' THEN 1 WHEN 'acknowledged' THEN 1 WHEN 'pending' THEN 1
      WHEN 'reopened' THEN 1 END AS state_set
  FROM events e
  WHERE NOT EXISTS (SELECT 1 FROM events x WHERE x.kind = 'excluded' AND x.ticket_no = e.ticket_no)
),
gaps AS (SELECT DISTINCT ticket_no FROM counted WHERE tier IS NULL OR team_no IS NULL),
marked AS (
  SELECT *,
    max(CASE WHEN tier IS NOT NULL THEN CAST(event_no AS BIGINT) * 8 + tier END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS tier_mark,
    min(CASE WHEN tier IS NOT NULL THEN CAST(event_no AS BIGINT) * 8 + tier END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS first_tier_mark,
    max(CASE WHEN team_no IS NOT NULL THEN CAST(event_no AS BIGINT) * 1048576 + team_no END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS team_mark,
    min(CASE WHEN team_no IS NOT NULL THEN CAST(event_no AS BIGINT) * 1048576 + team_no END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS first_team_mark
  FROM counted
  WHERE ticket_no IN (SELECT ticket_no FROM gaps)
),
filled AS (
  SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, effort_minutes, tier, team_no, state_set
  FROM counted e
  WHERE NOT EXISTS (SELECT 1 FROM gaps x WHERE x.ticket_no = e.ticket_no)
  UNION ALL
  SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, effort_minutes,
    CAST(coalesce(tier_mark, first_tier_mark) % 8 AS SMALLINT), CAST(coalesce(team_mark, first_team_mark) % 1048576 AS INT),
    state_set
  FROM marked
),
stepped AS (
  SELECT *,
    lag(tier) OVER (PARTITION BY ticket_no ORDER BY event_no) AS tier_before,
    lag(team_no) OVER (PARTITION BY ticket_no ORDER BY event_no) AS team_before,
    max(CASE WHEN state_set IS NOT NULL THEN CAST(event_no AS BIGINT) * 8 + state_set END)
      OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS state_mark
  FROM filled
),
cut AS (
  SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, effort_minutes, tier, team_no, tier_before,
    CAST(coalesce(state_mark, 0) % 8 AS SMALLINT) AS state_before,
    CAST(coalesce(state_set, coalesce(state_mark, 0) % 8) AS SMALLINT) AS state_after,
    CASE WHEN event_no > 1 AND tier IS DISTINCT FROM tier_before THEN 1 ELSE 0 END AS cuts_tier,
    CASE WHEN event_no > 1 AND (tier IS DISTINCT FROM tier_before OR team_no IS DISTINCT FROM team_before) THEN 1 ELSE 0 END AS cuts_visit
  FROM stepped
),
moved AS (SELECT DISTINCT ticket_no FROM cut WHERE cuts_visit = 1)
SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, effort_minutes, tier, team_no, tier_before, state_before, state_after,
  1 AS visit_no, 1 AS tier_visit_no
FROM cut c
WHERE NOT EXISTS (SELECT 1 FROM moved x WHERE x.ticket_no = c.ticket_no)
UNION ALL
SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, effort_minutes, tier, team_no, tier_before, state_before, state_after,
  CAST(sum(cuts_visit) OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS INT) + 1,
  CAST(sum(cuts_tier) OVER (PARTITION BY ticket_no ORDER BY event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS INT) + 1
FROM cut
WHERE ticket_no IN (SELECT ticket_no FROM moved)
