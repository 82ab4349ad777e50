-- Question: how many escalations from L1 did L2 resolve with less work than L1's own limit?
-- Grain:    one row.
-- Units:    tickets escalated from L1 and resolved, with tracked work in L2; hours of L2's work on the premature ones.
-- Premature: resolved in L2, never in L3, with tracked work in L2 (all visits) below $l1_minutes.
WITH l2 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 2 GROUP BY ticket_no
)
SELECT count(*) AS tickets,
  count(*) FILTER (WHERE t.resolved_tier = 2 AND t.highest_tier = 2 AND l2.minutes < $l1_minutes) AS premature,
  sum(l2.minutes) FILTER (WHERE t.resolved_tier = 2 AND t.highest_tier = 2 AND l2.minutes < $l1_minutes) / 60 AS hours
FROM tickets t JOIN l2 USING (ticket_no)
WHERE t.escalated_mask & 2 <> 0 AND t.resolved_us IS NOT NULL AND l2.minutes IS NOT NULL AND {ticket_filter}
