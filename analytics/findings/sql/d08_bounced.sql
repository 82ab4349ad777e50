-- Question: how many tickets come back to a team that they had left?
-- Grain:    one row.
-- Units:    tickets with a known team.
SELECT count(*) AS tickets, count(*) FILTER (WHERE t.team_returns > 0) AS bounced
FROM tickets t
WHERE t.ticket_no IN (SELECT v.ticket_no FROM visits v WHERE v.team_no IS NOT NULL) AND {ticket_filter}
