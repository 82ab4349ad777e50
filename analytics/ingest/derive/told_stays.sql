-- Builds:   told, one row per event of the shape `stays`: each stay with a team begins with one, queued there.
-- Kind:     the kind column's, else the kind named for the status, else 'queued'.
-- Excludes: the ends. Where the last stay ends nothing is known to be resolved; where another one follows, it tells.
-- Reads:    source, zone_local, status_kinds, kind_words, tier_words, team_tiers.
SELECT s.row_no AS key, s.row_no, s.ticket_no,
  CASE WHEN s.start_is_utc THEN s.start_clock_us ELSE s.start_clock_us - z.offset_us END AS at_us,
  coalesce(w.kind, k.kind, 'queued') AS kind, s.status, coalesce(t.tier, m.tier) AS tier, m.team_no,
  s.agent, s.agent_role, s.priority, s.note, minutes_of(s.effort_minutes) AS effort_minutes, s.escalation_type, s.knowledge_link
FROM source s
ASOF LEFT JOIN zone_local z ON s.start_clock_us >= z.local_us
LEFT JOIN status_kinds k ON k.word = s.status
LEFT JOIN kind_words w ON w.word = s.kind
LEFT JOIN tier_words t ON t.word = s.tier
LEFT JOIN team_tiers m ON m.team = s.team
