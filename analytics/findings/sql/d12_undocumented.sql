-- Question: how many tickets resolved in L3 carry no link to an article?
-- Grain:    one row.
-- Units:    tickets; `hours` = tracked work of L3 on those without a link, which a repeat would cost again.
WITH l3 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 3 GROUP BY ticket_no
),
linked AS (SELECT DISTINCT ticket_no FROM events WHERE knowledge_link IS NOT NULL)
SELECT count(*) AS tickets, count(*) FILTER (WHERE k.ticket_no IS NULL) AS undocumented,
  sum(l3.minutes) FILTER (WHERE k.ticket_no IS NULL) / 60 AS hours
FROM tickets t LEFT JOIN linked k USING (ticket_no) LEFT JOIN l3 USING (ticket_no)
WHERE t.resolved_tier = 3 AND {ticket_filter}
