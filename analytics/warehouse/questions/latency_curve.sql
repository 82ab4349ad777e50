-- Question: after how long has what share of handed-over tickets been acknowledged?
-- Grain:    one row per (series, share): 201 quantiles of the acknowledged waits, never the raw points.
-- Units:    microseconds, calendar clock; `acknowledged_share` is the share of all handoffs of the series, so that a curve ends
--           below 1 where some were never acknowledged in the visit.
WITH waits AS (
  SELECT {from_key} AS from_key, {to_key} AS to_key, {wait} AS wait_us, {acknowledged} AS acknowledged
  FROM handoffs h
  LEFT JOIN teams f ON f.team_no = h.from_team_no
  LEFT JOIN teams m ON m.team_no = h.to_team_no
  WHERE {level} AND {own_handoff_filter}
),
quantiles AS (
  SELECT from_key, to_key, count(*) AS handoffs, count(*) FILTER (WHERE acknowledged) AS acknowledged,
    quantile_cont(wait_us, [x / 200.0 FOR x IN range(201)]) FILTER (WHERE acknowledged) AS waits
  FROM waits GROUP BY ALL
)
SELECT from_key, to_key, handoffs, acknowledged,
  (unnest(range(201)) / 200.0) * acknowledged / handoffs AS acknowledged_share,
  unnest(waits) AS wait_us
FROM quantiles
WHERE acknowledged > 0
ORDER BY from_key, to_key, acknowledged_share
