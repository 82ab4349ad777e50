-- Builds:  priority_spans, one row per stretch of a ticket's life with one priority in force, until it is resolved for good.
-- Times:   working microseconds since creation, on the working hours of the tier that holds the ticket, reached at the end of
--          the stretch: `answer_open_us` until the first answer (NULL once that has come), `resolve_open_us` until
--          the last resolution, pending time left out. A target of that priority is missed in the stretch exactly when the
--          time at its end exceeds it, since elapsed time never falls.
-- Reads:   events, tickets, tier_visits, pending, data_end, clock. Common subset of DuckDB SQL and Spark SQL.
WITH said AS (
  SELECT e.ticket_no, e.event_no, e.at_us, e.priority,
    lag(e.priority) OVER (PARTITION BY e.ticket_no ORDER BY e.event_no) AS priority_before
  FROM events e
  WHERE e.priority IS NOT NULL
),
changed AS (
  SELECT ticket_no, event_no, priority, at_us,
    row_number() OVER (PARTITION BY ticket_no ORDER BY event_no) AS span_no,
    lead(at_us) OVER (PARTITION BY ticket_no ORDER BY event_no) AS next_us
  FROM said
  WHERE priority IS DISTINCT FROM priority_before
),
lived AS (
  -- A ticket's first answer (where the data holds no replies at all: its first acknowledgement) and its end.
  SELECT t.ticket_no, t.created_us,
    CASE WHEN (SELECT max(replies) FROM tickets) > 0 THEN t.first_reply_us ELSE t.first_acknowledged_us END AS answered_us,
    coalesce(t.resolved_us, CASE WHEN t.state >= 2 THEN t.last_us END, d.last_us) AS end_us
  FROM tickets t CROSS JOIN data_end d
),
cut AS (
  SELECT c.ticket_no, CAST(c.span_no AS INT) AS span_no, c.priority,
    least(coalesce(c.next_us, l.end_us), l.end_us) AS until_us,
    CASE WHEN c.span_no = 1 OR c.at_us < coalesce(l.answered_us, l.end_us)
      THEN least(coalesce(c.next_us, l.end_us), coalesce(l.answered_us, l.end_us), l.end_us) END AS answer_until_us
  FROM changed c JOIN lived l ON l.ticket_no = c.ticket_no
  WHERE c.span_no = 1 OR c.at_us < l.end_us
),
spans AS (
  -- While a ticket is pending the clock stands: what it shows then, it showed when the run began.
  SELECT c.ticket_no, c.span_no, c.priority, c.answer_until_us,
    least(c.until_us, coalesce(min(p.started_us), c.until_us)) AS until_us
  FROM cut c
  LEFT JOIN pending p ON p.ticket_no = c.ticket_no AND p.started_us < c.until_us AND (p.ended_us IS NULL OR p.ended_us > c.until_us)
  GROUP BY c.ticket_no, c.span_no, c.priority, c.answer_until_us, c.until_us
),
climbing AS (
  SELECT ticket_no, tier_visit_no, coalesce(tier, 1) AS clock_tier, started_us, started_open_us,
    lead(started_us) OVER (PARTITION BY ticket_no ORDER BY tier_visit_no) AS next_us,
    coalesce(sum(open_us) OVER (PARTITION BY ticket_no ORDER BY tier_visit_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
      AS open_before_us
  FROM tier_visits
),
origin AS (
  -- Working time between the creation and the first event, on the first tier's clock.
  SELECT w.ticket_no, w.started_open_us
      - (k.open_before_us + greatest(0, least(t.created_us, k.closes_us) - k.opens_us)) AS before_first_us
  FROM climbing w JOIN tickets t ON t.ticket_no = w.ticket_no
  JOIN clock k ON k.tier = w.clock_tier AND k.bucket_us = t.created_us - t.created_us % 900000000
  WHERE w.tier_visit_no = 1
),
reached AS (
  SELECT s.ticket_no, s.span_no, o.before_first_us + w.open_before_us - w.started_open_us
      + (k.open_before_us + greatest(0, least(s.until_us, k.closes_us) - k.opens_us)) AS open_us
  FROM spans s
  JOIN origin o ON o.ticket_no = s.ticket_no
  JOIN climbing w ON w.ticket_no = s.ticket_no AND w.started_us <= s.until_us AND (w.next_us IS NULL OR s.until_us < w.next_us)
  JOIN clock k ON k.tier = w.clock_tier AND k.bucket_us = s.until_us - s.until_us % 900000000
),
answered AS (
  SELECT s.ticket_no, s.span_no, o.before_first_us + w.open_before_us - w.started_open_us
      + (k.open_before_us + greatest(0, least(s.answer_until_us, k.closes_us) - k.opens_us)) AS open_us
  FROM spans s
  JOIN origin o ON o.ticket_no = s.ticket_no
  JOIN climbing w ON w.ticket_no = s.ticket_no
    AND w.started_us <= s.answer_until_us AND (w.next_us IS NULL OR s.answer_until_us < w.next_us)
  JOIN clock k ON k.tier = w.clock_tier AND k.bucket_us = s.answer_until_us - s.answer_until_us % 900000000
),
paused AS (
  SELECT s.ticket_no, s.span_no, sum(p.open_us) AS open_us
  FROM spans s JOIN pending p ON p.ticket_no = s.ticket_no AND p.ended_us IS NOT NULL AND p.ended_us <= s.until_us
  GROUP BY s.ticket_no, s.span_no
)
SELECT s.ticket_no, s.span_no, s.priority, a.open_us AS answer_open_us,
  r.open_us - coalesce(p.open_us, 0) AS resolve_open_us
FROM spans s
LEFT JOIN reached r ON r.ticket_no = s.ticket_no AND r.span_no = s.span_no
LEFT JOIN answered a ON a.ticket_no = s.ticket_no AND a.span_no = s.span_no
LEFT JOIN paused p ON p.ticket_no = s.ticket_no AND p.span_no = s.span_no
