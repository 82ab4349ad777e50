-- Builds:  loops, one row per visit that comes straight back from another team (A-B-A): the team that has the ticket again
--          (`home_no`), the other one, and how long the ticket was there (`away_us`, calendar).
-- Beside:  whether that was over before the ticket's last resolution, how long that took (`resolve_us`, NULL while there is none),
--          and what filters ask of a ticket.
-- Why:     few visits are loops, and all of what loops cost is told by them.
-- Reads:   handoffs, tickets. Common subset of DuckDB SQL and Spark SQL.
SELECT h.ticket_no, h.visit_no, h.to_team_no AS home_no, h.from_team_no AS away_no, h.stayed_us AS away_us,
  coalesce(h.handed_us <= t.resolved_us, FALSE) AS is_before_resolution, t.resolved_us - t.created_us AS resolve_us,
  t.created_day, t.tier_mask, t.team_mask, t.priority, t.product, t.category, t.channel
FROM handoffs h
JOIN tickets t ON t.ticket_no = h.ticket_no
WHERE h.is_immediate_return
