-- Builds:  priority_spans, one row per stretch of a ticket's life with one priority in force, until it is resolved for good (or
--          until now: a ticket that was reopened is not done, and its time runs on).
-- Times:   working microseconds since creation, on the working hours of the tier that holds the ticket, reached at the end of
--          the stretch: `answer_open_us` until the first answer (NULL once that has come), `resolve_open_us` until
--          the last resolution, pending time left out. A target of that priority is missed in the stretch exactly when the
--          time at its end exceeds it, since elapsed time never falls.
-- Beside:  what filters ask of the ticket, and its latest priority, whether it is answered and done: so that no question about
--          targets needs a join with all tickets. `is_only`: the ticket has no other span, and that
--          priority still.
-- Cost:    a ticket of one visit, one priority and no pending time has one span, read off the clock.
-- Reads:   events, tickets, tier_visits, pending, data_end, clock. Common subset of DuckDB SQL and Spark SQL.
WITH told AS (
  SELECT ticket_no, min(priority) AS priority, max(priority) AS other_priority
  FROM events
  WHERE priority IS NOT NULL
  GROUP BY ticket_no
),
lived AS (
  -- A ticket's first answer (where the data holds no replies at all: its first acknowledgement) and its end.
  SELECT t.ticket_no, t.created_us, o.priority, coalesce(t.entry_tier, 1) AS clock_tier,
    (o.priority = o.other_priority) AS is_of_one,
    (o.priority = o.other_priority AND t.pending_events = 0 AND t.visits = 1) AS is_plain,
    CASE WHEN d.replies > 0 THEN t.first_reply_us ELSE t.first_acknowledged_us END AS answered_us,
    CASE WHEN t.state < 2 THEN d.last_us ELSE coalesce(t.resolved_us, t.last_us) END AS end_us
  FROM tickets t JOIN told o ON o.ticket_no = t.ticket_no CROSS JOIN data_end d
),
plain AS (
  SELECT l.ticket_no, l.priority,
    (a.open_before_us + greatest(0, least(least(coalesce(l.answered_us, l.end_us), l.end_us), a.closes_us) - a.opens_us))
      - (k.open_before_us + greatest(0, least(l.created_us, k.closes_us) - k.opens_us)) AS answer_open_us,
    (u.open_before_us + greatest(0, least(l.end_us, u.closes_us) - u.opens_us))
      - (k.open_before_us + greatest(0, least(l.created_us, k.closes_us) - k.opens_us)) AS resolve_open_us
  FROM lived l
  JOIN clock k ON k.tier = l.clock_tier AND k.bucket_us = l.created_us - l.created_us % 900000000
  JOIN clock u ON u.tier = l.clock_tier AND u.bucket_us = l.end_us - l.end_us % 900000000
  JOIN clock a ON a.tier = l.clock_tier AND a.bucket_us = least(coalesce(l.answered_us, l.end_us), l.end_us)
    - least(coalesce(l.answered_us, l.end_us), l.end_us) % 900000000
  WHERE l.is_plain
),
varied AS (SELECT ticket_no, created_us, answered_us, end_us, priority, is_of_one FROM lived WHERE NOT is_plain),
said AS (
  SELECT e.ticket_no, e.event_no, e.at_us, e.priority,
    lag(e.priority) OVER (PARTITION BY e.ticket_no ORDER BY e.event_no) AS priority_before
  FROM events e
  WHERE e.priority IS NOT NULL AND e.ticket_no IN (SELECT ticket_no FROM varied WHERE NOT is_of_one)
),
changed AS (
  SELECT ticket_no, event_no, priority, at_us,
    row_number() OVER (PARTITION BY ticket_no ORDER BY event_no) AS span_no,
    lead(at_us) OVER (PARTITION BY ticket_no ORDER BY event_no) AS next_us
  FROM said
  WHERE priority IS DISTINCT FROM priority_before
),
cut AS (
  -- A ticket that never changes its priority has one span, whenever the priority was said.
  SELECT ticket_no, CAST(1 AS INT) AS span_no, priority, end_us AS until_us, least(coalesce(answered_us, end_us), end_us) AS answer_until_us
  FROM varied
  WHERE is_of_one
  UNION ALL
  SELECT c.ticket_no, CAST(c.span_no AS INT), c.priority, least(coalesce(c.next_us, l.end_us), l.end_us),
    CASE WHEN c.span_no = 1 OR c.at_us < coalesce(l.answered_us, l.end_us)
      THEN least(coalesce(c.next_us, l.end_us), coalesce(l.answered_us, l.end_us), l.end_us) END
  FROM changed c JOIN varied l ON l.ticket_no = c.ticket_no
  WHERE c.span_no = 1 OR c.at_us < l.end_us
),
held AS (
  -- While a ticket is pending the clock stands: what it shows then, it showed when the run began.
  SELECT c.ticket_no, c.span_no,
    min(CASE WHEN p.started_us < c.until_us AND (p.ended_us IS NULL OR p.ended_us > c.until_us) THEN p.started_us END) AS since_us
  FROM cut c JOIN pending p ON p.ticket_no = c.ticket_no
  GROUP BY c.ticket_no, c.span_no
),
spans AS (
  SELECT c.ticket_no, c.span_no, c.priority, c.answer_until_us, least(c.until_us, coalesce(h.since_us, c.until_us)) AS until_us
  FROM cut c LEFT JOIN held h ON h.ticket_no = c.ticket_no AND h.span_no = c.span_no
),
climbing AS (
  SELECT ticket_no, tier_visit_no, coalesce(tier, 1) AS clock_tier, started_us, started_open_us,
    lead(started_us) OVER (PARTITION BY ticket_no ORDER BY tier_visit_no) AS next_us,
    coalesce(sum(open_us) OVER (PARTITION BY ticket_no ORDER BY tier_visit_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
      AS open_before_us
  FROM tier_visits
  WHERE ticket_no IN (SELECT ticket_no FROM varied)
),
origin AS (
  -- Working time between the creation and the first event, on the first tier's clock.
  SELECT w.ticket_no, w.started_open_us
      - (k.open_before_us + greatest(0, least(t.created_us, k.closes_us) - k.opens_us)) AS before_first_us
  FROM climbing w JOIN varied t ON t.ticket_no = w.ticket_no
  JOIN clock k ON k.tier = w.clock_tier AND k.bucket_us = t.created_us - t.created_us % 900000000
  WHERE w.tier_visit_no = 1
),
moments AS (
  SELECT ticket_no, span_no, 1 AS is_answer, answer_until_us AS at_us FROM spans WHERE answer_until_us IS NOT NULL
  UNION ALL
  SELECT ticket_no, span_no, 0, until_us FROM spans
),
reached AS (
  SELECT s.ticket_no, s.span_no, s.is_answer, o.before_first_us + w.open_before_us - w.started_open_us
      + (k.open_before_us + greatest(0, least(s.at_us, k.closes_us) - k.opens_us)) AS open_us
  FROM moments s
  JOIN origin o ON o.ticket_no = s.ticket_no
  JOIN climbing w ON w.ticket_no = s.ticket_no AND w.started_us <= s.at_us AND (w.next_us IS NULL OR s.at_us < w.next_us)
  JOIN clock k ON k.tier = w.clock_tier AND k.bucket_us = s.at_us - s.at_us % 900000000
),
paused AS (
  SELECT s.ticket_no, s.span_no, sum(p.open_us) AS open_us
  FROM spans s JOIN pending p ON p.ticket_no = s.ticket_no AND p.ended_us IS NOT NULL AND p.ended_us <= s.until_us
  GROUP BY s.ticket_no, s.span_no
),
timed AS (
  SELECT ticket_no, CAST(1 AS INT) AS span_no, priority, CAST(answer_open_us AS BIGINT) AS answer_open_us,
    CAST(resolve_open_us AS BIGINT) AS resolve_open_us
  FROM plain
  UNION ALL
  SELECT s.ticket_no, s.span_no, s.priority, CAST(a.open_us AS BIGINT), CAST(r.open_us - coalesce(p.open_us, 0) AS BIGINT)
  FROM spans s
  LEFT JOIN reached r ON r.ticket_no = s.ticket_no AND r.span_no = s.span_no AND r.is_answer = 0
  LEFT JOIN reached a ON a.ticket_no = s.ticket_no AND a.span_no = s.span_no AND a.is_answer = 1
  LEFT JOIN paused p ON p.ticket_no = s.ticket_no AND p.span_no = s.span_no
)
SELECT s.ticket_no, s.span_no, s.priority, s.answer_open_us, s.resolve_open_us,
  (x.ticket_no IS NULL AND s.priority IS NOT DISTINCT FROM t.priority) AS is_only,
  t.created_day, t.tier_mask, t.team_mask, t.priority AS last_priority, t.product, t.category, t.channel,
  (t.state >= 2) AS is_done,
  (CASE WHEN d.replies > 0 THEN t.first_reply_us ELSE t.first_acknowledged_us END IS NOT NULL) AS is_answered
FROM timed s
JOIN tickets t ON t.ticket_no = s.ticket_no
CROSS JOIN data_end d
LEFT JOIN (SELECT ticket_no FROM timed WHERE span_no = 2) x ON x.ticket_no = s.ticket_no
