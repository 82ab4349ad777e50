-- Question: how long does a handed-over ticket wait until somebody of the receiving side works on it?
-- Grain:    one row per (from_key, to_key); which keys, and whether tier visits or visits are meant, is chosen by name.
-- Units:    microseconds, calendar clock, pending time included; shares 0-1.
-- Method:   p50 … p95 over the acknowledged only, linear interpolation. km_*: Kaplan-Meier over all handoffs, those never
--           acknowledged censored at the end of the visit or at the data's last event; NULL where the curve does not fall that
--           far. share_within_target: acknowledged within the target over all but the open ones younger than the target.
WITH waits AS (
  SELECT {from_key} AS from_key, {to_key} AS to_key, h.ticket_no,
    {wait} AS wait_us, {acknowledged} AS acknowledged, {waiting} AS waiting
  FROM handoffs h
  LEFT JOIN teams f ON f.team_no = h.from_team_no
  LEFT JOIN teams m ON m.team_no = h.to_team_no
  WHERE {level} AND {own_handoff_filter}
),
steps AS (
  SELECT from_key, to_key, wait_us, count(*) FILTER (WHERE acknowledged) AS arrived, count(*) AS leaving
  FROM waits GROUP BY ALL
),
at_risk AS (
  SELECT *, sum(leaving) OVER (PARTITION BY from_key, to_key ORDER BY wait_us DESC) AS n FROM steps
),
curve AS (
  SELECT *, exp(sum(CASE WHEN arrived = n THEN -1e3 ELSE ln(1 - arrived / n) END)
    OVER (PARTITION BY from_key, to_key ORDER BY wait_us)) AS still_waiting
  FROM at_risk WHERE arrived > 0
),
medians AS (
  SELECT from_key, to_key,
    min(wait_us) FILTER (WHERE still_waiting <= 0.5 + 1e-9) AS km_p50_us,
    min(wait_us) FILTER (WHERE still_waiting <= 0.1 + 1e-9) AS km_p90_us
  FROM curve GROUP BY ALL
)
SELECT w.from_key, w.to_key,
  count(*) AS handoffs,
  count(DISTINCT w.ticket_no) AS tickets,
  count(*) FILTER (WHERE w.acknowledged) AS acknowledged,
  count(*) FILTER (WHERE NOT w.acknowledged) AS unacknowledged,
  count(*) FILTER (WHERE w.waiting) AS still_open,
  quantile_cont(w.wait_us, 0.50) FILTER (WHERE w.acknowledged) AS p50_us,
  quantile_cont(w.wait_us, 0.75) FILTER (WHERE w.acknowledged) AS p75_us,
  quantile_cont(w.wait_us, 0.90) FILTER (WHERE w.acknowledged) AS p90_us,
  quantile_cont(w.wait_us, 0.95) FILTER (WHERE w.acknowledged) AS p95_us,
  any_value(k.km_p50_us) AS km_p50_us, any_value(k.km_p90_us) AS km_p90_us,
  count(*) FILTER (WHERE w.acknowledged AND w.wait_us <= $target_us) AS within_target,
  count(*) FILTER (WHERE NOT (w.waiting AND w.wait_us < $target_us)) AS due
FROM waits w
LEFT JOIN medians k ON k.from_key = w.from_key AND k.to_key = w.to_key
GROUP BY w.from_key, w.to_key
ORDER BY w.from_key, w.to_key
