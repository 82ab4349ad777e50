-- Builds:  cube_tickets, one row per cell: day of creation, priority, product, channel, way through the tiers and outcome.
-- Gives:   `n` tickets and sums over them; every ticket is in one cell of each grain, so that cells of one grain add up. Grain 0 has no
--          attribute (NULL), 1 has the priority, 2 the product, 3 the channel, 4 all three: a question reads the smallest that
--          has what it filters by.
-- Reads:   tickets. Common subset of DuckDB SQL and Spark SQL.
WITH cells AS (
  SELECT created_day, priority, product, channel, path, entry_tier, highest_tier, tier_mask, escalated_mask, returned_mask, tier_visits,
    resolved_tier, (resolved_us IS NOT NULL) AS is_resolved, state, least(visits - 1, 4) AS handoffs,
    count(*) AS n, sum(events) AS events,
    count(*) FILTER (WHERE resolved_us IS NOT NULL AND tier_mask = 2 AND reopens = 0) AS first_level,
    count(*) FILTER (WHERE resolved_us IS NOT NULL AND tier_mask = 2 AND reopens = 0 AND replies <= 1) AS first_contact,
    count(*) FILTER (WHERE resolved_us IS NOT NULL AND reopens > 0) AS reopened,
    sum(replies) AS replies,
    sum(team_returns) AS team_returns, count(*) FILTER (WHERE team_returns > 0) AS team_tickets,
    sum(team_immediate) AS team_immediate, count(*) FILTER (WHERE team_immediate > 0) AS team_immediate_tickets,
    sum(tier_returns) AS tier_returns, count(*) FILTER (WHERE tier_returns > 0) AS tier_tickets,
    sum(pending_events) AS pending_events, count(*) FILTER (WHERE pending_events > 0) AS pending_tickets,
    sum(pending_us) AS pending_us, count(csat) AS rated,
    count(*) FILTER (WHERE lower(csat) IN ('good', 'good_with_comment', 'satisfied', 'positive', 'true', '4', '5')) AS good
  FROM tickets
  GROUP BY created_day, priority, product, channel, path, entry_tier, highest_tier, tier_mask, escalated_mask, returned_mask,
    tier_visits, resolved_tier, (resolved_us IS NOT NULL), state, least(visits - 1, 4)
),
seen AS (
  SELECT CAST(g.grain AS SMALLINT) AS grain, c.created_day,
    CASE WHEN g.grain IN (1, 4) THEN c.priority END AS priority, CASE WHEN g.grain IN (2, 4) THEN c.product END AS product,
    CASE WHEN g.grain IN (3, 4) THEN c.channel END AS channel,
    c.path, c.entry_tier, c.highest_tier, c.tier_mask, c.escalated_mask, c.returned_mask, c.tier_visits, c.resolved_tier,
    c.is_resolved, c.state, c.handoffs, c.n, c.events, c.first_level, c.first_contact, c.reopened, c.replies, c.team_returns,
    c.team_tickets, c.team_immediate, c.team_immediate_tickets, c.tier_returns, c.tier_tickets, c.pending_events,
    c.pending_tickets, c.pending_us, c.rated, c.good
  FROM cells c CROSS JOIN (SELECT 0 AS grain UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) g
)
SELECT grain, created_day, priority, product, channel, path, entry_tier, highest_tier, tier_mask, escalated_mask, returned_mask,
  tier_visits, resolved_tier, is_resolved, state, handoffs,
  CAST(sum(n) AS BIGINT) AS n, CAST(sum(events) AS BIGINT) AS events, CAST(sum(first_level) AS BIGINT) AS first_level,
  CAST(sum(first_contact) AS BIGINT) AS first_contact, CAST(sum(reopened) AS BIGINT) AS reopened,
  CAST(sum(replies) AS BIGINT) AS replies, CAST(sum(team_returns) AS BIGINT) AS team_returns,
  CAST(sum(team_tickets) AS BIGINT) AS team_tickets, CAST(sum(team_immediate) AS BIGINT) AS team_immediate,
  CAST(sum(team_immediate_tickets) AS BIGINT) AS team_immediate_tickets, CAST(sum(tier_returns) AS BIGINT) AS tier_returns,
  CAST(sum(tier_tickets) AS BIGINT) AS tier_tickets, CAST(sum(pending_events) AS BIGINT) AS pending_events,
  CAST(sum(pending_tickets) AS BIGINT) AS pending_tickets, CAST(sum(pending_us) AS BIGINT) AS pending_us,
  CAST(sum(rated) AS BIGINT) AS rated, CAST(sum(good) AS BIGINT) AS good
FROM seen
GROUP BY grain, created_day, priority, product, channel, path, entry_tier, highest_tier, tier_mask, escalated_mask, returned_mask,
  tier_visits, resolved_tier, is_resolved, state, handoffs
