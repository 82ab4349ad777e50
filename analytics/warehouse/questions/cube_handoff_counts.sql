-- Question: how many handoffs are there, in which direction?
-- Grain:    one row.
-- Units:    as in handoff_counts.sql; distinct tickets are handoffs less those whose predecessor lies in the period too.
WITH repeated AS (
  SELECT coalesce(sum(h.n) FILTER (WHERE h.grouped_by = 'tier'), 0) AS tier, coalesce(sum(h.n) FILTER (WHERE h.grouped_by = 'visit'), 0) AS visit
  FROM cube_repeats h
  WHERE h.grouped_by IN ('tier', 'visit') AND h.day_before >= $since AND {own_handoff_filter}
),
counted AS (
  SELECT
    coalesce(sum(h.n) FILTER (WHERE h.changes_tier), 0) AS tier_count,
    coalesce(sum(h.n) FILTER (WHERE h.direction = 'escalation'), 0) AS escalations,
    coalesce(sum(h.n) FILTER (WHERE h.direction = 'return'), 0) AS returns,
    coalesce(sum(h.n), 0) AS team_count,
    coalesce(sum(h.n) FILTER (WHERE h.direction = 'lateral'), 0) AS lateral
  FROM cube_handoffs h
  WHERE {own_handoff_filter}
)
SELECT c.tier_count::BIGINT AS tier_count, (c.tier_count - r.tier)::BIGINT AS tier_tickets, c.escalations::BIGINT AS escalations,
  c.returns::BIGINT AS returns, c.team_count::BIGINT AS team_count, (c.team_count - r.visit)::BIGINT AS team_tickets,
  c.lateral::BIGINT AS lateral
FROM counted c CROSS JOIN repeated r
