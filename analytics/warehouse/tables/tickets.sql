-- Builds:  tickets, one row per ticket that counts: its attributes and everything derived from its events.
-- Times:   microseconds since 1970 UTC; *_mask columns hold one bit per tier rank (bit 0 = L0 … bit 3 = L3).
--          `team_mask` one per team, those 62 apart in their number share one: without its bit, no visit to the team.
-- Cost:    a ticket of one visit is its visit: only the others are grouped and joined.
-- Resolved: the last transition into `resolved` (`closed` where there is none); a repeated state row moves nothing.
-- Open:    `*_open_us` run on the working hours of the tier that holds the ticket (before the first event: the first tier's).
-- Reads:   visit_sums, visits, tier_visits, pending, ticket_attributes, clock. Common subset of DuckDB and Spark SQL.
WITH moved AS (SELECT ticket_no FROM visits WHERE visit_no = 2),
from_pending AS (
  SELECT ticket_no, sum(ended_us - started_us) AS pending_us, sum(open_us) AS pending_open_us
  FROM pending
  GROUP BY ticket_no
),
from_visits AS (
  SELECT ticket_no, CAST(count(*) AS INT) AS visits, CAST(sum(events) AS INT) AS events,
    min(started_us) AS first_us, max(last_us) AS last_us, min(created_us) AS created_us, min(created_day) AS created_day,
    min(day) AS first_day, bit_or(CAST(power(2, (team_no - 1) % 62) AS BIGINT)) AS team_mask,
    CAST(sum(reopens) AS INT) AS reopens, CAST(sum(replies) AS INT) AS replies,
    min(first_reply_us) AS first_reply_us, min(acknowledged_us) AS acknowledged_us,
    CAST(sum(pending_events) AS INT) AS pending_events, sum(effort_minutes) AS effort_minutes,
    CAST(max(CAST(visit_no AS BIGINT) * 8 + state_at_end) % 8 AS SMALLINT) AS state,
    min(first_resolved_us) AS first_resolved_us, max(last_resolved_us) AS last_resolved_us,
    min(first_closed_us) AS first_closed_us, max(last_closed_us) AS last_closed_us,
    max(CASE WHEN last_resolved_us IS NOT NULL THEN visit_no END) AS resolved_visit_no,
    max(CASE WHEN last_closed_us IS NOT NULL THEN visit_no END) AS closed_visit_no
  FROM visit_sums
  WHERE ticket_no IN (SELECT ticket_no FROM moved)
  GROUP BY ticket_no
),
returned AS (
  SELECT ticket_no,
    CAST(count(*) FILTER (WHERE is_return) AS INT) AS team_returns,
    CAST(count(*) FILTER (WHERE is_immediate_return) AS INT) AS team_immediate
  FROM visits
  WHERE visit_no > 1
  GROUP BY ticket_no
),
from_tier_visits AS (
  SELECT ticket_no,
    CAST(count(*) AS INT) AS tier_visits,
    max(tier) AS highest_tier,
    max(CASE WHEN tier = 0 THEN 1 ELSE 0 END) + max(CASE WHEN tier = 1 THEN 2 ELSE 0 END)
      + max(CASE WHEN tier = 2 THEN 4 ELSE 0 END) + max(CASE WHEN tier = 3 THEN 8 ELSE 0 END) AS tier_mask,
    max(CASE WHEN tier = 0 AND next_tier > 0 THEN 1 ELSE 0 END) + max(CASE WHEN tier = 1 AND next_tier > 1 THEN 2 ELSE 0 END)
      + max(CASE WHEN tier = 2 AND next_tier > 2 THEN 4 ELSE 0 END) AS escalated_mask,
    max(CASE WHEN tier = 1 AND next_tier < 1 THEN 2 ELSE 0 END) + max(CASE WHEN tier = 2 AND next_tier < 2 THEN 4 ELSE 0 END)
      + max(CASE WHEN tier = 3 AND next_tier < 3 THEN 8 ELSE 0 END) AS returned_mask,
    CAST(count(*) FILTER (WHERE is_return) AS INT) AS tier_returns,
    CAST(count(*) FILTER (WHERE next_tier > tier) AS INT) AS escalations,
    CAST(count(*) FILTER (WHERE next_tier < tier) AS INT) AS returns,
    max(CASE WHEN tier_visit_no = 1 THEN tier END) AS entry_tier, max(CASE WHEN tier_visit_no = 2 THEN tier END) AS tier_2,
    max(CASE WHEN tier_visit_no = 3 THEN tier END) AS tier_3, max(CASE WHEN tier_visit_no = 4 THEN tier END) AS tier_4,
    max(CASE WHEN tier_visit_no = 1 THEN started_open_us END) AS started_open_us
  FROM tier_visits
  WHERE ticket_no IN (SELECT ticket_no FROM moved)
  GROUP BY ticket_no
),
climbed AS (
  -- One letter-coded ordinal before each tier lets a plain array_sort put them in order; translate takes it off again.
  SELECT ticket_no,
    translate(concat_ws('>', array_sort(array_agg(concat(
      translate(lpad(CAST(tier_visit_no AS STRING), 6, '0'), '0123456789', 'abcdefghij'), 'L', CAST(tier AS STRING))))),
      'abcdefghij', '') AS path
  FROM tier_visits
  WHERE tier IS NOT NULL AND ticket_no IN (SELECT ticket_no FROM tier_visits WHERE tier_visit_no = 5)
  GROUP BY ticket_no
),
resolving AS (
  -- The visit that holds the last resolution, and the tier visit it is part of.
  SELECT f.ticket_no, v.tier, v.team_no, v.tier_visit_no
  FROM from_visits f
  JOIN visits v ON v.ticket_no = f.ticket_no AND v.visit_no = coalesce(f.resolved_visit_no, f.closed_visit_no)
),
until_resolved AS (
  -- Working time of the tier visits before the one that resolved the ticket, and the clock at which that one began.
  SELECT w.ticket_no,
    sum(CASE WHEN w.tier_visit_no < s.tier_visit_no THEN w.open_us ELSE 0 END) AS open_before,
    max(CASE WHEN w.tier_visit_no = s.tier_visit_no THEN w.started_open_us END) AS started_open_us
  FROM tier_visits w JOIN resolving s ON s.ticket_no = w.ticket_no
  WHERE w.tier_visit_no <= s.tier_visit_no
  GROUP BY w.ticket_no
),
all_tickets AS (
  SELECT ticket_no, started_us AS first_us, last_us, created_us, created_day, day AS first_day, events, state_at_end AS state,
    coalesce(last_resolved_us, last_closed_us) AS resolved_us, coalesce(first_resolved_us, first_closed_us) AS first_resolved_us,
    CASE WHEN coalesce(last_resolved_us, last_closed_us) IS NOT NULL THEN tier END AS resolved_tier,
    CASE WHEN coalesce(last_resolved_us, last_closed_us) IS NOT NULL THEN team_no END AS resolved_team_no,
    CAST(0 AS BIGINT) AS open_offset_us,
    reopens, replies, first_reply_us, acknowledged_us AS first_acknowledged_us, pending_events, effort_minutes,
    CAST(1 AS INT) AS visits, CAST(0 AS INT) AS team_returns, CAST(0 AS INT) AS team_immediate, CAST(1 AS INT) AS tier_visits,
    tier AS entry_tier, tier AS highest_tier,
    CASE tier WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 8 ELSE 0 END AS tier_mask,
    0 AS escalated_mask, 0 AS returned_mask, CAST(0 AS INT) AS tier_returns, CAST(0 AS INT) AS escalations, CAST(0 AS INT) AS returns,
    CAST(power(2, (team_no - 1) % 62) AS BIGINT) AS team_mask,
    CASE tier WHEN 0 THEN 'L0' WHEN 1 THEN 'L1' WHEN 2 THEN 'L2' WHEN 3 THEN 'L3' END AS path
  FROM visit_sums s
  WHERE NOT EXISTS (SELECT 1 FROM moved x WHERE x.ticket_no = s.ticket_no)
  UNION ALL
  SELECT v.ticket_no, v.first_us, v.last_us, v.created_us, v.created_day, v.first_day, v.events, v.state,
    coalesce(v.last_resolved_us, v.last_closed_us),
    CASE WHEN v.last_resolved_us IS NOT NULL THEN v.first_resolved_us ELSE v.first_closed_us END,
    r.tier, r.team_no, u.open_before - u.started_open_us + w.started_open_us,
    v.reopens, v.replies, v.first_reply_us, v.acknowledged_us, v.pending_events, v.effort_minutes,
    v.visits, b.team_returns, b.team_immediate, w.tier_visits, w.entry_tier, w.highest_tier, w.tier_mask,
    w.escalated_mask, w.returned_mask, w.tier_returns, w.escalations, w.returns, v.team_mask,
    coalesce(c.path, CASE WHEN w.entry_tier IS NOT NULL THEN concat_ws('>', concat('L', CAST(w.entry_tier AS STRING)),
      CASE WHEN w.tier_2 IS NOT NULL THEN concat('L', CAST(w.tier_2 AS STRING)) END,
      CASE WHEN w.tier_3 IS NOT NULL THEN concat('L', CAST(w.tier_3 AS STRING)) END,
      CASE WHEN w.tier_4 IS NOT NULL THEN concat('L', CAST(w.tier_4 AS STRING)) END) END)
  FROM from_visits v
  JOIN returned b ON b.ticket_no = v.ticket_no
  JOIN from_tier_visits w ON w.ticket_no = v.ticket_no
  LEFT JOIN resolving r ON r.ticket_no = v.ticket_no
  LEFT JOIN until_resolved u ON u.ticket_no = v.ticket_no
  LEFT JOIN climbed c ON c.ticket_no = v.ticket_no
),
dated AS (
  SELECT t.ticket_no, a.ticket_id, coalesce(a.created_us, t.created_us, t.first_us) AS created_us,
    coalesce(a.created_day, t.created_day, t.first_day) AS created_day,
    t.first_us, t.last_us, t.events, t.state, t.resolved_us, t.first_resolved_us, t.resolved_tier, t.resolved_team_no,
    t.open_offset_us, t.reopens, t.replies, t.first_reply_us, t.first_acknowledged_us, t.pending_events, t.effort_minutes,
    t.visits, t.team_returns, t.team_immediate, t.tier_visits, t.entry_tier, t.highest_tier, t.tier_mask, t.escalated_mask,
    t.returned_mask, t.tier_returns, t.escalations, t.returns, coalesce(t.team_mask, 0) AS team_mask, t.path,
    a.priority, a.product, a.category, a.channel, a.customer, a.subject, a.csat
  FROM all_tickets t JOIN ticket_attributes a ON a.ticket_no = t.ticket_no
)
SELECT t.ticket_no, t.ticket_id, t.created_us, t.created_day, t.first_us, t.last_us, t.events, t.state,
  t.resolved_us, t.first_resolved_us, t.resolved_tier, t.resolved_team_no,
  CAST(t.open_offset_us + (r.open_before_us + greatest(0, least(t.resolved_us, r.closes_us) - r.opens_us))
    - (k.open_before_us + greatest(0, least(t.created_us, k.closes_us) - k.opens_us)) AS BIGINT) AS resolve_open_us,
  t.reopens, t.replies, t.first_reply_us, t.first_acknowledged_us, t.pending_events,
  CAST(coalesce(p.pending_us, 0) AS BIGINT) AS pending_us, CAST(coalesce(p.pending_open_us, 0) AS BIGINT) AS pending_open_us, t.effort_minutes,
  t.visits, t.team_returns, t.team_immediate, t.tier_visits, t.entry_tier, t.highest_tier, t.tier_mask, t.escalated_mask,
  t.returned_mask, t.tier_returns, t.escalations, t.returns, t.team_mask, t.path,
  t.priority, t.product, t.category, t.channel, t.customer, t.subject, t.csat
FROM dated t
LEFT JOIN clock k ON k.tier = coalesce(t.entry_tier, 1) AND k.bucket_us = t.created_us - t.created_us % 900000000
LEFT JOIN clock r ON r.tier = coalesce(t.resolved_tier, 1) AND r.bucket_us = t.resolved_us - t.resolved_us % 900000000
LEFT JOIN from_pending p ON p.ticket_no = t.ticket_no
