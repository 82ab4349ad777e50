-- Question: how much of L3's work is in categories that L2 usually solves?
-- Grain:    one row per category and seven days; `age` = weeks before the last day in view, 0 the last seven days.
-- Units:    hours of tracked work in L3, by the day that a visit begins; `l2_type_hours` those of categories in which at least the
--           share $solved of the $least or more resolved tickets that went above L1 was resolved without L3, of those created before
--           the last $recent weeks.
WITH kinds AS (
  SELECT t.category, avg((t.tier_mask & 8 = 0)::INT) >= $solved AND count(*) >= $least AS is_l2
  FROM tickets t CROSS JOIN data_end d
  WHERE t.resolved_us IS NOT NULL AND t.highest_tier >= 2 AND t.category IS NOT NULL
    AND t.created_day <= least(d.last_day, coalesce($view_end::DATE, d.last_day)) - 7 * $recent::INT
  GROUP BY t.category
),
work AS (
  SELECT ((least(d.last_day, coalesce($view_end::DATE, d.last_day)) - v.day) // 7)::INT AS age, t.category, v.effort_minutes,
    coalesce(k.is_l2, FALSE) AS is_l2
  FROM tier_visits v JOIN tickets t USING (ticket_no) CROSS JOIN data_end d LEFT JOIN kinds k ON k.category = t.category
  WHERE v.tier = 3 AND v.effort_minutes > 0 AND {ticket_filter}
)
SELECT age, category, sum(effort_minutes) / 60 AS hours, coalesce(sum(effort_minutes) FILTER (WHERE is_l2), 0) / 60 AS l2_type_hours
FROM work WHERE age >= 0
GROUP BY age, category ORDER BY age, category
