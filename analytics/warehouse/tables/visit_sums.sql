-- Builds:  visit_sums, one row per visit: what can be added up over its events alone. Visits and tickets are both made of it, so
--          that events are grouped once. Dropped once they are there.
-- Times:   microseconds since 1970 UTC. `first_mark` packs hour of week and state at the first event: hour * 8 + state.
-- Reads:   event_states. Common subset of DuckDB SQL and Spark SQL.
SELECT ticket_no, visit_no,
  min(tier_visit_no) AS tier_visit_no, min(tier) AS tier, min(team_no) AS team_no,
  min(event_no) AS first_event_no, CAST(count(*) AS INT) AS events,
  min(at_us) AS started_us, max(at_us) AS last_us, min(day) AS day,
  CAST(min(CAST(event_no AS BIGINT) * 2048 + hour_of_week * 8 + state_before) % 2048 AS INT) AS first_mark,
  CAST(max(CAST(event_no AS BIGINT) * 8 + state_after) % 8 AS SMALLINT) AS state_at_end,
  min(CASE WHEN kind = 'acknowledged' THEN at_us END) AS acknowledged_us,
  max(CASE WHEN state_after >= 2 AND state_before < 2 THEN at_us END) AS put_aside_us,
  min(CASE WHEN state_after >= 2 AND state_after <> state_before THEN at_us END) AS first_put_aside_us,
  CAST(min(CASE WHEN state_after >= 2 AND state_after <> state_before THEN CAST(event_no AS BIGINT) * 8 + state_after END) % 8
    AS SMALLINT) AS first_put_aside_state,
  CAST(count(*) FILTER (WHERE kind = 'replied') AS INT) AS replies,
  min(CASE WHEN kind = 'replied' THEN at_us END) AS first_reply_us,
  min(CASE WHEN kind = 'created' THEN at_us END) AS created_us,
  min(CASE WHEN kind = 'created' THEN day END) AS created_day,
  CAST(count(*) FILTER (WHERE state_after = 1 AND state_before IN (2, 3)) AS INT) AS reopens,
  CAST(count(*) FILTER (WHERE kind = 'pending') AS INT) AS pending_events,
  min(CASE WHEN kind = 'resolved' AND state_before <> 2 THEN at_us END) AS first_resolved_us,
  max(CASE WHEN kind = 'resolved' AND state_before <> 2 THEN at_us END) AS last_resolved_us,
  min(CASE WHEN kind = 'closed' AND state_before <> 3 THEN at_us END) AS first_closed_us,
  max(CASE WHEN kind = 'closed' AND state_before <> 3 THEN at_us END) AS last_closed_us,
  sum(effort_minutes) AS effort_minutes
FROM event_states
GROUP BY ticket_no, visit_no
