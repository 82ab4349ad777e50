-- Builds:   events, one row per event, in the order (ticket_no, event_no).
-- Reads:    ordered.
SELECT ticket_no, event_no, at_us, day, hour_of_week, kind, status, tier, team_no, agent, agent_role, priority, note,
  effort_minutes, escalation_type, knowledge_link, row_no
FROM ordered
ORDER BY ticket_no, event_no
