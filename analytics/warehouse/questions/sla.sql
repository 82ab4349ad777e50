-- Question: how many tickets were answered and resolved within the target of their priority?
-- Grain:    one row per latest priority with a target.
-- Units:    tickets; targets in working hours since creation, pending time left out of the resolution. A target counts by the
--           priority in force at the time: missed = the time passed it while that priority held. `due` leaves out tickets that
--           are open, unanswered or unresolved, and still within their target.
-- Excludes: tickets without a priority, and priorities without a target.
WITH targets AS (
  SELECT unnest($priorities::VARCHAR[]) AS priority, unnest($answer_hours::DOUBLE[]) AS answer_hours,
    unnest($resolve_hours::DOUBLE[]) AS resolve_hours
),
judged AS (
  SELECT s.ticket_no,
    coalesce(bool_or(s.answer_open_us > g.answer_hours * 3.6e9), FALSE) AS answered_late,
    coalesce(bool_or(s.resolve_open_us > g.resolve_hours * 3.6e9), FALSE) AS resolved_late
  FROM priority_spans s JOIN targets g USING (priority)
  GROUP BY s.ticket_no
)
SELECT t.priority, count(*) AS tickets,
  count(*) FILTER (WHERE j.answered_late) AS answered_late,
  count(*) FILTER (WHERE j.answered_late OR t.{answered} IS NOT NULL OR t.state >= 2) AS answer_due,
  count(*) FILTER (WHERE j.resolved_late) AS resolved_late,
  count(*) FILTER (WHERE j.resolved_late OR t.state >= 2) AS resolve_due
FROM judged j JOIN tickets t USING (ticket_no)
WHERE t.priority IN (SELECT priority FROM targets) AND {ticket_filter}
GROUP BY t.priority
ORDER BY t.priority
