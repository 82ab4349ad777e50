-- Builds:   moves, one row per changed field: the source rows of the shape `changes`, placed in time.
-- Reads:    source, zone_local, field_words.
SELECT s.row_no, s.ticket_no,
  CASE WHEN s.at_is_utc THEN s.at_clock_us ELSE s.at_clock_us - z.offset_us END AS at_us,
  s.agent AS author, s.field AS word, f.field, f.kind AS field_kind, s.old, s.new, s.*
    EXCLUDE (row_no, ticket_no, field, old, new, agent, at_clock_us, at_is_utc)
FROM source s
ASOF LEFT JOIN zone_local z ON s.at_clock_us >= z.local_us
LEFT JOIN field_words f ON f.word = s.field
