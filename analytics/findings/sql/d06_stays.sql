-- Question: how long was each ended visit to L1, on its working clock, and would the rule have ended it sooner?
-- Grain:    one row per ended visit to L1.
-- Units:    working microseconds without pending time; limit_us = the rule's, by the ticket's priority.
WITH paused AS (
  SELECT ticket_no, tier_visit_no, sum(open_us) AS pending_us FROM pending WHERE ended_us IS NOT NULL GROUP BY 1, 2
)
SELECT v.ticket_no, coalesce(v.next_tier > 1, FALSE) AS up,
  greatest(0, v.open_us - coalesce(p.pending_us, 0)) AS stay_us, {escalate_after_minutes(v.tier, t.priority)} * 6e7 AS limit_us
FROM tier_visits v JOIN tickets t USING (ticket_no) LEFT JOIN paused p USING (ticket_no, tier_visit_no)
WHERE v.tier = 1 AND v.ended_us IS NOT NULL AND {ticket_filter}
