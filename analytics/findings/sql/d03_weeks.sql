-- Question: what share of the tickets that reach L1 is escalated from it, week by week?
-- Grain:    one row per week (from Monday) of first reaching L1, whole and matured weeks only, the latest first.
-- Units:    tickets; `l2_minutes` = mean tracked work in L2 of those escalated.
WITH l2 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 2 GROUP BY ticket_no
),
firsts AS (
  SELECT date_trunc('week', v.day)::DATE AS week, (t.escalated_mask & 2) <> 0 AS up, l2.minutes
  FROM tier_visits v JOIN tickets t USING (ticket_no) LEFT JOIN l2 USING (ticket_no)
  WHERE v.tier = 1 AND NOT v.is_return AND {ticket_filter}
)
SELECT f.week, count(*) AS tickets, count(*) FILTER (WHERE f.up) AS escalated, avg(f.minutes) FILTER (WHERE f.up) AS l2_minutes
FROM firsts f CROSS JOIN data_end d
WHERE f.week >= d.first_day AND epoch_us(f.week + INTERVAL 7 DAY) <= d.last_us - $mature_days * 86400000000
GROUP BY f.week
ORDER BY f.week DESC
