-- Builds:  cube_repeats, one row per cell: a handoff whose ticket had a handoff of the same group before, by the days of both.
-- Why:     distinct tickets do not add up over days. The tickets with a handoff of a group in a period are the handoffs of the group
--          in the period, less those whose predecessor lies in the period too: and pairs do add up.
-- Groups:  'visit' (any handoff), 'tier' (between tiers), 'pair' (from_tier, to_tier), 'receiver' (to_tier), 'team' (to_team_no), 'team_pair'
--          (from_team_no, to_team_no).
-- Reads:   handoffs. Common subset of DuckDB SQL and Spark SQL.
WITH several AS (SELECT ticket_no FROM handoffs GROUP BY ticket_no HAVING count(*) > 1),
chained AS (
  SELECT handed_day, from_tier, to_tier, from_team_no, to_team_no, changes_tier, priority, product, channel,
    lag(handed_day) OVER (PARTITION BY ticket_no ORDER BY visit_no) AS visit_before,
    lag(handed_day) OVER (PARTITION BY ticket_no, changes_tier ORDER BY visit_no) AS tier_before,
    lag(handed_day) OVER (PARTITION BY ticket_no, changes_tier, from_tier, to_tier ORDER BY visit_no) AS pair_before,
    lag(handed_day) OVER (PARTITION BY ticket_no, changes_tier, to_tier ORDER BY visit_no) AS receiver_before,
    lag(handed_day) OVER (PARTITION BY ticket_no, to_team_no ORDER BY visit_no) AS team_before,
    lag(handed_day) OVER (PARTITION BY ticket_no, from_team_no, to_team_no ORDER BY visit_no) AS team_pair_before
  FROM handoffs
  WHERE ticket_no IN (SELECT ticket_no FROM several)
),
stacked AS (
  SELECT 'visit' AS grouped_by, visit_before AS day_before, handed_day, CAST(NULL AS SMALLINT) AS from_tier,
    CAST(NULL AS SMALLINT) AS to_tier, CAST(NULL AS INT) AS from_team_no, CAST(NULL AS INT) AS to_team_no, priority, product, channel
  FROM chained WHERE visit_before IS NOT NULL
  UNION ALL
  SELECT 'tier', tier_before, handed_day, NULL, NULL, NULL, NULL, priority, product, channel
  FROM chained WHERE changes_tier AND tier_before IS NOT NULL
  UNION ALL
  SELECT 'pair', pair_before, handed_day, from_tier, to_tier, NULL, NULL, priority, product, channel
  FROM chained WHERE changes_tier AND pair_before IS NOT NULL
  UNION ALL
  SELECT 'receiver', receiver_before, handed_day, NULL, to_tier, NULL, NULL, priority, product, channel
  FROM chained WHERE changes_tier AND receiver_before IS NOT NULL
  UNION ALL
  SELECT 'team', team_before, handed_day, NULL, NULL, NULL, to_team_no, priority, product, channel
  FROM chained WHERE team_before IS NOT NULL
  UNION ALL
  SELECT 'team_pair', team_pair_before, handed_day, NULL, NULL, from_team_no, to_team_no, priority, product, channel
  FROM chained WHERE team_pair_before IS NOT NULL
)
SELECT grouped_by, day_before, handed_day, from_tier, to_tier, from_team_no, to_team_no, priority, product, channel, count(*) AS n
FROM stacked
GROUP BY grouped_by, day_before, handed_day, from_tier, to_tier, from_team_no, to_team_no, priority, product, channel
