-- Builds:  cube_tickets, one row per cell: day of creation, priority, product, channel, way through the tiers and outcome.
-- Gives:   `n` tickets and sums over them; every ticket is in one cell of each grain, so that cells of one grain add up. Grain 0 has no
--          attribute (NULL), 1 has the priority, 2 the product, 3 the channel, 4 all three, 5 the teams that the ticket was with
--          (`team_mask` as in tickets): a question reads the smallest that has what it filters by.
-- Cost:    the path tells entry, highest and all touched tiers, so these are no keys: a group compares nine columns, not fifteen.
-- Reads:   tickets. Common subset of DuckDB SQL and Spark SQL.
WITH cells AS (
  SELECT created_day, priority, product, channel, team_mask, path, resolved_tier, (resolved_us IS NOT NULL) AS is_resolved, state,
    least(visits - 1, 4) AS handoffs,
    min(entry_tier) AS entry_tier, min(highest_tier) AS highest_tier, min(tier_mask) AS tier_mask,
    min(escalated_mask) AS escalated_mask, min(returned_mask) AS returned_mask, min(tier_visits) AS tier_visits,
    count(*) AS n, CAST(sum(events) AS BIGINT) AS events,
    count(*) FILTER (WHERE resolved_us IS NOT NULL AND tier_mask = 2 AND reopens = 0) AS first_level,
    count(*) FILTER (WHERE resolved_us IS NOT NULL AND tier_mask = 2 AND reopens = 0 AND replies <= 1) AS first_contact,
    count(*) FILTER (WHERE resolved_us IS NOT NULL AND reopens > 0) AS reopened,
    CAST(sum(replies) AS BIGINT) AS replies,
    CAST(sum(team_returns) AS BIGINT) AS team_returns, count(*) FILTER (WHERE team_returns > 0) AS team_tickets,
    CAST(sum(team_immediate) AS BIGINT) AS team_immediate, count(*) FILTER (WHERE team_immediate > 0) AS team_immediate_tickets,
    CAST(sum(tier_returns) AS BIGINT) AS tier_returns, count(*) FILTER (WHERE tier_returns > 0) AS tier_tickets,
    CAST(sum(pending_events) AS BIGINT) AS pending_events, count(*) FILTER (WHERE pending_events > 0) AS pending_tickets,
    CAST(sum(pending_us) AS BIGINT) AS pending_us, CAST(coalesce(sum(resolved_us - created_us), 0) AS BIGINT) AS resolve_us,
    count(csat) AS rated,
    count(*) FILTER (WHERE lower(csat) IN ('good', 'good_with_comment', 'satisfied', 'positive', 'true', '4', '5')) AS good
  FROM tickets
  GROUP BY created_day, priority, product, channel, team_mask, path, resolved_tier, (resolved_us IS NOT NULL), state,
    least(visits - 1, 4)
),
seen AS (
  SELECT g.grain, CASE WHEN g.grain IN (1, 4) THEN c.priority END AS seen_priority,
    CASE WHEN g.grain IN (2, 4) THEN c.product END AS seen_product, CASE WHEN g.grain IN (3, 4) THEN c.channel END AS seen_channel,
    CASE WHEN g.grain = 5 THEN c.team_mask END AS seen_teams, c.*
  FROM cells c CROSS JOIN (SELECT 0 AS grain UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
    UNION ALL SELECT 5) g
)
SELECT CAST(grain AS SMALLINT) AS grain, created_day, seen_priority AS priority, seen_product AS product, seen_channel AS channel,
  seen_teams AS team_mask, path, min(entry_tier) AS entry_tier, min(highest_tier) AS highest_tier, min(tier_mask) AS tier_mask,
  min(escalated_mask) AS escalated_mask, min(returned_mask) AS returned_mask, min(tier_visits) AS tier_visits, resolved_tier,
  is_resolved, state, handoffs, CAST(sum(n) AS BIGINT) AS n, CAST(sum(events) AS BIGINT) AS events,
  CAST(sum(first_level) AS BIGINT) AS first_level, CAST(sum(first_contact) AS BIGINT) AS first_contact,
  CAST(sum(reopened) AS BIGINT) AS reopened, CAST(sum(replies) AS BIGINT) AS replies,
  CAST(sum(team_returns) AS BIGINT) AS team_returns, CAST(sum(team_tickets) AS BIGINT) AS team_tickets,
  CAST(sum(team_immediate) AS BIGINT) AS team_immediate, CAST(sum(team_immediate_tickets) AS BIGINT) AS team_immediate_tickets,
  CAST(sum(tier_returns) AS BIGINT) AS tier_returns, CAST(sum(tier_tickets) AS BIGINT) AS tier_tickets,
  CAST(sum(pending_events) AS BIGINT) AS pending_events, CAST(sum(pending_tickets) AS BIGINT) AS pending_tickets,
  CAST(sum(pending_us) AS BIGINT) AS pending_us, CAST(sum(resolve_us) AS BIGINT) AS resolve_us,
  CAST(sum(rated) AS BIGINT) AS rated, CAST(sum(good) AS BIGINT) AS good
FROM seen
GROUP BY grain, created_day, seen_priority, seen_product, seen_channel, seen_teams, path, resolved_tier, is_resolved, state, handoffs
