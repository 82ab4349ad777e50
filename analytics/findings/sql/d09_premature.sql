-- Question: how many escalations from L1 did L2 resolve with less work than L1's own limit?
-- Grain:    one row per ticket escalated from L1 and resolved, with tracked work in L2.
-- Units:    bad = resolved in L2, never in L3, with tracked work in L2 (all visits) below the limit; hours = that work.
--           `with_article_of_l1` = resolved in L2 with an article with which L1 resolved at least $uses tickets.
WITH l2 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 2 GROUP BY ticket_no
),
used AS (
  SELECT e.ticket_no, e.knowledge_link, t.resolved_tier FROM events e JOIN tickets t USING (ticket_no)
  WHERE e.knowledge_link IS NOT NULL AND e.kind IN ('resolved', 'closed')
),
articles AS (
  SELECT knowledge_link FROM used WHERE resolved_tier = 1 GROUP BY knowledge_link HAVING count(DISTINCT ticket_no) >= $uses
)
SELECT t.ticket_no, t.category, l2.minutes / 60 AS hours,
  coalesce(t.resolved_tier = 2 AND t.highest_tier = 2, FALSE) AND l2.minutes < {handle_minutes(1, t.priority)} AS bad,
  t.resolved_tier = 2 AND t.ticket_no IN (SELECT u.ticket_no FROM used u JOIN articles a USING (knowledge_link)) AS with_article_of_l1
FROM tickets t JOIN l2 USING (ticket_no)
WHERE t.escalated_mask & 2 <> 0 AND t.resolved_us IS NOT NULL AND l2.minutes IS NOT NULL AND {ticket_filter}
