-- Question: how much waiting is on the customer or a vendor?
-- Grain:    one row.
-- Units:    pending events; tickets with at least one; microseconds of runs that have ended.
SELECT
  coalesce(sum(t.pending_events), 0)::BIGINT AS events,
  coalesce(sum(t.pending_tickets), 0)::BIGINT AS tickets,
  coalesce(sum(t.pending_us), 0)::BIGINT AS pending_us
FROM {tickets} t
WHERE {ticket_filter}
