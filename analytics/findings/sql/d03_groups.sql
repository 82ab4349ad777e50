-- Question: which products and categories are escalated from L1 more than the others?
-- Grain:    one row per product and per category (`kind`).
-- Units:    tickets that reached L1, and of them escalated; `l2_minutes` = mean tracked work in L2 of those escalated.
-- Excludes: tickets created within $mature_days of the data's last event; tickets without a product or category.
WITH l2 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 2 GROUP BY ticket_no
),
seen AS (
  SELECT t.product, t.category, (t.escalated_mask & 2) <> 0 AS up, l2.minutes
  FROM tickets t CROSS JOIN data_end d LEFT JOIN l2 USING (ticket_no)
  WHERE t.tier_mask & 2 <> 0 AND t.created_us <= d.last_us - $mature_days * 86400000000 AND {ticket_filter}
),
named AS (
  SELECT 'product' AS kind, product AS name, up, minutes FROM seen
  UNION ALL SELECT 'category', category, up, minutes FROM seen
)
SELECT kind, name, count(*) AS tickets, count(*) FILTER (WHERE up) AS escalated, avg(minutes) FILTER (WHERE up) AS l2_minutes
FROM named WHERE name IS NOT NULL
GROUP BY kind, name ORDER BY kind, name
