-- Question: how long from a ticket's first arrival in L2 to its first resolution after that?
-- Grain:    one row per matured ticket that reached L2.
-- Units:    hours on L2's working clock; a ticket not resolved yet counts with its time so far. `age` = weeks before the last
--           matured moment in view at which it came to L2, 0 the last seven days.
-- Excludes: tickets that came to L2 only after they were resolved, and those that were cancelled: nothing was restored.
WITH firsts AS (
  SELECT v.ticket_no, min(v.started_us) AS started_us FROM tier_visits v WHERE v.tier = 2 GROUP BY v.ticket_no
),
timed AS (
  SELECT t.ticket_no, t.category, f.started_us, coalesce(t.first_resolved_us, d.last_us) AS until_us,
    least(d.last_us, coalesce(epoch_us($view_end::DATE + INTERVAL 1 DAY), d.last_us)) - $mature_days * 86400000000 AS end_us
  FROM firsts f JOIN tickets t USING (ticket_no) CROSS JOIN data_end d
  WHERE coalesce(t.first_resolved_us, d.last_us) >= f.started_us AND NOT (t.first_resolved_us IS NULL AND t.state = 4)
    AND {ticket_filter}
)
SELECT x.ticket_no, x.category, floor((x.end_us - x.started_us) / 6.048e11)::INT AS age,
  ((u.open_before_us + greatest(0, least(x.until_us, u.closes_us) - u.opens_us))
    - (s.open_before_us + greatest(0, least(x.started_us, s.closes_us) - s.opens_us))) / 3.6e9 AS hours
FROM timed x
JOIN clock s ON s.tier = 2 AND s.bucket_us = x.started_us - x.started_us % 900000000
JOIN clock u ON u.tier = 2 AND u.bucket_us = x.until_us - x.until_us % 900000000
WHERE x.started_us <= x.end_us
