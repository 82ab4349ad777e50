-- Question: how much of what comes to Tier 0 does it solve?
-- Grain:    one row.
-- Units:    tickets that begin in L0; of them resolved in L0 and never in a higher tier.
SELECT count(*) AS entered, count(*) FILTER (WHERE t.tier_mask = 1 AND t.resolved_tier = 0) AS solved
FROM tickets t WHERE t.entry_tier = 0 AND {ticket_filter}
