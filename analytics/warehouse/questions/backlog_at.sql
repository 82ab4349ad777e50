-- Question: what was open at a moment, where, and how old was it?
-- Grain:    one row per (tier, whole working day of age) at the moment $at_us; at the data's last event it is backlog_now.
-- Units:    open tickets by the tier that held them; age in working days since the ticket came to that tier, on its working hours.
-- Excludes: tickets of unknown tier. A ticket created before its first event is of age 0 until then.
WITH there AS (
  -- Open then means: begun by then, and either something happened to it afterwards or it is open still. The others are most.
  SELECT t.ticket_no
  FROM tickets t
  WHERE least(t.created_us, t.first_us) <= $at_us AND (t.last_us > $at_us OR t.state < 2) AND {ticket_filter}
),
moved AS (
  SELECT b.ticket_no, b.tier
  FROM backlog_moves b SEMI JOIN there USING (ticket_no)
  WHERE b.at_us <= $at_us AND b.tier IS NOT NULL
  GROUP BY b.ticket_no, b.tier
  HAVING sum(b.delta) > 0
),
began AS (
  SELECT m.ticket_no, m.tier, max_by(v.started_open_us, v.tier_visit_no) AS started_open_us
  FROM moved m LEFT JOIN tier_visits v ON v.ticket_no = m.ticket_no AND v.tier = m.tier AND v.started_us <= $at_us
  GROUP BY m.ticket_no, m.tier
),
moment AS (
  SELECT tier, open_before_us + greatest(0, least($at_us, closes_us) - opens_us) AS open_us
  FROM clock WHERE bucket_us = $at_us - $at_us % 900000000
)
SELECT b.tier, floor(coalesce(c.open_us - b.started_open_us, 0) / ($hours_per_day * 3.6e9))::INTEGER AS age_days,
  count(*) AS tickets
FROM began b LEFT JOIN moment c ON c.tier = b.tier
GROUP BY ALL
ORDER BY b.tier, age_days
