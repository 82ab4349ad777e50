-- Question: how many visits take more work than the tier's limit?
-- Grain:    one row per ended tier visit to L1 or L2 with tracked work.
-- Units:    bad = over the limit; hours = work beyond it.
SELECT v.ticket_no, v.tier, v.effort_minutes > {handle_minutes(v.tier, t.priority)} AS bad,
  greatest(0, v.effort_minutes - {handle_minutes(v.tier, t.priority)}) / 60 AS hours
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IN (1, 2) AND v.ended_us IS NOT NULL AND v.effort_minutes IS NOT NULL AND {ticket_filter}
