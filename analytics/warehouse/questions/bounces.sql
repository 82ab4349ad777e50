-- Question: how often does a ticket come back to a team or tier that it has already left?
-- Grain:    one row.
-- Units:    visits that are returns, and distinct tickets with at least one; `immediate` counts only A-B-A at once.
SELECT
  coalesce(sum(t.team_returns), 0)::BIGINT AS team_returns,
  coalesce(sum(t.team_tickets), 0)::BIGINT AS team_tickets,
  coalesce(sum(t.team_immediate), 0)::BIGINT AS team_immediate,
  coalesce(sum(t.team_immediate_tickets), 0)::BIGINT AS team_immediate_tickets,
  coalesce(sum(t.tier_returns), 0)::BIGINT AS tier_returns,
  coalesce(sum(t.tier_tickets), 0)::BIGINT AS tier_tickets,
  coalesce(sum(t.n), 0)::BIGINT AS tickets
FROM {tickets} t
WHERE {ticket_filter}
