-- Question: how many handoffs, of how many tickets, has each group?
-- Grain:    one row per (from_key, to_key) with a ticket that was handed over more than once.
-- Units:    handoffs; `repeated` those that are not their ticket's only one of the group: handoffs less these are tickets.
SELECT {from_key} AS from_key, {to_key} AS to_key, (count(*) - count(DISTINCT h.ticket_no))::BIGINT AS repeated
FROM handoffs h
LEFT JOIN teams f ON f.team_no = h.from_team_no
LEFT JOIN teams m ON m.team_no = h.to_team_no
WHERE h.ticket_no IN (SELECT ticket_no FROM handoffs WHERE visit_no > 2) AND {level} AND {own_handoff_filter}
GROUP BY ALL
ORDER BY from_key, to_key
