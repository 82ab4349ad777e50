-- Question: how many tickets did each tier hold open at the end of each day?
-- Grain:    one row per (day, tier), every day from the first to the last of the data.
-- Units:    open tickets (not resolved, closed or cancelled) by the tier that holds them at midnight, local time.
WITH days AS (
  SELECT unnest(generate_series((SELECT min(day) FROM cube_backlog), (SELECT last_day FROM data_end), INTERVAL 1 DAY))::DATE AS day
),
ranks AS (SELECT DISTINCT tier FROM cube_backlog WHERE tier IS NOT NULL),
moved AS (
  SELECT t.day, t.tier, sum(t.delta) AS delta
  FROM {moves} t
  WHERE t.tier IS NOT NULL AND {selection}
  GROUP BY t.day, t.tier
)
SELECT d.day, r.tier, sum(coalesce(m.delta, 0)) OVER (PARTITION BY r.tier ORDER BY d.day)::BIGINT AS open_tickets
FROM days d CROSS JOIN ranks r
LEFT JOIN moved m ON m.day = d.day AND m.tier = r.tier
ORDER BY d.day, r.tier
