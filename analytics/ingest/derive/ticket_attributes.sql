-- Builds:   ticket_attributes, one row per ticket with an event: its latest known values, and its creation where a column
--           tells it (the earliest, where rows differ).
-- Reads:    said (attributes of each event, or of each source row, by `key`), numbered, ticket_ids, zone_local, zone_utc.
WITH latest AS (
  SELECT n.ticket_no,
    arg_max(s.priority, n.event_no) AS priority, arg_max(s.product, n.event_no) AS product,
    arg_max(s.category, n.event_no) AS category, arg_max(s.channel, n.event_no) AS channel,
    arg_max(s.customer, n.event_no) AS customer, arg_max(s.subject, n.event_no) AS subject, arg_max(s.csat, n.event_no) AS csat
  FROM numbered n
  JOIN said s ON s.key = n.{key}
  GROUP BY n.ticket_no
),
created AS (
  SELECT s.ticket_no,
    min(CASE WHEN s.created_at_is_utc THEN s.created_at_clock_us ELSE s.created_at_clock_us - z.offset_us END) AS created_us
  FROM (SELECT DISTINCT ticket_no, created_at_clock_us, created_at_is_utc FROM said WHERE created_at_clock_us IS NOT NULL) s
  ASOF LEFT JOIN zone_local z ON s.created_at_clock_us >= z.local_us
  GROUP BY s.ticket_no
)
SELECT l.ticket_no, i.ticket_id, c.created_us,
  DATE '1970-01-01' + CAST((c.created_us + u.offset_us) // 86400000000 AS INTEGER) AS created_day,
  l.priority, l.product, l.category, l.channel, l.customer, l.subject, l.csat
FROM latest l
JOIN ticket_ids i ON i.ticket_no = l.ticket_no
LEFT JOIN created c ON c.ticket_no = l.ticket_no
ASOF LEFT JOIN zone_utc u ON c.created_us >= u.utc_us
ORDER BY l.ticket_no
