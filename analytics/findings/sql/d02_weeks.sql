-- Question: how many hours does each tier have on the roster, and how much work do its visits take?
-- Grain:    one row per week (from Monday) and tier L1 to L3; the last $weeks whole weeks of roster within the data.
-- Units:    hours. Work is tracked minutes by the day that a visit begins; where nothing is tracked, 15, 30 and 100 minutes a visit.
--           A roster cannot be cut by product or category, so the work is that of all tickets.
WITH any_tracked AS (SELECT count(effort_minutes) > 0 AS tracked FROM tier_visits),
worked AS (
  SELECT date_trunc('week', v.day)::DATE AS week, v.tier,
    sum(CASE WHEN a.tracked THEN coalesce(v.effort_minutes, 0) WHEN v.tier = 1 THEN 15 WHEN v.tier = 2 THEN 30 ELSE 100 END) / 60
      AS hours
  FROM tier_visits v CROSS JOIN any_tracked a WHERE v.tier BETWEEN 1 AND 3 GROUP BY 1, 2
),
rostered AS (
  SELECT date_trunc('week', day)::DATE AS week, tier, sum(hours) AS hours FROM roster WHERE tier BETWEEN 1 AND 3 GROUP BY 1, 2
),
weeks AS (
  SELECT DISTINCT r.week FROM rostered r CROSS JOIN data_end d
  WHERE r.hours > 0 AND r.week >= d.first_day AND r.week + 6 <= least(d.last_day, coalesce($view_end::DATE, d.last_day)) AND r.week IN (SELECT week FROM worked)
  ORDER BY r.week DESC LIMIT $weeks::BIGINT
)
SELECT k.week, s.tier, coalesce(r.hours, 0) AS rostered_hours, coalesce(w.hours, 0) AS worked_hours
FROM weeks k CROSS JOIN (VALUES (1), (2), (3)) s(tier)
LEFT JOIN rostered r ON r.week = k.week AND r.tier = s.tier LEFT JOIN worked w ON w.week = k.week AND w.tier = s.tier
ORDER BY k.week, s.tier
