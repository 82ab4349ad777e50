-- Question: how many tickets were answered and resolved within the target of their priority?
-- Grain:    one row per latest priority with a target.
-- Units:    tickets; targets in working hours since creation, pending time left out of the resolution. A target counts by the
--           priority in force at the time: missed = the time passed it while that priority held. `due` leaves out tickets that
--           are open, unanswered or unresolved, and still within their target.
-- Method:   whole months of creation come from the cube, which has tickets of one priority alone and usual targets: the target
--           is the step after `*_step` others. Other tickets, and the days before and after those months, come from the facts.
-- Excludes: tickets without a priority, and priorities without a target.
WITH targets AS (
  SELECT unnest($priorities::VARCHAR[]) AS priority, unnest($answer_hours::DOUBLE[]) AS answer_hours,
    unnest($resolve_hours::DOUBLE[]) AS resolve_hours, unnest($answer_step::INTEGER[]) AS answer_step,
    unnest($resolve_step::INTEGER[]) AS resolve_step
),
told AS (
  SELECT * EXCLUDE (priority, last_priority), priority AS held, last_priority AS priority
  FROM (FROM priority_spans WHERE created_day < $months_start UNION ALL FROM priority_spans WHERE created_day > $months_end
    UNION ALL FROM priority_spans WHERE NOT is_only AND created_day BETWEEN $months_start AND $months_end) s
),
spans AS NOT MATERIALIZED (
  SELECT t.ticket_no, t.is_only, t.priority, t.is_done, t.is_answered,
    coalesce(t.answer_open_us > g.answer_hours * 3.6e9, FALSE) AS answered_late,
    coalesce(t.resolve_open_us > g.resolve_hours * 3.6e9, FALSE) AS resolved_late
  FROM told t
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
),
counted AS (
  SELECT priority, count(*) AS tickets,
    count(*) FILTER (WHERE answered_late) AS answered_late,
    count(*) FILTER (WHERE answered_late OR is_answered OR is_done) AS answer_due,
    count(*) FILTER (WHERE resolved_late) AS resolved_late,
    count(*) FILTER (WHERE resolved_late OR is_done) AS resolve_due
  FROM judged
  GROUP BY priority
  UNION ALL
  SELECT t.priority, sum(t.n) FILTER (WHERE t.is_answer),
    sum(t.n) FILTER (WHERE t.is_answer AND t.passed > g.answer_step),
    sum(t.n) FILTER (WHERE t.is_answer AND (t.passed > g.answer_step OR t.is_ended)),
    sum(t.n) FILTER (WHERE NOT t.is_answer AND t.passed > g.resolve_step),
    sum(t.n) FILTER (WHERE NOT t.is_answer AND (t.passed > g.resolve_step OR t.is_ended))
  FROM cube_targets t
  JOIN targets g ON g.priority = t.priority
  WHERE t.grain = $grain AND t.month_no BETWEEN $first_month AND $last_month AND {cell_filter}
  GROUP BY t.priority
)
SELECT priority, sum(tickets)::BIGINT AS tickets, coalesce(sum(answered_late), 0)::BIGINT AS answered_late,
  coalesce(sum(answer_due), 0)::BIGINT AS answer_due, coalesce(sum(resolved_late), 0)::BIGINT AS resolved_late,
  coalesce(sum(resolve_due), 0)::BIGINT AS resolve_due
FROM counted
WHERE priority IN (SELECT priority FROM targets)
GROUP BY priority
ORDER BY priority
