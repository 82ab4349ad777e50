-- Question: what share of all the time until resolution is spent with another team and straight back?
-- Grain:    one row per number of such loops in a ticket (0, 1, 2, 3 and more) among resolved tickets.
-- Units:    tickets; hours on the calendar clock: created to the last resolution, and in the visits in between (`away`), those
--           begun after the last resolution left out. Median of the time to resolve.
WITH chained AS (
  SELECT v.ticket_no, v.is_immediate_return AND v.started_us <= t.resolved_us AS loops,
    lag(v.ended_us) OVER w - lag(v.started_us) OVER w AS away_us
  FROM visits v JOIN tickets t USING (ticket_no)
  WHERE t.resolved_us IS NOT NULL AND t.team_immediate > 0 AND {ticket_filter}
  WINDOW w AS (PARTITION BY v.ticket_no ORDER BY v.visit_no)
),
away AS (
  SELECT ticket_no, count(*) AS loops, sum(away_us) AS away_us FROM chained WHERE loops GROUP BY ticket_no
)
SELECT least(coalesce(a.loops, 0), 3)::INTEGER AS loops, count(*) AS tickets,
  sum(t.resolved_us - t.created_us) / 3.6e9 AS resolve_hours, coalesce(sum(a.away_us), 0) / 3.6e9 AS away_hours,
  quantile_cont((t.resolved_us - t.created_us) / 3.6e9, 0.5) AS p50_hours
FROM tickets t LEFT JOIN away a USING (ticket_no)
WHERE t.resolved_us IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY loops
