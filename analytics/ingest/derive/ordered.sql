-- Builds:   ordered, the events of `told` with their number in the ticket, their local day and hour, and the local creation.
-- Order:    (time, import order and position in the file) within a ticket; event_no counts from 1.
-- Units:    day and hour_of_week (0 = Monday 00:00-00:59 … 167) are those of the dataset's time zone.
-- Reads:    told, zone_local, zone_utc.
SELECT t.* EXCLUDE (created_at_clock_us, created_at_is_utc),
  row_number() OVER (PARTITION BY t.ticket_no ORDER BY t.at_us, t.row_no, t.seq)::INTEGER AS event_no,
  DATE '1970-01-01' + CAST((t.at_us + u.offset_us) // 86400000000 AS INTEGER) AS day,
  CAST(((t.at_us + u.offset_us) // 3600000000 + 72) % 168 AS SMALLINT) AS hour_of_week,
  CASE WHEN t.created_at_is_utc THEN t.created_at_clock_us ELSE t.created_at_clock_us - z.offset_us END AS created_us
FROM told t
ASOF LEFT JOIN zone_utc u ON t.at_us >= u.utc_us
ASOF LEFT JOIN zone_local z ON t.created_at_clock_us >= z.local_us
