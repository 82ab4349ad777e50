-- Question: which way do tickets go, step by step?
-- Grain:    one row per (hop, tier, what comes next); a step later than $last_hop is folded into it.
-- Units:    tier visits. `next` is the next tier's rank, or resolved, cancelled, open.
SELECT least(v.tier_visit_no, $last_hop)::INTEGER AS hop, v.tier,
  CASE WHEN v.next_tier IS NOT NULL THEN v.next_tier::VARCHAR
       WHEN v.ended_by = 'cancelled' THEN 'cancelled'
       WHEN v.ended_by IS NULL THEN 'open'
       ELSE 'resolved' END AS next,
  count(*) AS visits
FROM tier_visits v JOIN tickets t USING (ticket_no)
WHERE v.tier IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY hop, v.tier, next
