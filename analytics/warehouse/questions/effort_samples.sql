-- Question: how is the tracked work per visit spread?
-- Grain:    one row per tier visit that has ended and has tracked time, at most $most per tier, chosen by a fixed hash.
-- Units:    minutes of work.
SELECT v.tier, v.effort_minutes AS minutes
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND v.ended_us IS NOT NULL AND v.effort_minutes > 0 AND {ticket_filter}
QUALIFY row_number() OVER (PARTITION BY v.tier ORDER BY hash(v.ticket_no, v.tier_visit_no)) <= $most
ORDER BY v.tier, hash(v.ticket_no, v.tier_visit_no)
