-- Question: what happened to this ticket?
-- Grain:    one row per event, in order.
-- Units:    time in UTC; minutes of work.
SELECT e.event_no, epoch_ms((e.at_us // 1000)::BIGINT) AS at, e.kind::VARCHAR AS kind, e.status, e.tier, m.team, e.agent,
  e.priority, e.note, e.effort_minutes, e.escalation_type, e.knowledge_link
FROM events e
JOIN ticket_attributes a USING (ticket_no)
LEFT JOIN teams m USING (team_no)
WHERE a.ticket_id = $ticket_id
ORDER BY e.event_no
