-- Question: which handoffs are behind a number?
-- Grain:    one row per handoff between tiers, the longest wait first.
-- Units:    hours on the calendar clock from the handing over to the acknowledgement, or so far.
WITH longest AS (
  SELECT h.*
  FROM handoffs h
  LEFT JOIN teams m ON m.team_no = h.to_team_no
  WHERE h.changes_tier AND {reason} AND {own_handoff_filter}
  ORDER BY h.tier_wait_us DESC, h.ticket_no, h.visit_no
  LIMIT $most
)
SELECT t.ticket_id, t.subject, t.priority, t.product, h.from_tier, h.to_tier, f.team AS from_team, m.team AS to_team,
  epoch_ms((h.handed_us // 1000)::BIGINT) AS handed_at, h.tier_wait_us / 3.6e9 AS wait_hours,
  CASE WHEN h.tier_acknowledged THEN 'acknowledged' WHEN h.tier_waiting THEN 'waiting now' ELSE 'left unacknowledged' END AS outcome
FROM longest h JOIN tickets t USING (ticket_no)
LEFT JOIN teams f ON f.team_no = h.from_team_no
LEFT JOIN teams m ON m.team_no = h.to_team_no
ORDER BY h.tier_wait_us DESC, h.ticket_no, h.visit_no
