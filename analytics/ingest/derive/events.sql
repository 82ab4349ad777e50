-- Builds:   events, one row per event, in the order (ticket_no, event_no).
-- Units:    day and hour_of_week (0 = Monday 00:00-00:59 … 167) are those of the dataset's time zone.
-- Reads:    told, numbered, zone_utc.
SELECT n.ticket_no, n.event_no, n.at_us,
  DATE '1970-01-01' + CAST((n.at_us + u.offset_us) // 86400000000 AS INTEGER) AS day,
  CAST(((n.at_us + u.offset_us) // 3600000000 + 72) % 168 AS SMALLINT) AS hour_of_week,
  t.kind, t.status, t.tier, t.team_no, t.agent, t.agent_role, t.priority, t.note, t.effort_minutes, t.escalation_type,
  t.knowledge_link, n.row_no
FROM told t
JOIN numbered n ON n.row_no = t.row_no AND n.seq = t.seq AND n.ticket_no = t.ticket_no
ASOF LEFT JOIN zone_utc u ON n.at_us >= u.utc_us
ORDER BY n.ticket_no, n.event_no
