-- Builds:  tier_visits, one row per tier visit: a maximal run of a ticket's events with the same tier, whatever the team.
-- Times:   as in visits. Tickets of unknown tier have one tier visit with tier NULL.
--          `open_us`: the tier's working time in the visit, until now while it is open.
--          `first_*`, of a ticket's first visit to a tier: how it ended (0 escalated, 1 put aside or resolved, 2 open, 3 returned,
--          4 cancelled; one in which the ticket was put aside ends then) and the bucket of how long that took.
--          `created_day`, of the ticket: a period is found without a look at the tickets.
-- Buckets: 0 up to 0.88 s, then 48 equal steps in every doubling of 900 s / 1024, upper edge included: at most 2.1 % wide, so that
--          its middle is within 1.1 % of every duration in it; quarters, thirds and halves of hours are edges.
-- Reads:   visits, visit_sums, ticket_attributes, data_end, clock. Common subset of DuckDB SQL and Spark SQL.
WITH moved AS (SELECT ticket_no FROM visits WHERE visit_no = 2),
created AS (
  SELECT s.ticket_no, coalesce(min(a.created_day), min(s.created_day), min(s.day)) AS created_day
  FROM visit_sums s JOIN ticket_attributes a ON a.ticket_no = s.ticket_no
  GROUP BY s.ticket_no
),
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
),
stayed AS (
  SELECT t.*,
    CASE WHEN tier IS NOT NULL AND NOT is_return
         THEN CAST(least(coalesce(first_put_aside_us, until_us), until_us) - started_us AS DOUBLE) END AS duration
  FROM timed t
),
placed AS (
  SELECT s.*,
    CASE WHEN duration <= 1.7578125e6 THEN 0 WHEN duration <= 3.515625e6 THEN 1 WHEN duration <= 7.03125e6 THEN 2
         WHEN duration <= 1.40625e7 THEN 3 WHEN duration <= 2.8125e7 THEN 4 WHEN duration <= 5.625e7 THEN 5
         WHEN duration <= 1.125e8 THEN 6 WHEN duration <= 2.25e8 THEN 7 WHEN duration <= 4.5e8 THEN 8
         WHEN duration <= 9e8 THEN 9 WHEN duration <= 1.8e9 THEN 10 WHEN duration <= 3.6e9 THEN 11
         WHEN duration <= 7.2e9 THEN 12 WHEN duration <= 1.44e10 THEN 13 WHEN duration <= 2.88e10 THEN 14
         WHEN duration <= 5.76e10 THEN 15 WHEN duration <= 1.152e11 THEN 16 WHEN duration <= 2.304e11 THEN 17
         WHEN duration <= 4.608e11 THEN 18 WHEN duration <= 9.216e11 THEN 19 WHEN duration <= 1.8432e12 THEN 20
         WHEN duration <= 3.6864e12 THEN 21 WHEN duration <= 7.3728e12 THEN 22 WHEN duration <= 1.47456e13 THEN 23
         WHEN duration <= 2.94912e13 THEN 24 WHEN duration <= 5.89824e13 THEN 25 WHEN duration <= 1.179648e14 THEN 26
         WHEN duration <= 2.359296e14 THEN 27 WHEN duration <= 4.718592e14 THEN 28 ELSE 29 END AS octave
  FROM stayed s
)
SELECT c.ticket_no, c.tier_visit_no, c.tier, c.next_tier, c.first_visit_no, c.visits, c.events, c.started_us, c.day,
  c.hour_of_week, c.state_at_start, c.state_at_end, c.acknowledged_us, c.first_put_aside_us,
  c.first_put_aside_state, c.effort_minutes, c.ended_us, c.ended_by, c.is_return,
  s.open_before_us + greatest(0, least(c.started_us, s.closes_us) - s.opens_us) AS started_open_us,
  (u.open_before_us + greatest(0, least(c.until_us, u.closes_us) - u.opens_us))
    - (s.open_before_us + greatest(0, least(c.started_us, s.closes_us) - s.opens_us)) AS open_us,
  CAST(CASE WHEN c.duration IS NULL THEN NULL
    WHEN c.first_put_aside_us IS NOT NULL AND c.state_at_start < 2 THEN CASE WHEN c.first_put_aside_state = 4 THEN 4 ELSE 1 END
    WHEN c.ended_by = 'handoff' AND c.next_tier > c.tier THEN 0
    WHEN c.ended_by = 'handoff' THEN 3
    WHEN c.ended_by = 'cancelled' THEN 4
    WHEN c.ended_by IS NOT NULL THEN 1
    ELSE 2 END AS SMALLINT) AS first_outcome,
  CAST(CASE WHEN c.duration IS NULL THEN NULL
    WHEN c.duration <= 8.7890625e5 THEN 0
    ELSE 1 + c.octave * 48
      + least(47, ceil((c.duration - 8.7890625e5 * power(2, c.octave)) * 48 / (8.7890625e5 * power(2, c.octave))) - 1)
  END AS SMALLINT) AS first_bucket,
  k.created_day
FROM placed c
JOIN created k ON k.ticket_no = c.ticket_no
JOIN clock s ON s.tier = c.clock_tier AND s.bucket_us = c.started_us - c.started_us % 900000000
JOIN clock u ON u.tier = c.clock_tier AND u.bucket_us = c.until_us - c.until_us % 900000000
