-- Question: how did the numbers on top of the overview move, week by week?
-- Grain:    one row per week before $anchor with at least one ticket or handoff; week_no 0 is the seven days that end on $anchor.
-- Units:    tickets by the day of creation, handoffs between tiers by the day of the handoff; hours (median, calendar clock).
--           `due` leaves out open handoffs younger than the target.
WITH made AS (
  SELECT floor(datediff('day', t.created_day, $anchor) / 7.0)::INTEGER AS week_no, sum(t.n)::BIGINT AS tickets,
    sum(t.n) FILTER (WHERE t.is_resolved)::BIGINT AS resolved, sum(t.first_level)::BIGINT AS first_level,
    sum(t.n) FILTER (WHERE t.tier_mask & 2 <> 0)::BIGINT AS touched_l1,
    sum(t.n) FILTER (WHERE t.escalated_mask & 2 <> 0)::BIGINT AS escalated_l1
  FROM {tickets} t
  WHERE t.created_day <= $anchor AND {ticket_filter}
  GROUP BY week_no
),
took AS (
  SELECT floor(datediff('day', t.created_day, $anchor) / 7.0)::INTEGER AS week_no,
    quantile_cont((t.resolved_us - t.created_us) / 3.6e9, 0.5) AS resolve_hours
  FROM tickets t
  WHERE t.resolved_us IS NOT NULL AND ($tier IS NULL OR t.resolved_tier = $tier) AND t.created_day <= $anchor AND {ticket_filter}
  GROUP BY week_no
),
handed AS (
  SELECT floor(datediff('day', h.handed_day, $anchor) / 7.0)::INTEGER AS week_no,
    count(*) FILTER (WHERE h.tier_acknowledged AND h.tier_wait_us <= $target_us) AS in_time,
    count(*) FILTER (WHERE NOT (h.tier_waiting AND h.tier_wait_us < $target_us)) AS due
  FROM handoffs h
  WHERE h.changes_tier AND h.handed_day <= $anchor AND {own_handoff_filter}
  GROUP BY week_no
)
SELECT week_no, ($anchor - 7 * week_no - 6)::DATE AS starts, coalesce(m.tickets, 0) AS tickets, coalesce(m.resolved, 0) AS resolved,
  coalesce(m.first_level, 0) AS first_level, coalesce(m.touched_l1, 0) AS touched_l1, coalesce(m.escalated_l1, 0) AS escalated_l1,
  r.resolve_hours, coalesce(h.in_time, 0) AS in_time, coalesce(h.due, 0) AS due
FROM made m FULL JOIN handed h USING (week_no) LEFT JOIN took r USING (week_no)
ORDER BY week_no DESC
