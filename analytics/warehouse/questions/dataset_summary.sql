-- Question: how much history is there?
-- Grain:    one row.
-- Units:    counts; microseconds since 1970 UTC.
-- Excludes: tickets with an `excluded` event (merged, spam, test), counted apart.
SELECT
  coalesce(sum(t.events), 0)::BIGINT AS events,
  count(*) AS tickets,
  min(t.first_us) AS first_us,
  max(t.last_us) AS last_us,
  (SELECT count(DISTINCT v.team_no) FROM visits v JOIN tickets t USING (ticket_no) WHERE {ticket_filter}) AS teams,
  (SELECT count(DISTINCT ticket_no) FROM events WHERE kind = 'excluded') AS excluded_tickets
FROM tickets t
WHERE {ticket_filter}
