-- Question: how long do handed-over tickets wait, as a histogram?
-- Grain:    one row per (from_key, to_key, bucket), in that order.
-- Units:    handoffs: `n` all, `arrived` the acknowledged, `waiting` those not yet; buckets as in tables/cube_waits.sql.
-- Method:   whole months come from the cube, the days of the period before and after them from the facts. The cube's months are
--           added up by numbers first: names are made for a few thousand sums, not for every cell. Before and after are read
--           apart: of days with an OR between them, every day would be read.
WITH odd_days AS (
  SELECT {from_key} AS from_key, {to_key} AS to_key, {wait} AS duration_us,
    CASE WHEN {acknowledged} THEN 0 WHEN {waiting} THEN 2 ELSE 1 END AS outcome
  FROM (FROM handoffs WHERE handed_day < $months_start UNION ALL FROM handoffs WHERE handed_day > $months_end) h
  LEFT JOIN teams f ON f.team_no = h.from_team_no
  LEFT JOIN teams m ON m.team_no = h.to_team_no
  WHERE {level} AND {own_handoff_filter}
),
whole_months AS (
  SELECT from_tier, to_tier, to_team_no, hour_of_week, bucket, sum(n) AS n, coalesce(sum(n) FILTER (WHERE outcome = 0), 0) AS arrived,
    coalesce(sum(n) FILTER (WHERE outcome = 2), 0) AS waiting
  FROM cube_waits h
  WHERE h.grain = $grain AND h.on_business_clock = $on_business_clock
    AND (h.month_no IS NULL OR h.month_no BETWEEN $first_month AND $last_month) AND {cell_filter}
  GROUP BY ALL
),
bucketed AS (
  SELECT from_key, to_key,
    {bucket} AS bucket, 1 AS n, (outcome = 0)::INTEGER AS arrived, (outcome = 2)::INTEGER AS waiting
  FROM odd_days
  UNION ALL
  SELECT {from_key}, {to_key}, h.bucket, h.n, h.arrived, h.waiting
  FROM whole_months h
  LEFT JOIN teams f ON FALSE
  LEFT JOIN teams m ON m.team_no = h.to_team_no
)
SELECT from_key, to_key, bucket, sum(n)::BIGINT AS n, sum(arrived)::BIGINT AS arrived, sum(waiting)::BIGINT AS waiting
FROM bucketed
WHERE from_key IS NOT NULL AND to_key IS NOT NULL
GROUP BY ALL
ORDER BY from_key, to_key, bucket
