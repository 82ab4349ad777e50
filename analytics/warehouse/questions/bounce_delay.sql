-- Question: what share of all the time until resolution is spent with another team and straight back?
-- Grain:    one row per number of such loops in a ticket (0, 1, 2, 3 and more) among resolved tickets.
-- Units:    tickets; hours on the calendar clock: created to the last resolution, and in the visits in between (`away`), those
--           begun after the last resolution left out. Median of the time to resolve.
WITH away AS (
  SELECT t.ticket_no, count(*) AS loops, sum(t.away_us) AS away_us
  FROM loops t
  WHERE t.is_before_resolution AND {ticket_filter}
  GROUP BY t.ticket_no
),
spent AS (
  SELECT t.ticket_no, t.resolved_us - t.created_us AS resolve_us, t.team_immediate
  FROM tickets t
  WHERE t.resolved_us IS NOT NULL AND {ticket_filter}
),
counted AS (
  -- Tickets without any loop are most: they are not looked for among the others.
  SELECT 0 AS loops, resolve_us, 0 AS away_us FROM spent WHERE team_immediate = 0
  UNION ALL
  SELECT least(coalesce(a.loops, 0), 3), s.resolve_us, coalesce(a.away_us, 0)
  FROM spent s LEFT JOIN away a USING (ticket_no)
  WHERE s.team_immediate > 0
)
SELECT loops::INTEGER AS loops, count(*) AS tickets, sum(resolve_us) / 3.6e9 AS resolve_hours, sum(away_us) / 3.6e9 AS away_hours,
  quantile_cont(resolve_us, 0.5) / 3.6e9 AS p50_hours
FROM counted
GROUP BY loops
ORDER BY loops
