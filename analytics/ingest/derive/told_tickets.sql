-- Builds:   told, the events that one row per ticket can tell: created, first reply, resolved, closed, and its last state.
-- Times:    created_at, first_response_at, resolved_at, closed_at. The last state (cancelled, excluded, pending, or resolved and
--           closed where no column tells when) is placed at `at`, the last update; without that at creation for `excluded`
--           alone: a ticket's end is not made up, so it stays open.
-- Excludes: all but the last row of a ticket that the file holds twice.
-- Reads:    source, zone_local, status_kinds, kind_words, tier_words, team_tiers.
WITH placed AS (
  SELECT s.*,
    CASE WHEN s.created_at_is_utc THEN s.created_at_clock_us ELSE s.created_at_clock_us - c.offset_us END AS created_us,
    CASE WHEN s.first_response_at_is_utc THEN s.first_response_at_clock_us
      ELSE s.first_response_at_clock_us - f.offset_us END AS first_response_us,
    CASE WHEN s.resolved_at_is_utc THEN s.resolved_at_clock_us ELSE s.resolved_at_clock_us - r.offset_us END AS resolved_us,
    CASE WHEN s.closed_at_is_utc THEN s.closed_at_clock_us ELSE s.closed_at_clock_us - d.offset_us END AS closed_us,
    CASE WHEN s.at_is_utc THEN s.at_clock_us ELSE s.at_clock_us - u.offset_us END AS updated_us,
    coalesce(w.kind, k.kind) AS last_kind, coalesce(t.tier, m.tier) AS tier_rank, m.team_no,
    row_number() OVER (PARTITION BY s.ticket_no ORDER BY s.at_clock_us DESC NULLS LAST, s.row_no DESC) AS nth
  FROM source s
  ASOF LEFT JOIN zone_local c ON s.created_at_clock_us >= c.local_us
  ASOF LEFT JOIN zone_local f ON s.first_response_at_clock_us >= f.local_us
  ASOF LEFT JOIN zone_local r ON s.resolved_at_clock_us >= r.local_us
  ASOF LEFT JOIN zone_local d ON s.closed_at_clock_us >= d.local_us
  ASOF LEFT JOIN zone_local u ON s.at_clock_us >= u.local_us
  LEFT JOIN status_kinds k ON k.word = s.status
  LEFT JOIN kind_words w ON w.word = s.kind
  LEFT JOIN tier_words t ON t.word = s.tier
  LEFT JOIN team_tiers m ON m.team = s.team
),
last_rows AS (SELECT * FROM placed WHERE nth = 1),
moments AS (
  SELECT row_no, 0 AS seq, created_us AS at_us, 'created' AS kind FROM last_rows
  UNION ALL SELECT row_no, 1, first_response_us, 'replied' FROM last_rows
  UNION ALL SELECT row_no, 2, resolved_us, 'resolved' FROM last_rows
  UNION ALL SELECT row_no, 3, closed_us, 'closed' FROM last_rows
  UNION ALL SELECT row_no, 4, CASE last_kind WHEN 'excluded' THEN coalesce(updated_us, created_us) ELSE updated_us END, last_kind
  FROM last_rows
  WHERE last_kind IN ('cancelled', 'excluded', 'pending')
    OR (last_kind IN ('resolved', 'closed') AND resolved_us IS NULL AND closed_us IS NULL)
)
SELECT s.row_no * 8 + e.seq AS key, s.row_no, s.ticket_no, e.at_us, e.kind,
  CASE WHEN e.seq = 0 THEN NULL ELSE s.status END AS status, s.tier_rank AS tier, s.team_no, s.agent, s.agent_role, s.priority,
  s.note, CASE WHEN e.seq = 0 THEN minutes_of(s.effort_minutes) END AS effort_minutes, s.escalation_type, s.knowledge_link
FROM last_rows s
JOIN moments e USING (row_no)
WHERE e.at_us IS NOT NULL
