-- Question: of tickets that reach a tier, what share is escalated within $horizon_us, young tickets not pulling it down?
-- Grain:    one row per tier.
-- Units:    tickets; cumulative incidence 0-1.
-- Method:   Aalen-Johansen from the start of the first visit to the tier; competing: resolution, closing, cancellation and return;
--           still open: censored at the data's last event.
WITH chosen AS MATERIALIZED (SELECT t.ticket_no FROM tickets t WHERE {ticket_filter}),
first_visits AS (
  SELECT v.tier,
    least(coalesce(v.first_put_aside_us, v.ended_us, d.last_us), coalesce(v.ended_us, d.last_us)) - v.started_us AS time_us,
    CASE WHEN v.first_put_aside_us IS NOT NULL AND v.state_at_start < 2 THEN 'other'
         WHEN v.ended_by = 'handoff' AND v.next_tier > v.tier THEN 'escalated'
         WHEN v.ended_by IS NOT NULL THEN 'other'
         ELSE 'open' END AS outcome
  FROM tier_visits v SEMI JOIN chosen USING (ticket_no) CROSS JOIN data_end d
  WHERE v.tier IS NOT NULL AND NOT v.is_return
),
steps AS (
  SELECT tier, time_us, count(*) FILTER (WHERE outcome = 'escalated') AS escalated,
    count(*) FILTER (WHERE outcome <> 'open') AS ended, count(*) AS leaving
  FROM first_visits GROUP BY ALL
),
at_risk AS (
  SELECT *, sum(leaving) OVER (PARTITION BY tier ORDER BY time_us DESC) AS n FROM steps
),
curve AS (
  SELECT *, coalesce(exp(sum(CASE WHEN ended = n THEN -1e3 WHEN ended = 0 THEN 0 ELSE ln(1 - ended / n) END)
    OVER (PARTITION BY tier ORDER BY time_us ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), 1.0) AS still_there_before
  FROM at_risk
)
SELECT tier, coalesce(sum(still_there_before * escalated / n) FILTER (WHERE time_us <= $horizon_us), 0.0) AS matured_rate,
  sum(leaving)::BIGINT AS tickets
FROM curve
GROUP BY tier
ORDER BY tier
