-- Question: after which fixes of L3 did the same problem come back to L3?
-- Grain:    one row per ticket of a hard issue that L3 resolved at least $days days before the data's last event. Hard: at least the
--           share $climb of the issue's tickets reach L3.
-- Units:    bad = another ticket of the same issue, created within $days days after the first resolution, reached L3; hours = L3's
--           tracked work on the next one of those, once where several fixes are followed by it; `came_before` = the same, created within $days days before the ticket itself.
WITH keyed AS MATERIALIZED ({include issue_of}),
hard AS (
  SELECT k.issue FROM keyed k JOIN tickets t USING (ticket_no) GROUP BY k.issue HAVING avg((t.tier_mask & 8 <> 0)::INT) >= $climb
),
climbed AS (
  SELECT k.issue, t.ticket_no, t.created_us, w.hours
  FROM tickets t JOIN keyed k USING (ticket_no)
  LEFT JOIN (SELECT ticket_no, sum(effort_minutes) / 60 AS hours FROM tier_visits WHERE tier = 3 GROUP BY 1) w USING (ticket_no)
  WHERE t.tier_mask & 8 <> 0
),
fixes AS (
  SELECT t.ticket_no, t.category, k.issue, t.first_resolved_us AS fixed_us, t.created_us
  FROM tickets t JOIN keyed k USING (ticket_no) JOIN hard USING (issue) CROSS JOIN data_end d
  WHERE t.resolved_tier = 3 AND t.first_resolved_us <= d.last_us - $days * 86400000000 AND {ticket_filter}
)
SELECT f.ticket_no, f.category, f.issue, n.ticket_no IS NOT NULL AND n.created_us <= f.fixed_us + $days * 86400000000 AS bad,
  CASE WHEN row_number() OVER (PARTITION BY n.ticket_no ORDER BY f.fixed_us DESC, f.ticket_no) = 1 THEN n.hours END AS hours,
  b.ticket_no IS NOT NULL AND b.created_us >= f.created_us - $days * 86400000000 AS came_before
FROM fixes f ASOF LEFT JOIN climbed n ON n.issue = f.issue AND n.created_us > f.fixed_us
ASOF LEFT JOIN climbed b ON b.issue = f.issue AND b.created_us < f.created_us
