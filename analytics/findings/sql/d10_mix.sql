-- Question: of which categories, and of how much work, are the tickets that L1 and L2 resolve?
-- Grain:    one row per category (product where the data has none) and per step of work.
-- Units:    matured tickets by the tier that resolved them; `kind` is category, product or work. A step of work is half a doubling of
--           the minutes tracked in the tier that resolved the ticket.
WITH worked AS (
  SELECT v.ticket_no, v.tier, sum(v.effort_minutes) AS minutes FROM tier_visits v WHERE v.tier IN (1, 2) GROUP BY 1, 2
),
solved AS (
  SELECT t.resolved_tier AS tier, t.category, t.product,
    CASE WHEN w.minutes > 0 THEN floor(2 * log2(greatest(w.minutes, 0.25)))::INT::VARCHAR END AS step
  FROM tickets t CROSS JOIN data_end d LEFT JOIN worked w ON w.ticket_no = t.ticket_no AND w.tier = t.resolved_tier
  WHERE t.resolved_tier IN (1, 2) AND t.created_us <= d.last_us - $mature_days * 86400000000 AND {ticket_filter}
),
named AS (
  SELECT 'category' AS kind, category AS name, tier FROM solved
  UNION ALL SELECT 'product', product, tier FROM solved WHERE (SELECT count(category) FROM solved) = 0
  UNION ALL SELECT 'work', step, tier FROM solved
)
SELECT kind, name, count(*) FILTER (WHERE tier = 1) AS l1, count(*) FILTER (WHERE tier = 2) AS l2
FROM named WHERE name IS NOT NULL
GROUP BY kind, name ORDER BY kind, name
