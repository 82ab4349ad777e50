-- Question: which products are escalated from L1 more than the others?
-- Grain:    one row per product.
-- Units:    tickets that reached L1, and of them escalated; `l2_minutes` = mean tracked work in L2 of those escalated.
-- Excludes: tickets created within $mature_days of the data's last event; tickets without a product.
WITH l2 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 2 GROUP BY ticket_no
)
SELECT t.product, count(*) AS tickets, count(*) FILTER (WHERE t.escalated_mask & 2 <> 0) AS escalated,
  avg(l2.minutes) FILTER (WHERE t.escalated_mask & 2 <> 0) AS l2_minutes
FROM tickets t CROSS JOIN data_end d LEFT JOIN l2 USING (ticket_no)
WHERE t.tier_mask & 2 <> 0 AND t.product IS NOT NULL
  AND t.created_us <= d.last_us - $mature_days * 86400000000 AND {ticket_filter}
GROUP BY t.product
ORDER BY t.product
