-- Question: how many hours was each team rostered each day?
-- Grain:    one row per (day, tier, team); a roster without teams has team NULL.
-- Units:    paid hours.
SELECT day, tier, team, sum(hours) AS hours
FROM roster
WHERE tier IS NOT NULL AND day >= $first_day AND day < $past_day
GROUP BY ALL
ORDER BY ALL
