-- Question: how long do handed-over tickets wait, as a histogram?
-- Grain:    one row per (from_key, to_key, bucket), in that order.
-- Units:    handoffs: `n` all, `arrived` the acknowledged, `waiting` those not yet; buckets as in tables/cube_waits.sql.
-- Method:   whole months come from the cube, the days of the period before and after them from the facts. Both are added
--           up by numbers first: names are made for a few thousand sums, not for every cell. Before and after are read
--           apart: of days with an OR between them, every day would be read.
WITH odd_days AS (
  SELECT {numbers}, {wait} AS duration_us, {acknowledged} AS acknowledged, {waiting} AS waiting
  FROM (FROM handoffs WHERE handed_day < $months_start UNION ALL FROM handoffs WHERE handed_day > $months_end) h
  WHERE {level} AND {own_handoff_filter}
),
cells AS (
  SELECT from_tier, to_tier, from_team_no, to_team_no, {bucket} AS bucket, count(*) AS n,
    count(*) FILTER (WHERE acknowledged) AS arrived, count(*) FILTER (WHERE NOT acknowledged AND waiting) AS waiting
  FROM odd_days
  GROUP BY ALL
  UNION ALL
  SELECT from_tier, to_tier, NULL, to_team_no, bucket, sum(n), coalesce(sum(n) FILTER (WHERE outcome = 0), 0),
    coalesce(sum(n) FILTER (WHERE outcome = 2), 0)
  FROM cube_waits h
  WHERE h.grain = $grain AND h.on_business_clock = $on_business_clock
    AND h.month_no BETWEEN $first_month AND $last_month AND {cell_filter}
  GROUP BY ALL
),
named AS (
  SELECT {from_key} AS from_key, {to_key} AS to_key, h.bucket, h.n, h.arrived, h.waiting
  FROM cells h
  LEFT JOIN teams f ON f.team_no = h.from_team_no
  LEFT JOIN teams m ON m.team_no = h.to_team_no
)
SELECT from_key, to_key, bucket, sum(n)::BIGINT AS n, sum(arrived)::BIGINT AS arrived, sum(waiting)::BIGINT AS waiting
FROM named
WHERE from_key IS NOT NULL AND to_key IS NOT NULL
GROUP BY ALL
ORDER BY from_key, to_key, bucket
