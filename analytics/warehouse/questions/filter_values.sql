-- Question: what can be filtered by?
-- Grain:    one row per (attribute, value) of the whole dataset, the most frequent first.
-- Units:    tickets; for teams, tickets with a visit there.
SELECT 'priority' AS attribute, priority AS value, count(*) AS tickets FROM tickets WHERE priority IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'product', product, count(*) FROM tickets WHERE product IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'category', category, count(*) FROM tickets WHERE category IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'channel', channel, count(*) FROM tickets WHERE channel IS NOT NULL GROUP BY ALL
UNION ALL SELECT 'team', m.team, count(DISTINCT v.ticket_no) FROM visits v JOIN teams m USING (team_no) GROUP BY ALL
UNION ALL SELECT 'tier', 'L' || tier, count(DISTINCT ticket_no) FROM tier_visits WHERE tier IS NOT NULL GROUP BY ALL
ORDER BY attribute, tickets DESC, value
