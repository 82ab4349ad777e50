-- Question: how old was each ticket, by the clock that targets run on, each time a tier began and ceased to hold it open?
-- Grain:    one row per (instant, stretch of a ticket lying open at one tier), as it was known at the instant.
-- Units:    from_open_us, until_open_us: working microseconds since creation, pending time left out, at the beginning and at the
--           end of the stretch, or at the instant where it was still running then (`still_open`). `ended`: resolved, closed or
--           cancelled at its end. Priorities are those in force at these two moments. `late_before`: the target of a
--           priority that is no longer in force had been missed; `ever_late`: missed in the ticket's whole life; `over`: that
--           life has ended.
-- Excludes: tickets created before $since_us; all but every $every-th ticket; with $only_open the stretches that had ended by the
--           instant.
WITH targets AS (
  SELECT unnest($priorities::VARCHAR[]) AS priority, unnest($resolve_hours::DOUBLE[]) * 3.6e9 AS resolve_us
),
instants AS (SELECT unnest($instants::BIGINT[]) AS instant_us),
wanted AS (
  SELECT t.ticket_no, t.created_us, t.state FROM tickets t
  WHERE t.created_us >= $since_us AND t.created_us <= (SELECT max(instant_us) FROM instants)
    AND t.ticket_no % $every = 0
    AND (NOT $only_open OR t.state < 2 OR t.last_us > (SELECT min(instant_us) FROM instants)) AND {ticket_filter}
),
moves AS (
  -- Ups and downs of a ticket alternate; a ticket that changes its tier goes down and up at the same event.
  SELECT m.ticket_no, m.event_no, m.tier, m.delta, m.at_us AS from_us,
    lead(m.at_us) OVER w AS until_us, lead(m.event_no) OVER w AS until_event, lead(m.event_no, 2) OVER w AS next_event
  FROM backlog_moves m SEMI JOIN wanted USING (ticket_no)
  WINDOW w AS (PARTITION BY m.ticket_no ORDER BY m.event_no, m.delta)
),
known AS (
  SELECT i.instant_us, m.ticket_no, m.event_no, m.tier, m.from_us, least(coalesce(m.until_us, i.instant_us), i.instant_us) AS until_us,
    coalesce(m.until_us > i.instant_us, TRUE) AS still_open,
    coalesce(m.until_us <= i.instant_us AND m.next_event IS DISTINCT FROM m.until_event, FALSE) AS ended
  FROM moves m JOIN instants i ON m.from_us <= i.instant_us
  WHERE m.delta = 1 AND (NOT $only_open OR m.until_us IS NULL OR m.until_us > i.instant_us)
),
climbing AS (
  SELECT v.ticket_no, coalesce(v.tier, 1) AS clock_tier, v.started_us, v.started_open_us, v.tier_visit_no,
    lead(v.started_us) OVER (PARTITION BY v.ticket_no ORDER BY v.tier_visit_no) AS next_us,
    coalesce(sum(v.open_us) OVER (PARTITION BY v.ticket_no ORDER BY v.tier_visit_no
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS open_before_us
  FROM tier_visits v SEMI JOIN wanted USING (ticket_no)
),
origin AS (
  -- Working time between the creation and the first event, on the first tier's clock.
  SELECT v.ticket_no, v.started_us AS first_us,
    v.started_open_us - (k.open_before_us + greatest(0, least(t.created_us, k.closes_us) - k.opens_us)) AS before_first_us
  FROM climbing v JOIN wanted t USING (ticket_no)
  JOIN clock k ON k.tier = v.clock_tier AND k.bucket_us = t.created_us - t.created_us % 900000000
  WHERE v.tier_visit_no = 1
),
marks AS (
  SELECT ticket_no, from_us AS mark_us FROM known UNION SELECT ticket_no, until_us FROM known
),
standing AS (
  -- While a ticket is pending the clock stands: what it shows then, it showed when the run began.
  SELECT m.ticket_no, m.mark_us, least(m.mark_us, coalesce(min(p.started_us), m.mark_us)) AS at_us
  FROM marks m LEFT JOIN pending p
    ON p.ticket_no = m.ticket_no AND p.started_us < m.mark_us AND (p.ended_us IS NULL OR p.ended_us > m.mark_us)
  GROUP BY m.ticket_no, m.mark_us
),
paused AS (
  SELECT s.ticket_no, s.mark_us, sum(p.open_us) AS open_us
  FROM standing s JOIN pending p ON p.ticket_no = s.ticket_no AND p.ended_us <= s.at_us
  GROUP BY s.ticket_no, s.mark_us
),
reached AS (
  SELECT s.ticket_no, s.mark_us, o.before_first_us + v.open_before_us - v.started_open_us
      + k.open_before_us + greatest(0, least(s.at_us, k.closes_us) - k.opens_us) - coalesce(p.open_us, 0) AS open_us
  FROM standing s
  JOIN origin o USING (ticket_no)
  JOIN climbing v ON v.ticket_no = s.ticket_no AND v.started_us <= greatest(s.at_us, o.first_us)
    AND (v.next_us IS NULL OR greatest(s.at_us, o.first_us) < v.next_us)
  JOIN clock k ON k.tier = v.clock_tier AND k.bucket_us = s.at_us - s.at_us % 900000000
  LEFT JOIN paused p ON p.ticket_no = s.ticket_no AND p.mark_us = s.mark_us
),
said AS (
  SELECT e.ticket_no, e.event_no, e.at_us, e.priority,
    lag(e.priority) OVER (PARTITION BY e.ticket_no ORDER BY e.event_no) AS priority_before
  FROM events e SEMI JOIN wanted USING (ticket_no) WHERE e.priority IS NOT NULL
),
spans AS (
  SELECT ticket_no, at_us, priority, row_number() OVER (PARTITION BY ticket_no ORDER BY event_no) AS span_no
  FROM said WHERE priority IS DISTINCT FROM priority_before
),
in_force AS (
  -- Before the first priority that was ever said, that one.
  SELECT ticket_no, span_no, priority, CASE WHEN span_no > 1 THEN at_us END AS since_us,
    lead(at_us) OVER (PARTITION BY ticket_no ORDER BY span_no) AS till_us
  FROM spans
),
judged AS (
  SELECT s.ticket_no, s.span_no, s.resolve_open_us > g.resolve_us AS late
  FROM priority_spans s JOIN targets g USING (priority) SEMI JOIN wanted USING (ticket_no)
),
teamed AS (
  SELECT v.ticket_no, m.team, v.started_us, lead(v.started_us) OVER (PARTITION BY v.ticket_no ORDER BY v.visit_no) AS next_us,
    v.visit_no
  FROM visits v SEMI JOIN wanted USING (ticket_no) LEFT JOIN teams m USING (team_no)
),
fates AS (SELECT ticket_no, bool_or(late) AS ever_late, min(span_no) FILTER (WHERE late) AS late_span FROM judged GROUP BY ticket_no)
SELECT s.instant_us, t.ticket_id, s.ticket_no, s.tier, q.team, s.from_us, s.until_us, s.still_open, s.ended, a.open_us AS from_open_us,
  b.open_us AS until_open_us, f.priority AS priority_from, u.priority AS priority_until,
  coalesce(y.late_span < u.span_no, FALSE) AS late_before, coalesce(y.ever_late, FALSE) AS ever_late, t.state >= 2 AS over
FROM known s
JOIN tickets t USING (ticket_no)
JOIN reached a ON a.ticket_no = s.ticket_no AND a.mark_us = s.from_us
JOIN reached b ON b.ticket_no = s.ticket_no AND b.mark_us = s.until_us
LEFT JOIN in_force f ON f.ticket_no = s.ticket_no AND (s.from_us >= f.since_us OR f.since_us IS NULL)
  AND (s.from_us < f.till_us OR f.till_us IS NULL)
LEFT JOIN in_force u ON u.ticket_no = s.ticket_no AND (s.until_us >= u.since_us OR u.since_us IS NULL)
  AND (s.until_us < u.till_us OR u.till_us IS NULL)
LEFT JOIN teamed q ON q.ticket_no = s.ticket_no AND (q.started_us <= s.until_us OR q.visit_no = 1)
  AND (s.until_us < q.next_us OR q.next_us IS NULL)
LEFT JOIN fates y ON y.ticket_no = s.ticket_no
ORDER BY s.instant_us, s.ticket_no, s.event_no
