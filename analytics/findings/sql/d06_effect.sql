-- Question: how much sooner would escalated tickets have left L1 under the rule, and how much does L2 do now?
-- Grain:    one row.
-- Units:    working hours in L1 before an escalation, 90th percentile, as it was and under the rule; visits to L2; minutes each.
SELECT quantile_cont(s.stay_us, 0.9) FILTER (WHERE s.up) / 3.6e9 AS p90_before_hours,
  quantile_cont(least(s.stay_us, s.limit_us), 0.9) FILTER (WHERE s.up) / 3.6e9 AS p90_after_hours,
  (SELECT count(*) FROM tier_visits v JOIN tickets t USING (ticket_no) WHERE v.tier = 2 AND {ticket_filter}) AS l2_visits,
  (SELECT avg(v.effort_minutes) FROM tier_visits v JOIN tickets t USING (ticket_no) WHERE v.tier = 2 AND {ticket_filter})
    AS l2_minutes
FROM ({include d06_stays}) s
