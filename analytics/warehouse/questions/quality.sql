-- Question: how many tickets are solved at the first level, at the first contact, and stay solved?
-- Grain:    one row.
-- Units:    tickets. first_level: resolved, all visits in L1, never reopened; first_contact: also with at most one reply.
SELECT
  coalesce(sum(t.n), 0)::BIGINT AS tickets,
  coalesce(sum(t.n) FILTER (WHERE t.is_resolved), 0)::BIGINT AS resolved,
  coalesce(sum(t.first_level), 0)::BIGINT AS first_level,
  coalesce(sum(t.first_contact), 0)::BIGINT AS first_contact,
  coalesce(sum(t.reopened), 0)::BIGINT AS reopened,
  coalesce(sum(t.n) FILTER (WHERE NOT t.is_resolved), 0)::BIGINT AS never_resolved,
  coalesce(sum(t.n) FILTER (WHERE t.tier_mask > 0), 0)::BIGINT AS with_tier,
  coalesce(sum(t.replies), 0)::BIGINT AS replies
FROM {tickets} t
WHERE {ticket_filter}
