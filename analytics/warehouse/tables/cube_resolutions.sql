-- Builds:  cube_resolutions, one row per cell: how many tickets took so long until their last resolution, as histograms that add up.
-- Grain:   0 by month of creation, tier that resolved, tiers touched, clock, with or without pending time, and bucket; 1, 2, 3 also
--          by priority, product, channel (in `value`), 5 by the teams that the ticket was with (`team_mask`), on
--          the calendar clock with pending time alone: it has the most cells.
-- Buckets: 0 up to 0.88 s, then 48 equal steps in every doubling of 900 s / 1024, upper edge included: at most 2.1 % wide, so that
--          its middle is within 1.1 % of every duration in it; quarters, thirds and halves of hours are edges.
-- Reads:   tickets. Common subset of DuckDB SQL and Spark SQL.
WITH base AS (
  SELECT year(created_day) * 12 + month(created_day) - 1 AS month_no, priority, product, channel, team_mask, resolved_tier, tier_mask,
    resolved_us - created_us AS calendar_us,
    resolve_open_us, pending_us, pending_open_us
  FROM tickets
  WHERE resolved_us IS NOT NULL AND resolved_tier IS NOT NULL
),
stacked AS (
  SELECT month_no, priority, product, channel, team_mask, resolved_tier, tier_mask, k.on_business_clock, k.with_pending,
    CASE WHEN k.on_business_clock THEN resolve_open_us ELSE calendar_us END
      - CASE WHEN k.with_pending THEN 0 WHEN k.on_business_clock THEN pending_open_us ELSE pending_us END AS duration_us
  FROM base CROSS JOIN (
    SELECT FALSE AS on_business_clock, TRUE AS with_pending UNION ALL SELECT FALSE, FALSE UNION ALL SELECT TRUE, TRUE
    UNION ALL SELECT TRUE, FALSE) k
),
placed AS (
  SELECT month_no, priority, product, channel, team_mask, resolved_tier, tier_mask, on_business_clock, with_pending, duration,
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
  SELECT month_no, priority, product, channel, team_mask, resolved_tier, tier_mask, on_business_clock, with_pending,
    CAST(CASE WHEN duration <= 8.7890625e5 THEN 0
      ELSE 1 + octave * 48 + least(47, ceil((duration - 8.7890625e5 * power(2, octave)) * 48 / (8.7890625e5 * power(2, octave))) - 1)
    END AS SMALLINT) AS bucket
  FROM placed
)
SELECT CAST(grain AS SMALLINT) AS grain, CAST(month_no AS INT) AS month_no, value, seen_teams AS team_mask, resolved_tier,
  tier_mask, on_business_clock, with_pending, bucket, count(*) AS n
FROM (
  SELECT g.grain, b.*, CASE g.grain WHEN 1 THEN b.priority WHEN 2 THEN b.product WHEN 3 THEN b.channel END AS value,
    CASE WHEN g.grain = 5 THEN b.team_mask END AS seen_teams
  FROM bucketed b CROSS JOIN (SELECT 0 AS grain UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 5) g
  WHERE g.grain < 5 OR (b.with_pending AND NOT b.on_business_clock)
) s
GROUP BY grain, month_no, value, seen_teams, resolved_tier, tier_mask, on_business_clock, with_pending, bucket
