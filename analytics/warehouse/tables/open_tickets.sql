-- Builds:  open_tickets, one row per ticket that is open at the data's last event: the tier that holds it, how long its clock has
--          run there (`open_us`, working microseconds since it came to the tier), its last event, and what filters ask of a ticket.
-- Why:     few tickets are open, and what is open now is asked on every visit: nobody should look through all tickets for them.
-- Reads:   tickets, tier_visits. Common subset of DuckDB SQL and Spark SQL.
SELECT t.ticket_no, v.tier, v.open_us, t.last_us, t.created_day, t.tier_mask, t.team_mask,
  t.priority, t.product, t.category, t.channel
FROM tickets t
JOIN tier_visits v ON v.ticket_no = t.ticket_no AND v.tier_visit_no = t.tier_visits
WHERE t.state < 2
