-- Question: how many tickets are solved at the first level, at the first contact, and stay solved?
-- Grain:    one row.
-- Units:    tickets. first_level: resolved, all visits in L1, never reopened; first_contact: also with at most one reply.
SELECT
  count(*) AS tickets,
  count(*) FILTER (WHERE t.resolved_us IS NOT NULL) AS resolved,
  count(*) FILTER (WHERE t.resolved_us IS NOT NULL AND t.tier_mask = 2 AND t.reopens = 0) AS first_level,
  count(*) FILTER (WHERE t.resolved_us IS NOT NULL AND t.tier_mask = 2 AND t.reopens = 0 AND t.replies <= 1) AS first_contact,
  count(*) FILTER (WHERE t.resolved_us IS NOT NULL AND t.reopens > 0) AS reopened,
  count(*) FILTER (WHERE t.resolved_us IS NULL) AS never_resolved,
  count(*) FILTER (WHERE t.tier_mask > 0) AS with_tier,
  coalesce(sum(t.replies), 0)::BIGINT AS replies
FROM tickets t
WHERE {ticket_filter}
