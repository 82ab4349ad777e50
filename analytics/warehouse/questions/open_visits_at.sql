-- Question: what lay open at each tier at given moments, by priority and age?
-- Grain:    one row per (moment, tier, priority, whole working day of age).
-- Units:    open tier visits: `visits` that somebody could work on, `pending` that wait for the customer or a vendor; age in
--           working days of the tier since the ticket came to it ($day_hours working hours each).
-- Excludes: tickets that are open still and untouched for more than $stale_days days: forgotten rather than waiting.
WITH moments AS (SELECT unnest($at_us::BIGINT[]) AS at_us),
days AS (SELECT unnest($tiers::BIGINT[]) AS tier, unnest($day_hours::DOUBLE[]) AS day_hours)
SELECT m.at_us, v.tier, coalesce(t.priority, 'default') AS priority,
  floor(greatest(0, c.open_before_us + greatest(0, least(m.at_us, c.closes_us) - c.opens_us) - v.started_open_us)
    / (d.day_hours * 3.6e9))::INTEGER AS age_days,
  count(*) FILTER (WHERE p.ticket_no IS NULL) AS visits, count(p.ticket_no) AS pending
FROM moments m
JOIN tier_visits v ON v.started_us <= m.at_us AND (v.ended_us IS NULL OR v.ended_us > m.at_us)
JOIN tickets t ON t.ticket_no = v.ticket_no
LEFT JOIN pending p ON p.ticket_no = v.ticket_no AND p.tier_visit_no = v.tier_visit_no
  AND p.started_us <= m.at_us AND (p.ended_us IS NULL OR p.ended_us > m.at_us)
JOIN days d ON d.tier = v.tier
JOIN clock c ON c.tier = v.tier AND c.bucket_us = m.at_us - m.at_us % 900000000
CROSS JOIN data_end e
WHERE NOT (t.state < 2 AND e.last_us - t.last_us > $stale_days * 86400000000) AND {ticket_filter}
GROUP BY ALL
ORDER BY m.at_us, v.tier, priority, age_days
