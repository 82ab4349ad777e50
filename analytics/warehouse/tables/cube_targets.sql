-- Builds:  cube_targets, one row per cell: how many first answers (`is_answer`) and resolutions took longer than so many of the
--          usual targets: `passed` counts the targets of cubes.TARGET_HOURS, in working hours, that the time exceeds.
-- Grain:   0 by month of creation, tiers touched and priority; 2, 3 also by product, channel (in `value`), 5 by the teams that
--          the ticket was with (`team_mask`). `is_ended`: the ticket is done, or answered where the answer is meant: the target
--          is due whatever the time shows.
-- Excludes: tickets that have had more than one priority: a target counts by the priority in force, so those are asked one by one.
-- Reads:   priority_spans. Common subset of DuckDB SQL and Spark SQL.
WITH timed AS (
  SELECT created_day, product, channel, team_mask, tier_mask, priority, TRUE AS is_answer, (is_answered OR is_done) AS is_ended,
    answer_open_us AS open_us
  FROM priority_spans
  WHERE is_only
  UNION ALL
  SELECT created_day, product, channel, team_mask, tier_mask, priority, FALSE, is_done, resolve_open_us
  FROM priority_spans
  WHERE is_only
),
placed AS (
  SELECT year(created_day) * 12 + month(created_day) - 1 AS month_no, product, channel, team_mask, tier_mask, priority, is_answer,
    is_ended,
    CASE WHEN open_us IS NULL OR open_us <= 900000000 THEN 0 WHEN open_us <= 1800000000 THEN 1 WHEN open_us <= 3600000000 THEN 2
      WHEN open_us <= 7200000000 THEN 3 WHEN open_us <= 10800000000 THEN 4 WHEN open_us <= 14400000000 THEN 5
      WHEN open_us <= 21600000000 THEN 6 WHEN open_us <= 28800000000 THEN 7 WHEN open_us <= 43200000000 THEN 8
      WHEN open_us <= 57600000000 THEN 9 WHEN open_us <= 72000000000 THEN 10 WHEN open_us <= 86400000000 THEN 11
      WHEN open_us <= 115200000000 THEN 12 WHEN open_us <= 144000000000 THEN 13 WHEN open_us <= 172800000000 THEN 14
      WHEN open_us <= 201600000000 THEN 15 WHEN open_us <= 230400000000 THEN 16 WHEN open_us <= 259200000000 THEN 17
      WHEN open_us <= 288000000000 THEN 18 WHEN open_us <= 345600000000 THEN 19 WHEN open_us <= 432000000000 THEN 20
      WHEN open_us <= 576000000000 THEN 21 WHEN open_us <= 720000000000 THEN 22 WHEN open_us <= 864000000000 THEN 23
      WHEN open_us <= 1152000000000 THEN 24 WHEN open_us <= 1440000000000 THEN 25 ELSE 26 END AS passed
  FROM timed
),
seen AS (
  SELECT g.grain, p.month_no, CASE g.grain WHEN 2 THEN p.product WHEN 3 THEN p.channel END AS value,
    CASE WHEN g.grain = 5 THEN p.team_mask END AS seen_teams, p.tier_mask, p.priority, p.is_answer, p.is_ended, p.passed
  FROM placed p CROSS JOIN (SELECT 0 AS grain UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 5) g
)
SELECT CAST(grain AS SMALLINT) AS grain, CAST(month_no AS INT) AS month_no, value, seen_teams AS team_mask, tier_mask, priority,
  is_answer, is_ended, CAST(passed AS SMALLINT) AS passed, count(*) AS n
FROM seen
GROUP BY grain, month_no, value, seen_teams, tier_mask, priority, is_answer, is_ended, passed
