-- Question: which tickets resolved in L3 leave neither an article nor a closing note?
-- Grain:    one row per ticket resolved in L3.
-- Units:    bad = no link to an article on any event, and no note on a resolution or closing; hours = tracked work of L3.
WITH l3 AS (
  SELECT ticket_no, sum(effort_minutes) AS minutes FROM tier_visits WHERE tier = 3 GROUP BY ticket_no
),
written AS (
  SELECT DISTINCT ticket_no FROM events
  WHERE knowledge_link IS NOT NULL OR (kind IN ('resolved', 'closed') AND trim(note) <> '')
)
SELECT t.ticket_no, w.ticket_no IS NULL AS bad, l3.minutes / 60 AS hours, t.category
FROM tickets t LEFT JOIN written w USING (ticket_no) LEFT JOIN l3 USING (ticket_no)
WHERE t.resolved_tier = 3 AND {ticket_filter}
