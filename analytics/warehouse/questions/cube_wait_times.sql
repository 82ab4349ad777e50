-- Question: how long do handed-over tickets wait, as a histogram?
-- Grain:    one row per (from_key, to_key, outcome, bucket).
-- Units:    handoffs; outcome 0 acknowledged, 1 left unacknowledged, 2 still waiting; buckets as in tables/cube_waits.sql.
-- Method:   whole months come from the cube, the days of the period before and after them from the facts.
WITH odd_days AS (
  SELECT {from_key} AS from_key, {to_key} AS to_key, {wait} AS wait_us,
    CASE WHEN {acknowledged} THEN 0 WHEN {waiting} THEN 2 ELSE 1 END AS outcome
  FROM handoffs h
  LEFT JOIN teams m ON m.team_no = h.to_team_no
  WHERE (h.handed_day < $months_start OR h.handed_day > $months_end) AND {level} AND {own_handoff_filter}
),
placed AS (
  SELECT *, greatest(0, ceil(log2(greatest(wait_us, 1) / 8.7890625e5)) - 1) AS octave FROM odd_days
),
bucketed AS (
  SELECT from_key, to_key, outcome,
    CASE WHEN wait_us <= 8.7890625e5 THEN 0
      ELSE 1 + octave * 48 + least(47, ceil((wait_us - 8.7890625e5 * power(2, octave)) * 48 / (8.7890625e5 * power(2, octave))) - 1)
    END AS bucket, 1 AS n
  FROM placed
  UNION ALL
  SELECT {from_key}, {to_key}, h.outcome, h.bucket, h.n
  FROM cube_waits h
  LEFT JOIN teams m ON m.team_no = h.to_team_no
  WHERE h.grain = $grain AND h.on_business_clock = $on_business_clock
    AND (h.month_no IS NULL OR h.month_no BETWEEN $first_month AND $last_month) AND {cell_filter}
)
SELECT from_key, to_key, outcome::INTEGER AS outcome, bucket::INTEGER AS bucket, sum(n)::BIGINT AS n
FROM bucketed
GROUP BY ALL
ORDER BY from_key, to_key, bucket, outcome
