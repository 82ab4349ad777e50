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
spans AS NOT MATERIALIZED (
  SELECT t.ticket_no, t.is_only, t.priority, t.is_done, t.is_answered,
    coalesce(t.answer_open_us > g.answer_hours * 3.6e9, FALSE) AS answered_late,
    coalesce(t.resolve_open_us > g.resolve_hours * 3.6e9, FALSE) AS resolved_late
  FROM (SELECT * EXCLUDE (priority, last_priority), priority AS held, last_priority AS priority FROM priority_spans) t
  JOIN targets g ON g.priority = t.held
  WHERE {ticket_filter}
),
judged AS (
  -- Nearly every ticket keeps its priority: only the others are grouped.
  SELECT priority, is_done, is_answered, answered_late, resolved_late FROM spans WHERE is_only
  UNION ALL
  SELECT any_value(priority), any_value(is_done), any_value(is_answered), bool_or(answered_late), bool_or(resolved_late)
  FROM spans
  WHERE NOT is_only
  GROUP BY ticket_no
)
SELECT priority, count(*) AS tickets,
  count(*) FILTER (WHERE answered_late) AS answered_late,
  count(*) FILTER (WHERE answered_late OR is_answered OR is_done) AS answer_due,
  count(*) FILTER (WHERE resolved_late) AS resolved_late,
  count(*) FILTER (WHERE resolved_late OR is_done) AS resolve_due
FROM judged
WHERE priority IN (SELECT priority FROM targets)
GROUP BY priority
ORDER BY priority
