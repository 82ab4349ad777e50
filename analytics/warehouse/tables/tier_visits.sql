-- Builds:  tier_visits, one row per tier visit: a maximal run of a ticket's events with the same tier, whatever the team.
-- Times:   as in visits. Tickets of unknown tier have one tier visit with tier NULL.
--          `open_us`: the tier's working time in the visit, until now while it is open.
-- Reads:   visits, data_end, clock. Common subset of DuckDB SQL and Spark SQL.
WITH moved AS (SELECT ticket_no FROM visits WHERE visit_no = 2),
grouped AS (
  SELECT ticket_no, tier_visit_no,
    min(tier) AS tier, min(visit_no) AS first_visit_no, CAST(count(*) AS INT) AS visits, CAST(sum(events) AS INT) AS events,
    min(started_us) AS started_us, min(day) AS day,
    CAST(min(CAST(visit_no AS BIGINT) * 256 + hour_of_week) % 256 AS SMALLINT) AS hour_of_week,
    CAST(min(CAST(visit_no AS BIGINT) * 8 + state_at_start) % 8 AS SMALLINT) AS state_at_start,
    CAST(max(CAST(visit_no AS BIGINT) * 8 + state_at_end) % 8 AS SMALLINT) AS state_at_end,
    min(acknowledged_us) AS acknowledged_us,
    max(put_aside_us) AS put_aside_us,
    min(first_put_aside_us) AS first_put_aside_us,
    CAST(min(CASE WHEN first_put_aside_us IS NOT NULL THEN CAST(visit_no AS BIGINT) * 8 + first_put_aside_state END) % 8 AS SMALLINT)
      AS first_put_aside_state,
    sum(effort_minutes) AS effort_minutes
  FROM visits
  WHERE ticket_no IN (SELECT ticket_no FROM moved)
  GROUP BY ticket_no, tier_visit_no
),
chained AS (
  SELECT ticket_no, tier_visit_no, tier, first_visit_no, visits, events, started_us, day, hour_of_week, state_at_start,
    state_at_end, acknowledged_us, put_aside_us, first_put_aside_us, first_put_aside_state, effort_minutes,
    lead(started_us) OVER (PARTITION BY ticket_no ORDER BY tier_visit_no) AS next_started_us,
    lead(tier) OVER (PARTITION BY ticket_no ORDER BY tier_visit_no) AS next_tier,
    (row_number() OVER (PARTITION BY ticket_no, tier ORDER BY tier_visit_no) > 1) AS is_return
  FROM grouped
  UNION ALL
  SELECT ticket_no, tier_visit_no, tier, visit_no, CAST(1 AS INT), events, started_us, day, hour_of_week, state_at_start,
    state_at_end, acknowledged_us, put_aside_us, first_put_aside_us, first_put_aside_state, effort_minutes, CAST(NULL AS BIGINT), CAST(NULL AS SMALLINT), FALSE
  FROM visits v
  WHERE NOT EXISTS (SELECT 1 FROM moved x WHERE x.ticket_no = v.ticket_no)
),
timed AS (
  SELECT c.*,
    CASE WHEN next_started_us IS NOT NULL THEN next_started_us
         WHEN state_at_end >= 2 THEN coalesce(put_aside_us, first_put_aside_us, started_us)
    END AS ended_us,
    CASE WHEN next_started_us IS NOT NULL THEN 'handoff'
         WHEN state_at_end = 2 THEN 'resolved'
         WHEN state_at_end = 3 THEN 'closed'
         WHEN state_at_end = 4 THEN 'cancelled'
    END AS ended_by,
    CASE WHEN next_started_us IS NOT NULL THEN next_started_us
         WHEN state_at_end >= 2 THEN coalesce(put_aside_us, first_put_aside_us, started_us)
         ELSE d.last_us END AS until_us,
    coalesce(tier, 1) AS clock_tier
  FROM chained c CROSS JOIN data_end d
)
SELECT c.ticket_no, c.tier_visit_no, c.tier, c.next_tier, c.first_visit_no, c.visits, c.events, c.started_us, c.day,
  c.hour_of_week, c.state_at_start, c.state_at_end, c.acknowledged_us, c.first_put_aside_us,
  c.first_put_aside_state, c.effort_minutes, c.ended_us, c.ended_by, c.is_return,
  s.open_before_us + greatest(0, least(c.started_us, s.closes_us) - s.opens_us) AS started_open_us,
  (u.open_before_us + greatest(0, least(c.until_us, u.closes_us) - u.opens_us))
    - (s.open_before_us + greatest(0, least(c.started_us, s.closes_us) - s.opens_us)) AS open_us
FROM timed c
JOIN clock s ON s.tier = c.clock_tier AND s.bucket_us = c.started_us - c.started_us % 900000000
JOIN clock u ON u.tier = c.clock_tier AND u.bucket_us = c.until_us - c.until_us % 900000000
