-- Question: how many handoffs are there, in which direction?
-- Grain:    one row.
-- Units:    handoffs and distinct tickets. Tier handoffs are boundaries between tier visits; team handoffs are boundaries
--           between visits, lateral ones included.
SELECT
  count(*) FILTER (WHERE h.changes_tier) AS tier_count,
  count(DISTINCT h.ticket_no) FILTER (WHERE h.changes_tier) AS tier_tickets,
  count(*) FILTER (WHERE h.direction = 'escalation') AS escalations,
  count(*) FILTER (WHERE h.direction = 'return') AS returns,
  count(*) AS team_count,
  count(DISTINCT h.ticket_no) AS team_tickets,
  count(*) FILTER (WHERE h.direction = 'lateral') AS lateral
FROM handoffs h
WHERE {own_handoff_filter}
