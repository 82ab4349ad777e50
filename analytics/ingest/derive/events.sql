-- Builds:   events, one row per event, in the order (ticket_no, event_no).
-- Units:    day and hour_of_week (0 = Monday 00:00-00:59 … 167) are those of the dataset's time zone.
-- Columns:  {columns} are those of `told` that some file had; the others stay NULL, and are not sorted along.
-- Reads:    told, numbered, zone_utc.
SELECT n.ticket_no, n.event_no, n.at_us,
  DATE '1970-01-01' + CAST((n.at_us + u.offset_us) // 86400000000 AS INTEGER) AS day,
  CAST(((n.at_us + u.offset_us) // 3600000000 + 72) % 168 AS SMALLINT) AS hour_of_week,
  t.kind, t.status, t.tier, t.team_no, {columns}, n.row_no
FROM told t
JOIN numbered n ON n.key = t.key
ASOF LEFT JOIN zone_utc u ON n.at_us >= u.utc_us
ORDER BY n.ticket_no, n.event_no
