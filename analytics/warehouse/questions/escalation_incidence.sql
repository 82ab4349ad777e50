-- Question: how do first visits to a tier end, by days since the ticket reached it: escalated, returned, resolved, cancelled?
-- Grain:    one row per (tier, cause, day of the grid).
-- Units:    days on the calendar clock; cumulative incidence 0-1 of a cause by that day; `at_risk` = tickets still there by then.
-- Method:   Aalen-Johansen: the causes compete, open visits are censored at the data's last event. A visit in which the ticket was
--           put aside ends then. The incidence of `escalated` after 14 days is the matured rate of matured_escalation.
WITH chosen AS MATERIALIZED (SELECT t.ticket_no FROM tickets t WHERE {ticket_filter}),
first_visits AS (
  SELECT v.tier,
    least(coalesce(v.first_put_aside_us, v.ended_us, d.last_us), coalesce(v.ended_us, d.last_us)) - v.started_us AS time_us,
    CASE WHEN v.first_put_aside_us IS NOT NULL AND v.state_at_start < 2
           THEN CASE WHEN v.first_put_aside_state = 4 THEN 'cancelled' ELSE 'resolved' END
         WHEN v.ended_by = 'handoff' AND v.next_tier > v.tier THEN 'escalated'
         WHEN v.ended_by = 'handoff' THEN 'returned'
         WHEN v.ended_by = 'cancelled' THEN 'cancelled'
         WHEN v.ended_by IS NOT NULL THEN 'resolved' END AS cause
  FROM tier_visits v SEMI JOIN chosen USING (ticket_no) CROSS JOIN data_end d
  WHERE v.tier IS NOT NULL AND NOT v.is_return
),
steps AS (
  SELECT tier, time_us, count(*) FILTER (WHERE cause = 'escalated') AS escalated,
    count(*) FILTER (WHERE cause = 'returned') AS returned, count(*) FILTER (WHERE cause = 'resolved') AS resolved,
    count(*) FILTER (WHERE cause = 'cancelled') AS cancelled, count(cause) AS ended, count(*) AS leaving
  FROM first_visits GROUP BY ALL
),
at_risk AS (
  SELECT *, sum(leaving) OVER (PARTITION BY tier ORDER BY time_us DESC) AS n, sum(leaving) OVER (PARTITION BY tier) AS tickets
  FROM steps
),
there AS (
  SELECT *, coalesce(exp(sum(CASE WHEN ended = n THEN -1e3 WHEN ended = 0 THEN 0 ELSE ln(1 - ended / n) END)
    OVER (PARTITION BY tier ORDER BY time_us ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), 1.0) / n AS weight
  FROM at_risk
),
curve AS (
  SELECT tier, time_us, (n - leaving)::BIGINT AS at_risk, tickets::BIGINT AS tickets,
    sum(weight * escalated) OVER w AS escalated, sum(weight * returned) OVER w AS returned,
    sum(weight * resolved) OVER w AS resolved, sum(weight * cancelled) OVER w AS cancelled
  FROM there
  WINDOW w AS (PARTITION BY tier ORDER BY time_us)
),
grid AS (
  SELECT t.tier, t.tickets, g.time_us
  FROM (SELECT DISTINCT tier, tickets FROM curve) t CROSS JOIN (SELECT unnest($grid_us::BIGINT[]) AS time_us) g
),
told AS (
  SELECT g.tier, g.tickets, g.time_us / 8.64e10 AS days, coalesce(c.at_risk, g.tickets) AS at_risk,
    coalesce(c.escalated, 0.0) AS escalated, coalesce(c.returned, 0.0) AS returned, coalesce(c.resolved, 0.0) AS resolved,
    coalesce(c.cancelled, 0.0) AS cancelled
  FROM grid g ASOF LEFT JOIN curve c ON c.tier = g.tier AND c.time_us <= g.time_us
)
UNPIVOT told ON escalated, returned, resolved, cancelled INTO NAME cause VALUE incidence
ORDER BY tier, cause, days
