-- Builds:   ticket_attributes, one row per ticket with an event: its latest known values, and its creation where a column
--           tells it (the earliest, where rows differ).
-- Reads:    ordered, ticket_ids, zone_utc.
WITH latest AS (
  SELECT ticket_no, min(created_us) AS created_us,
    arg_max(priority, event_no) AS priority, arg_max(product, event_no) AS product, arg_max(category, event_no) AS category,
    arg_max(channel, event_no) AS channel, arg_max(customer, event_no) AS customer, arg_max(subject, event_no) AS subject,
    arg_max(csat, event_no) AS csat
  FROM ordered
  GROUP BY ticket_no
)
SELECT l.ticket_no, i.ticket_id, l.created_us,
  DATE '1970-01-01' + CAST((l.created_us + u.offset_us) // 86400000000 AS INTEGER) AS created_day,
  l.priority, l.product, l.category, l.channel, l.customer, l.subject, l.csat
FROM latest l
JOIN ticket_ids i ON i.ticket_no = l.ticket_no
ASOF LEFT JOIN zone_utc u ON l.created_us >= u.utc_us
ORDER BY l.ticket_no
