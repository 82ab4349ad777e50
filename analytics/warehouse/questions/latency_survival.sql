-- Question: after how long is what share of handed-over tickets still waiting, picked up, or gone again without that?
-- Grain:    one row per (from_key, to_key, wait of the grid).
-- Units:    microseconds on the chosen clock; shares 0-1; `at_risk` = handoffs still waiting after that long.
-- Method:   still_waiting: Kaplan-Meier, those that left unacknowledged censored when they left (as if leaving said nothing about
--           the wait). acknowledged_share and left_share: Aalen-Johansen, with leaving as a cause that competes; open ones censored
--           at the data's last event. `greenwood` is the sum behind the variance of still_waiting.
WITH waits AS (
  SELECT {from_key} AS from_key, {to_key} AS to_key, {wait} AS wait_us, {acknowledged} AS acknowledged, {waiting} AS waiting
  FROM handoffs h
  LEFT JOIN teams f ON f.team_no = h.from_team_no
  LEFT JOIN teams m ON m.team_no = h.to_team_no
  WHERE {level} AND {own_handoff_filter}
),
steps AS (
  SELECT from_key, to_key, wait_us, count(*) FILTER (WHERE acknowledged) AS done,
    count(*) FILTER (WHERE NOT acknowledged AND NOT waiting) AS gone, count(*) AS leaving
  FROM waits GROUP BY ALL
),
at_risk AS (
  SELECT *, sum(leaving) OVER (PARTITION BY from_key, to_key ORDER BY wait_us DESC) AS n,
    (sum(leaving) OVER (PARTITION BY from_key, to_key))::BIGINT AS handoffs
  FROM steps
),
weighed AS (
  SELECT *, coalesce(exp(sum(CASE WHEN done + gone = n THEN -1e3 WHEN done + gone = 0 THEN 0 ELSE ln(1 - (done + gone) / n) END)
    OVER (PARTITION BY from_key, to_key ORDER BY wait_us ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), 1.0) / n AS weight
  FROM at_risk
),
curve AS (
  SELECT from_key, to_key, wait_us, (n - leaving)::BIGINT AS at_risk,
    exp(sum(CASE WHEN done = n THEN -1e3 WHEN done = 0 THEN 0 ELSE ln(1 - done / n) END) OVER w) AS still_waiting,
    sum(CASE WHEN done < n THEN done / (n::DOUBLE * (n - done)) ELSE 0 END) OVER w AS greenwood,
    sum(weight * done) OVER w AS acknowledged_share, sum(weight * gone) OVER w AS left_share
  FROM weighed
  WINDOW w AS (PARTITION BY from_key, to_key ORDER BY wait_us)
),
grid AS (
  SELECT k.from_key, k.to_key, k.handoffs, g.wait_us
  FROM (SELECT DISTINCT from_key, to_key, handoffs FROM at_risk) k
  CROSS JOIN (SELECT unnest($grid_us::BIGINT[]) AS wait_us) g
)
SELECT g.from_key, g.to_key, g.handoffs, g.wait_us, coalesce(c.at_risk, g.handoffs) AS at_risk,
  coalesce(c.still_waiting, 1.0) AS still_waiting, coalesce(c.greenwood, 0.0) AS greenwood,
  coalesce(c.acknowledged_share, 0.0) AS acknowledged_share, coalesce(c.left_share, 0.0) AS left_share
FROM grid g ASOF LEFT JOIN curve c ON c.from_key = g.from_key AND c.to_key = g.to_key AND c.wait_us <= g.wait_us
ORDER BY g.from_key, g.to_key, g.wait_us
