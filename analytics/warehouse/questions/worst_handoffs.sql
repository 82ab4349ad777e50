-- Question: which handoffs waited longest, and why is each of them in the list?
-- Grain:    one row per handoff, the longest wait on the chosen clock first.
-- Units:    hours from the handing over to the acknowledgement, to the leaving, or so far: calendar, and on the receiving tier's
--           working hours. `why` is the reason in words.
WITH longest AS (
  SELECT h.*
  FROM handoffs h
  LEFT JOIN teams f ON f.team_no = h.from_team_no
  LEFT JOIN teams m ON m.team_no = h.to_team_no
  WHERE {level} AND {reason} AND {own_handoff_filter}
  ORDER BY {wait} DESC, h.ticket_no, h.visit_no
  LIMIT $most
)
SELECT t.ticket_id, t.subject, t.priority, t.product,
  coalesce('L' || h.from_tier || ' · ', '') || coalesce(f.team, '(no team)') AS handed_from,
  coalesce('L' || h.to_tier || ' · ', '') || coalesce(m.team, '(no team)') AS handed_to,
  epoch_ms((h.handed_us // 1000)::BIGINT) AS handed_at, {calendar} / 3.6e9 AS wait_hours, {business} / 3.6e9 AS working_hours,
  CASE WHEN {acknowledged} AND {wait} <= $target_us THEN 'picked up in time'
       WHEN {acknowledged} THEN 'picked up late'
       WHEN {waiting} AND {wait} > $target_us THEN 'waits now, past the rule'
       WHEN {waiting} THEN 'waits now, still in time'
       ELSE 'left before anybody picked it up' END AS why
FROM longest h JOIN tickets t USING (ticket_no)
LEFT JOIN teams f ON f.team_no = h.from_team_no
LEFT JOIN teams m ON m.team_no = h.to_team_no
ORDER BY {wait} DESC, h.ticket_no, h.visit_no
