-- Question: which tickets were open at a moment, at which tier, and since when?
-- Grain:    one row per ticket open at the moment $at_us, the one that came to its tier first on top.
-- Units:    hours on the calendar clock that the ticket had been in the tier by then.
WITH there AS (
  -- Open then means: begun by then, and either something happened to it afterwards or it is open still. The others are most.
  SELECT t.ticket_no
  FROM tickets t
  WHERE least(t.created_us, t.first_us) <= $at_us AND (t.last_us > $at_us OR t.state < 2) AND {ticket_filter}
),
moved AS (
  SELECT b.ticket_no, b.tier, min(b.at_us) AS came_us
  FROM backlog_moves b SEMI JOIN there USING (ticket_no)
  WHERE b.at_us <= $at_us AND b.tier IS NOT NULL AND ($tier IS NULL OR b.tier = $tier)
  GROUP BY b.ticket_no, b.tier
  HAVING sum(b.delta) > 0
),
began AS (
  SELECT m.ticket_no, m.tier, coalesce(max(v.started_us), any_value(m.came_us)) AS started_us
  FROM moved m LEFT JOIN tier_visits v ON v.ticket_no = m.ticket_no AND v.tier = m.tier AND v.started_us <= $at_us
  GROUP BY m.ticket_no, m.tier
)
SELECT t.ticket_id, t.subject, t.priority, t.product, b.tier, t.path,
  epoch_ms((t.created_us // 1000)::BIGINT) AS created_at, epoch_ms((b.started_us // 1000)::BIGINT) AS in_tier_since,
  ($at_us - b.started_us) / 3.6e9 AS hours_in_tier
FROM began b JOIN tickets t USING (ticket_no)
ORDER BY b.started_us, t.ticket_no
LIMIT $most
