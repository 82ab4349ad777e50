-- Question: how many tickets did each tier hold open at the end of each day?
-- Grain:    one row per (day, tier), every day from the first to the last of the data.
-- Units:    open tickets (not resolved, closed or cancelled) by the tier that holds them at midnight, local time.
WITH days AS (
  SELECT unnest(generate_series((SELECT min(day) FROM backlog_moves), (SELECT last_day FROM data_end), INTERVAL 1 DAY))::DATE AS day
),
ranks AS (SELECT DISTINCT tier FROM backlog_moves WHERE tier IS NOT NULL),
moved AS (
  SELECT b.day, b.tier, sum(b.delta) AS delta
  FROM backlog_moves b JOIN tickets t USING (ticket_no)
  WHERE b.tier IS NOT NULL AND {selection}
  GROUP BY b.day, b.tier
)
SELECT d.day, r.tier, sum(coalesce(m.delta, 0)) OVER (PARTITION BY r.tier ORDER BY d.day)::BIGINT AS open_tickets
FROM days d CROSS JOIN ranks r
LEFT JOIN moved m ON m.day = d.day AND m.tier = r.tier
ORDER BY d.day, r.tier
