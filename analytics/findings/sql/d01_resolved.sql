-- Question: at which tier are matured tickets resolved?
-- Grain:    one row.
-- Units:    resolved tickets by tier of their last resolution; weeks of creation they span.
-- Excludes: tickets created within $mature_days of the data's last event; resolutions of unknown tier.
SELECT count(*) AS resolved, count(*) FILTER (WHERE t.resolved_tier = 1) AS l1, count(*) FILTER (WHERE t.resolved_tier = 2) AS l2,
  count(*) FILTER (WHERE t.resolved_tier = 3) AS l3,
  greatest(1, (max(t.created_us) - min(t.created_us)) / 6.048e11) AS weeks,
  avg(t.effort_minutes) FILTER (WHERE t.resolved_tier = 2) - avg(t.effort_minutes) FILTER (WHERE t.resolved_tier = 1)
    AS more_minutes
FROM tickets t CROSS JOIN data_end d
WHERE t.resolved_tier >= 1 AND t.created_us <= d.last_us - $mature_days * 86400000000 AND {ticket_filter}
