-- Builds:   told, one row per event of the shape `events`: each source row is one.
-- Times:    at_us in microseconds since 1970 UTC; a wall clock is placed by the offset in force from zone_local.local_us on.
-- Kind:     the kind column where it holds a known word, else the kind named for the status, else 'changed'.
-- Reads:    source, zone_local, status_kinds, kind_words, tier_words, team_tiers.
SELECT s.row_no AS key, s.row_no, s.ticket_no,
  CASE WHEN s.at_is_utc THEN s.at_clock_us ELSE s.at_clock_us - z.offset_us END AS at_us,
  coalesce(w.kind, k.kind, 'changed') AS kind, s.status, coalesce(t.tier, m.tier) AS tier, m.team_no,
  s.agent, s.agent_role, s.priority, s.note, minutes_of(s.effort_minutes) AS effort_minutes, s.escalation_type, s.knowledge_link
FROM source s
ASOF LEFT JOIN zone_local z ON s.at_clock_us >= z.local_us
LEFT JOIN status_kinds k ON k.word = s.status
LEFT JOIN kind_words w ON w.word = s.kind
LEFT JOIN tier_words t ON t.word = s.tier
LEFT JOIN team_tiers m ON m.team = s.team
