-- Builds:  cube_waits, one row per cell: how many handoffs of a group waited so long, as histograms that add up.
-- Grain:   0 by month, from_tier, to_tier; 1, 2, 3 also by priority, product, channel (in `value`); 4 by month, to_tier and receiving team
--          (waits in the visit, not the tier visit); 5 by to_tier and hour of the week, the months together.
-- Gives:   `n` handoffs; outcome 0 acknowledged, 1 left unacknowledged, 2 still waiting; `on_business_clock` tells the clock.
-- Buckets: 0 up to 0.88 s, then 48 equal steps in every doubling of 900 s / 1024, upper edge included: at most 2.1 % wide, so that
--          its middle is within 1.1 % of every duration in it; quarters, thirds and halves of hours are edges.
-- Reads:   handoffs. Common subset of DuckDB SQL and Spark SQL.
WITH base AS (
  SELECT year(handed_day) * 12 + month(handed_day) - 1 AS month_no, from_tier, to_tier, to_team_no, priority, product, channel,
    hour_of_week, changes_tier, wait_us, wait_open_us, tier_wait_us, tier_wait_open_us,
    CASE WHEN acknowledged THEN 0 WHEN waiting THEN 2 ELSE 1 END AS outcome,
    CASE WHEN tier_acknowledged THEN 0 WHEN tier_waiting THEN 2 ELSE 1 END AS tier_outcome
  FROM handoffs
),
clocked AS (
  SELECT FALSE AS on_business_clock, b.*, tier_wait_us AS tier_duration_us, wait_us AS visit_duration_us FROM base b
  UNION ALL
  SELECT TRUE, b.*, tier_wait_open_us, wait_open_us FROM base b
),
stacked AS (
  SELECT g.grain, c.on_business_clock, CASE WHEN g.grain < 5 THEN c.month_no END AS month_no,
    CASE WHEN g.grain < 4 THEN c.from_tier END AS from_tier, c.to_tier,
    CASE g.grain WHEN 1 THEN c.priority WHEN 2 THEN c.product WHEN 3 THEN c.channel END AS value,
    CASE WHEN g.grain = 5 THEN c.hour_of_week END AS hour_of_week, CAST(NULL AS INT) AS to_team_no,
    c.tier_outcome AS outcome, c.tier_duration_us AS duration_us
  FROM clocked c CROSS JOIN (SELECT 0 AS grain UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 5) g
  WHERE c.changes_tier
  UNION ALL
  SELECT 4, on_business_clock, month_no, NULL, to_tier, NULL, NULL, to_team_no, outcome, visit_duration_us
  FROM clocked
),
placed AS (
  SELECT grain, on_business_clock, month_no, from_tier, to_tier, value, hour_of_week, to_team_no, outcome, duration,
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
  FROM (SELECT *, CAST(duration_us AS DOUBLE) AS duration FROM stacked) s
),
bucketed AS (
  SELECT grain, on_business_clock, month_no, from_tier, to_tier, value, hour_of_week, to_team_no, outcome,
    CAST(CASE WHEN duration <= 8.7890625e5 THEN 0
      ELSE 1 + octave * 48 + least(47, ceil((duration - 8.7890625e5 * power(2, octave)) * 48 / (8.7890625e5 * power(2, octave))) - 1)
    END AS SMALLINT) AS bucket
  FROM placed
)
SELECT CAST(grain AS SMALLINT) AS grain, on_business_clock, CAST(month_no AS INT) AS month_no, from_tier, to_tier, value, hour_of_week,
  to_team_no, CAST(outcome AS SMALLINT) AS outcome, bucket, count(*) AS n
FROM bucketed
GROUP BY grain, on_business_clock, month_no, from_tier, to_tier, value, hour_of_week, to_team_no, outcome, bucket
