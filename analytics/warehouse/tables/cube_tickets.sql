-- Builds:  cube_tickets, one row per cell: day of creation, priority, product, channel, way through the tiers and outcome.
-- Gives:   `n` tickets and sums over them; every ticket is in one cell of each grain, so that cells of one grain add up. Grain 0 has no
--          attribute (NULL), 1 has the priority, 2 the product, 3 the channel, 4 all three: a question reads the smallest that
--          has what it filters by.
-- Cost:    the path tells entry, highest and all touched tiers, so these are no keys: a group compares nine columns, not fifteen.
-- Reads:   tickets. Common subset of DuckDB SQL and Spark SQL.
WITH cells AS (
  SELECT created_day, priority, product, channel, path, resolved_tier, (resolved_us IS NOT NULL) AS is_resolved, state,
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
    CAST(sum(pending_us) AS BIGINT) AS pending_us, count(csat) AS rated,
    count(*) FILTER (WHERE lower(csat) IN ('good', 'good_with_comment', 'satisfied', 'positive', 'true', '4', '5')) AS good
  FROM tickets
  GROUP BY created_day, priority, product, channel, path, resolved_tier, (resolved_us IS NOT NULL), state, least(visits - 1, 4)
),
seen AS (
  SELECT g.grain, CASE WHEN g.grain = 1 THEN c.priority END AS seen_priority, CASE WHEN g.grain = 2 THEN c.product END AS seen_product,
    CASE WHEN g.grain = 3 THEN c.channel END AS seen_channel, c.*
  FROM cells c CROSS JOIN (SELECT 0 AS grain UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) g
)
SELECT CAST(4 AS SMALLINT) AS grain, created_day, priority, product, channel, path, entry_tier, highest_tier, tier_mask,
  escalated_mask, returned_mask, tier_visits, resolved_tier, is_resolved, state, handoffs, n, events, first_level,
  first_contact, reopened, replies, team_returns, team_tickets, team_immediate, team_immediate_tickets, tier_returns,
  tier_tickets, pending_events, pending_tickets, pending_us, rated, good
FROM cells
UNION ALL
SELECT CAST(grain AS SMALLINT), created_day, seen_priority, seen_product, seen_channel, path, min(entry_tier),
  min(highest_tier), min(tier_mask), min(escalated_mask), min(returned_mask), min(tier_visits), resolved_tier, is_resolved,
  state, handoffs, CAST(sum(n) AS BIGINT), CAST(sum(events) AS BIGINT), CAST(sum(first_level) AS BIGINT),
  CAST(sum(first_contact) AS BIGINT), CAST(sum(reopened) AS BIGINT), CAST(sum(replies) AS BIGINT),
  CAST(sum(team_returns) AS BIGINT), CAST(sum(team_tickets) AS BIGINT), CAST(sum(team_immediate) AS BIGINT),
  CAST(sum(team_immediate_tickets) AS BIGINT), CAST(sum(tier_returns) AS BIGINT), CAST(sum(tier_tickets) AS BIGINT),
  CAST(sum(pending_events) AS BIGINT), CAST(sum(pending_tickets) AS BIGINT), CAST(sum(pending_us) AS BIGINT),
  CAST(sum(rated) AS BIGINT), CAST(sum(good) AS BIGINT)
FROM seen
GROUP BY grain, created_day, seen_priority, seen_product, seen_channel, path, resolved_tier, is_resolved, state, handoffs
