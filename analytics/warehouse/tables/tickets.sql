-- Builds:  tickets, one row per ticket that counts: its attributes and everything derived from its events.
-- Times:   microseconds since 1970 UTC; *_mask columns hold one bit per tier rank (bit 0 = L0 … bit 3 = L3).
-- Resolved: the last transition into `resolved` (`closed` where there is none); a repeated state row moves nothing.
-- Open:    `*_open_us` run on the working hours of the tier that holds the ticket (before the first event: the first tier's).
-- Reads:   event_states, visits, tier_visits, pending, ticket_attributes, clock. Common subset of DuckDB and Spark SQL.
WITH from_events AS (
  SELECT ticket_no,
    CAST(count(*) AS INT) AS events,
    min(at_us) AS first_us, max(at_us) AS last_us,
    min(CASE WHEN kind = 'created' THEN at_us END) AS created_event_us,
    min(CASE WHEN kind = 'created' THEN day END) AS created_event_day,
    min(day) AS first_day,
    max(CASE WHEN kind = 'resolved' AND state_before <> 2 THEN at_us END) AS last_resolved_us,
    min(CASE WHEN kind = 'resolved' AND state_before <> 2 THEN at_us END) AS first_resolved_us,
    max(CASE WHEN kind = 'closed' AND state_before <> 3 THEN at_us END) AS last_closed_us,
    min(CASE WHEN kind = 'closed' AND state_before <> 3 THEN at_us END) AS first_closed_us,
    CAST(max(CASE WHEN kind = 'resolved' AND state_before <> 2 THEN CAST(event_no AS BIGINT) * 8 + coalesce(tier, 7) END) % 8
      AS SMALLINT) AS resolved_tier,
    CAST(max(CASE WHEN kind = 'closed' AND state_before <> 3 THEN CAST(event_no AS BIGINT) * 8 + coalesce(tier, 7) END) % 8
      AS SMALLINT) AS closed_tier,
    max(CASE WHEN kind = 'resolved' AND state_before <> 2 THEN CAST(event_no AS BIGINT) * 1048576 + coalesce(team_no, 0) END)
      % 1048576 AS resolved_team_no,
    max(CASE WHEN kind = 'closed' AND state_before <> 3 THEN CAST(event_no AS BIGINT) * 1048576 + coalesce(team_no, 0) END)
      % 1048576 AS closed_team_no,
    max(CASE WHEN kind = 'resolved' AND state_before <> 2 THEN CAST(event_no AS BIGINT) * 1048576 + tier_visit_no END)
      % 1048576 AS resolved_visit_no,
    max(CASE WHEN kind = 'closed' AND state_before <> 3 THEN CAST(event_no AS BIGINT) * 1048576 + tier_visit_no END)
      % 1048576 AS closed_visit_no,
    CAST(count(*) FILTER (WHERE state_after = 1 AND state_before IN (2, 3)) AS INT) AS reopens,
    CAST(count(*) FILTER (WHERE kind = 'replied') AS INT) AS replies,
    min(CASE WHEN kind = 'replied' THEN at_us END) AS first_reply_us,
    min(CASE WHEN kind = 'acknowledged' THEN at_us END) AS first_acknowledged_us,
    CAST(count(*) FILTER (WHERE kind = 'pending') AS INT) AS pending_events,
    CAST(max(CAST(event_no AS BIGINT) * 8 + state_after) % 8 AS SMALLINT) AS state,
    sum(effort_minutes) AS effort_minutes
  FROM event_states
  GROUP BY ticket_no
),
from_visits AS (
  SELECT ticket_no,
    CAST(count(*) AS INT) AS visits,
    CAST(count(*) FILTER (WHERE is_return) AS INT) AS team_returns,
    CAST(count(*) FILTER (WHERE is_immediate_return) AS INT) AS team_immediate
  FROM visits
  GROUP BY ticket_no
),
from_tier_visits AS (
  SELECT ticket_no,
    CAST(count(*) AS INT) AS tier_visits,
    max(CASE WHEN tier_visit_no = 1 THEN tier END) AS entry_tier,
    max(tier) AS highest_tier,
    max(CASE WHEN tier = 0 THEN 1 ELSE 0 END) + max(CASE WHEN tier = 1 THEN 2 ELSE 0 END)
      + max(CASE WHEN tier = 2 THEN 4 ELSE 0 END) + max(CASE WHEN tier = 3 THEN 8 ELSE 0 END) AS tier_mask,
    max(CASE WHEN tier = 0 AND next_tier > 0 THEN 1 ELSE 0 END) + max(CASE WHEN tier = 1 AND next_tier > 1 THEN 2 ELSE 0 END)
      + max(CASE WHEN tier = 2 AND next_tier > 2 THEN 4 ELSE 0 END) AS escalated_mask,
    max(CASE WHEN tier = 1 AND next_tier < 1 THEN 2 ELSE 0 END) + max(CASE WHEN tier = 2 AND next_tier < 2 THEN 4 ELSE 0 END)
      + max(CASE WHEN tier = 3 AND next_tier < 3 THEN 8 ELSE 0 END) AS returned_mask,
    CAST(count(*) FILTER (WHERE is_return) AS INT) AS tier_returns,
    CAST(count(*) FILTER (WHERE next_tier > tier) AS INT) AS escalations,
    CAST(count(*) FILTER (WHERE next_tier < tier) AS INT) AS returns
  FROM tier_visits
  GROUP BY ticket_no
),
climbed AS (
  -- One letter-coded ordinal before each tier lets a plain array_sort put them in order; translate takes it off again.
  SELECT ticket_no,
    translate(concat_ws('>', array_sort(array_agg(concat(
      translate(lpad(CAST(tier_visit_no AS STRING), 6, '0'), '0123456789', 'abcdefghij'), 'L', CAST(tier AS STRING))))),
      'abcdefghij', '') AS path
  FROM tier_visits
  WHERE tier IS NOT NULL AND ticket_no IN (SELECT ticket_no FROM tier_visits WHERE tier_visit_no = 2)
  GROUP BY ticket_no
),
from_pending AS (
  SELECT ticket_no, sum(ended_us - started_us) AS pending_us, sum(open_us) AS pending_open_us
  FROM pending
  GROUP BY ticket_no
),
dated AS (
  SELECT e.*,
    coalesce(a.created_us, e.created_event_us, e.first_us) AS created_us,
    coalesce(a.created_day, e.created_event_day, e.first_day) AS created_day,
    coalesce(e.last_resolved_us, e.last_closed_us) AS resolved_us,
    CASE WHEN e.last_resolved_us IS NOT NULL THEN e.resolved_visit_no ELSE e.closed_visit_no END AS resolving_visit_no
  FROM from_events e JOIN ticket_attributes a ON a.ticket_no = e.ticket_no
),
until_resolved AS (
  -- Working time of the tier visits before the one that resolved the ticket, and the clock at which that one began.
  SELECT w.ticket_no,
    sum(CASE WHEN w.tier_visit_no < e.resolving_visit_no THEN w.open_us ELSE 0 END) AS open_before,
    max(CASE WHEN w.tier_visit_no = e.resolving_visit_no THEN w.started_open_us END) AS resolving_started_open_us,
    max(CASE WHEN w.tier_visit_no = e.resolving_visit_no THEN w.tier END) AS resolving_tier
  FROM tier_visits w JOIN dated e ON e.ticket_no = w.ticket_no
  WHERE w.tier_visit_no <= e.resolving_visit_no
  GROUP BY w.ticket_no
)
SELECT e.ticket_no, a.ticket_id, e.created_us,
 e.created_day,
  e.first_us, e.last_us, e.events, e.state,
  e.resolved_us,
  coalesce(e.first_resolved_us, e.first_closed_us) AS first_resolved_us,
  CASE WHEN e.last_resolved_us IS NOT NULL THEN nullif(e.resolved_tier, 7) ELSE nullif(e.closed_tier, 7) END AS resolved_tier,
  CAST(CASE WHEN e.last_resolved_us IS NOT NULL THEN nullif(e.resolved_team_no, 0) ELSE nullif(e.closed_team_no, 0) END AS INT)
    AS resolved_team_no,
  b.open_before + (r.open_before_us + greatest(0, least(e.resolved_us, r.closes_us) - r.opens_us)) - b.resolving_started_open_us
    + f.started_open_us - (k.open_before_us + greatest(0, least(e.created_us, k.closes_us) - k.opens_us)) AS resolve_open_us,
  e.reopens, e.replies, e.first_reply_us, e.first_acknowledged_us, e.pending_events,
  coalesce(p.pending_us, 0) AS pending_us, coalesce(p.pending_open_us, 0) AS pending_open_us, e.effort_minutes,
  v.visits, v.team_returns, v.team_immediate,
  w.tier_visits, w.entry_tier, w.highest_tier, w.tier_mask, w.escalated_mask, w.returned_mask, w.tier_returns,
  w.escalations, w.returns,
  coalesce(c.path, CASE WHEN w.entry_tier IS NOT NULL THEN concat('L', CAST(w.entry_tier AS STRING)) END) AS path,
  a.priority, a.product, a.category, a.channel, a.customer, a.subject, a.csat
FROM dated e
JOIN ticket_attributes a ON a.ticket_no = e.ticket_no
JOIN tier_visits f ON f.ticket_no = e.ticket_no AND f.tier_visit_no = 1
LEFT JOIN until_resolved b ON b.ticket_no = e.ticket_no
LEFT JOIN clock k ON k.tier = coalesce(f.tier, 1) AND k.bucket_us = e.created_us - e.created_us % 900000000
LEFT JOIN clock r ON r.tier = coalesce(b.resolving_tier, 1) AND r.bucket_us = e.resolved_us - e.resolved_us % 900000000
JOIN from_visits v ON v.ticket_no = e.ticket_no
JOIN from_tier_visits w ON w.ticket_no = e.ticket_no
LEFT JOIN climbed c ON c.ticket_no = e.ticket_no
LEFT JOIN from_pending p ON p.ticket_no = e.ticket_no
