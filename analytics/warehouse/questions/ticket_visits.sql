-- Question: where was this ticket, for how long, and how long did it wait there?
-- Grain:    one row per visit, in order.
-- Units:    time in UTC; hours on the calendar clock. An open visit ends now: at the data's last event.
SELECT v.visit_no, v.tier, m.team, epoch_ms((v.started_us // 1000)::BIGINT) AS started_at,
  epoch_ms((coalesce(v.ended_us, d.last_us) // 1000)::BIGINT) AS ended_at, v.ended_by,
  epoch_ms((v.acknowledged_us // 1000)::BIGINT) AS acknowledged_at,
  (v.acknowledged_us - v.started_us) / 3.6e9 AS wait_hours, (coalesce(v.ended_us, d.last_us) - v.started_us) / 3.6e9 AS hours,
  v.effort_minutes, v.is_return
FROM visits v JOIN tickets t USING (ticket_no) CROSS JOIN data_end d
LEFT JOIN teams m USING (team_no)
WHERE t.ticket_id = $ticket_id
ORDER BY v.visit_no
