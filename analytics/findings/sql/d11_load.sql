-- Question: how much of L3's rostered hours is tracked work on tickets?
-- Grain:    one row per week (from Monday) with a roster for L3, whole weeks of what is in view only, the latest first.
-- Units:    hours. All of L3's tickets: a roster cannot be cut by product or category.
WITH worked AS (
  SELECT date_trunc('week', day)::DATE AS week, sum(effort_minutes) / 60 AS hours FROM events WHERE tier = 3 GROUP BY 1
),
rostered AS (
  SELECT date_trunc('week', day)::DATE AS week, sum(hours) AS hours FROM roster WHERE tier = 3 GROUP BY 1
)
SELECT r.week, r.hours AS rostered_hours, coalesce(w.hours, 0) AS worked_hours
FROM rostered r LEFT JOIN worked w USING (week) CROSS JOIN data_end d
WHERE r.hours > 0 AND r.week >= d.first_day AND r.week + 6 <= least(d.last_day, coalesce($view_end::DATE, d.last_day))
ORDER BY r.week DESC
