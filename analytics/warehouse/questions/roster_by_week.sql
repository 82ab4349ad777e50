-- Question: how many hours were rostered at each tier each week?
-- Grain:    one row per (week starting Monday, tier).
-- Units:    rostered hours; `days` = days with at least one entry.
SELECT date_trunc('week', day)::DATE AS week, tier, sum(hours) AS hours, count(DISTINCT day) AS days
FROM roster
WHERE tier IS NOT NULL
GROUP BY ALL
ORDER BY week, tier
