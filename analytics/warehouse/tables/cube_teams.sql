-- Builds:  cube_teams, one row per cell: what came to a team, and how its part of the work ended.
-- Grain:   0 by day of the ticket's creation, team, tier of the visit and tiers touched; 1, 2, 3 also by priority, product, channel
--          (in `value`), 5 by the teams that the ticket was with (`team_mask`).
-- Gives:   `n` visits, `ended` ones and those of them that `solved` the ticket (resolved or closed); `passed_up`: handed on to a
--          higher tier; `again`: of a ticket that the team had before. Visits less these are tickets.
-- Reads:   visits, handoffs, tickets. Common subset of DuckDB SQL and Spark SQL.
WITH stacked AS (
  SELECT ticket_no, team_no, tier, 1 AS n, CASE WHEN ended_by IS NOT NULL THEN 1 ELSE 0 END AS ended,
    CASE WHEN ended_by IN ('resolved', 'closed') THEN 1 ELSE 0 END AS solved, 0 AS passed_up, 0 AS again
  FROM visits
  WHERE team_no IS NOT NULL
  UNION ALL
  SELECT ticket_no, from_team_no, from_tier, 0, 0, 0, 1, 0
  FROM handoffs
  WHERE from_team_no IS NOT NULL AND direction = 'escalation'
  UNION ALL
  SELECT ticket_no, to_team_no, to_tier, 0, 0, 0, 0, 1
  FROM handoffs
  WHERE to_team_no IS NOT NULL AND (is_return OR from_team_no = to_team_no)
),
seen AS (
  SELECT g.grain, t.created_day, s.team_no, s.tier, t.tier_mask,
    CASE g.grain WHEN 1 THEN t.priority WHEN 2 THEN t.product WHEN 3 THEN t.channel END AS value,
    CASE WHEN g.grain = 5 THEN t.team_mask END AS seen_teams, s.n, s.ended, s.solved, s.passed_up, s.again
  FROM stacked s JOIN tickets t ON t.ticket_no = s.ticket_no
  CROSS JOIN (SELECT 0 AS grain UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 5) g
)
SELECT CAST(grain AS SMALLINT) AS grain, created_day, team_no, tier, tier_mask, value,
  seen_teams AS team_mask, CAST(sum(n) AS BIGINT) AS n,
  CAST(sum(ended) AS BIGINT) AS ended, CAST(sum(solved) AS BIGINT) AS solved, CAST(sum(passed_up) AS BIGINT) AS passed_up,
  CAST(sum(again) AS BIGINT) AS again
FROM seen
GROUP BY grain, created_day, team_no, tier, tier_mask, value, seen_teams
