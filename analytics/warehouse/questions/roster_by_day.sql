-- Question: how many hours were rostered at each tier each day?
-- Grain:    one row per (day, tier).
-- Units:    paid hours, all teams of the tier together.
SELECT day, tier, sum(hours) AS hours
FROM roster
WHERE tier IS NOT NULL
GROUP BY ALL
ORDER BY day, tier
