-- Question: how many ticket numbers differ from another one only in capitals or leading zeros, and which two, for example?
-- Grain:    one row.
-- Reads:    ticket_ids.
WITH alike AS (
  SELECT count(*) AS tickets, min(ticket_id) AS one, max(ticket_id) AS other
  FROM ticket_ids GROUP BY ltrim(lower(ticket_id), '0') HAVING count(*) > 1
)
SELECT coalesce(sum(tickets), 0)::BIGINT, min('''' || one || ''' and ''' || other || '''')
FROM alike
