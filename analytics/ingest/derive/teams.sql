-- Builds:   teams, one row per team seen: its tier by table or rules, else the tier that most of its events have (the lower
--           one of two that have as many).
-- Reads:    events, team_tiers.
WITH counted AS (
  SELECT team_no, tier, count(*) AS events FROM events WHERE team_no IS NOT NULL AND tier IS NOT NULL GROUP BY team_no, tier
),
usual AS (SELECT team_no, arg_max(tier, events * 8 - tier) AS tier FROM counted GROUP BY team_no)
SELECT m.team_no, m.team, coalesce(m.tier, u.tier) AS tier
FROM team_tiers m
LEFT JOIN usual u ON u.team_no = m.team_no
ORDER BY m.team_no
