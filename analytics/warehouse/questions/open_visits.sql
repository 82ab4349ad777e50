-- Question: what lies open at each tier, by priority and age?
-- Grain:    one row per (tier, priority, whole working day of age) at the data's last event.
-- Units:    open tier visits; age in working days since the ticket came to the tier.
-- Excludes: tickets untouched for more than $stale_days days: they are forgotten rather than waiting.
SELECT t.tier, coalesce(t.priority, 'default') AS priority, floor(t.open_us / ($hours_per_day * 3.6e9))::INTEGER AS age_days,
  count(*) AS visits
FROM open_tickets t CROSS JOIN data_end d
WHERE t.tier IS NOT NULL AND d.last_us - t.last_us <= $stale_days * 86400000000 AND {ticket_filter}
GROUP BY ALL
ORDER BY t.tier, priority, age_days
