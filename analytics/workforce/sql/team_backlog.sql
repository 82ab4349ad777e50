-- Question: what lay open at each team at a moment, by priority and age?
-- Grain:    one row per (tier, team, priority, whole working day of age).
-- Units:    open tier visits that somebody could work on, of the team that they came to first; age in working days of the tier
--           since the ticket came to it ($day_hours working hours each).
-- Excludes: visits that wait for the customer or a vendor; tickets that are open still and untouched for $stale_days days.
WITH days AS (SELECT unnest($tiers::BIGINT[]) AS tier, unnest($day_hours::DOUBLE[]) AS day_hours)
SELECT v.tier, m.team, coalesce(t.priority, 'default') AS priority,
  floor(greatest(0, c.open_before_us + greatest(0, least($at_us, c.closes_us) - c.opens_us) - v.started_open_us)
    / (d.day_hours * 3.6e9))::INTEGER AS age_days, count(*) AS visits
FROM tier_visits v
JOIN visits w ON w.ticket_no = v.ticket_no AND w.visit_no = v.first_visit_no
JOIN tickets t ON t.ticket_no = v.ticket_no
LEFT JOIN teams m ON m.team_no = w.team_no
LEFT JOIN pending p ON p.ticket_no = v.ticket_no AND p.tier_visit_no = v.tier_visit_no
  AND p.started_us <= $at_us AND (p.ended_us IS NULL OR p.ended_us > $at_us)
JOIN days d ON d.tier = v.tier
JOIN clock c ON c.tier = v.tier AND c.bucket_us = $at_us - $at_us % 900000000
CROSS JOIN data_end e
WHERE v.started_us <= $at_us AND (v.ended_us IS NULL OR v.ended_us > $at_us) AND p.ticket_no IS NULL
  AND NOT (t.state < 2 AND e.last_us - t.last_us > $stale_days * 86400000000) AND {ticket_filter}
GROUP BY ALL
ORDER BY ALL
