-- Builds:   moves, as moves_changes does, from the stays of a log of intervals with a field: each stay sets its value at its start.
-- Excludes: the ends. Where the last stay ends nothing is known to be resolved; where another one follows, it tells.
-- Reads:    source, zone_local, field_words.
SELECT s.row_no, s.ticket_no,
  CASE WHEN s.start_is_utc THEN s.start_clock_us ELSE s.start_clock_us - z.offset_us END AS at_us,
  s.agent AS author, s.field AS word, f.field, f.kind AS field_kind, NULL::VARCHAR AS old, s.new, s.*
    EXCLUDE (row_no, ticket_no, field, old, new, agent, at_clock_us, at_is_utc)
FROM source s
ASOF LEFT JOIN zone_local z ON s.start_clock_us >= z.local_us
LEFT JOIN field_words f ON f.word = s.field
