-- Question: where does a visit go on to, and how many days later does the next visit begin?
-- Grain:    one row per (day the visit began, tier, next_tier, delay); next_tier NULL = it ended there.
-- Units:    tier visits that have ended; `delay_days` between the beginnings, `ended_days` until the visit's end (UTC days).
WITH chained AS (
  SELECT ticket_no, tier, day, ended_by, started_us, ended_us,
    lead(tier) OVER (PARTITION BY ticket_no ORDER BY tier_visit_no) AS next_tier,
    lead(day) OVER (PARTITION BY ticket_no ORDER BY tier_visit_no) AS next_day
  FROM tier_visits
)
SELECT c.day, c.tier, c.next_tier, c.next_day - c.day AS delay_days,
  ((c.ended_us - c.started_us) // 86400000000)::INT AS ended_days, count(*) AS visits
FROM chained c JOIN tickets t USING (ticket_no)
WHERE c.tier IS NOT NULL AND c.ended_by IS NOT NULL AND {ticket_filter}
GROUP BY ALL
ORDER BY ALL
