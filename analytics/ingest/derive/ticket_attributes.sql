-- Builds:   ticket_attributes, one row per ticket with an event: its latest known values, and its creation where a column
--           tells it (the earliest, where rows differ).
-- Reads:    told, numbered, ticket_ids, zone_local, zone_utc.
WITH latest AS (
  SELECT n.ticket_no,
    min(CASE WHEN t.created_at_is_utc THEN t.created_at_clock_us ELSE t.created_at_clock_us - z.offset_us END) AS created_us,
    arg_max(t.priority, n.event_no) AS priority, arg_max(t.product, n.event_no) AS product,
    arg_max(t.category, n.event_no) AS category, arg_max(t.channel, n.event_no) AS channel,
    arg_max(t.customer, n.event_no) AS customer, arg_max(t.subject, n.event_no) AS subject, arg_max(t.csat, n.event_no) AS csat
  FROM told t
  JOIN numbered n ON n.row_no = t.row_no AND n.seq = t.seq AND n.ticket_no = t.ticket_no
  ASOF LEFT JOIN zone_local z ON t.created_at_clock_us >= z.local_us
  GROUP BY n.ticket_no
)
SELECT l.ticket_no, i.ticket_id, l.created_us,
  DATE '1970-01-01' + CAST((l.created_us + u.offset_us) // 86400000000 AS INTEGER) AS created_day,
  l.priority, l.product, l.category, l.channel, l.customer, l.subject, l.csat
FROM latest l
JOIN ticket_ids i ON i.ticket_no = l.ticket_no
ASOF LEFT JOIN zone_utc u ON l.created_us >= u.utc_us
ORDER BY l.ticket_no
