-- Question: how many high-priority handoffs between tiers are acknowledged in time?
-- Grain:    one row.
-- Units:    handoffs; working hours of the receiving tier. `late_hours` = waiting beyond the limit. A ticket's priority is its
--           latest known one.
-- Excludes: handoffs still waiting and younger than the limit.
SELECT count(*) AS handoffs,
  count(*) FILTER (WHERE h.tier_acknowledged AND h.tier_wait_open_us <= $limit_us) AS in_time,
  count(*) FILTER (WHERE h.tier_waiting) AS waiting,
  sum(greatest(0, h.tier_wait_open_us - $limit_us)) / 3.6e9 AS late_hours
FROM handoffs h JOIN tickets t USING (ticket_no)
WHERE h.changes_tier AND list_contains($high, lower(t.priority))
  AND NOT (h.tier_waiting AND h.tier_wait_open_us <= $limit_us) AND {handoff_filter}
