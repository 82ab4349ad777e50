-- Question: which high-priority handoffs between tiers were not acknowledged in time?
-- Grain:    one row per handoff between tiers of a ticket whose priority was high at that moment.
-- Units:    bad = late on the receiving tier's working clock; hours = working hours beyond the limit; `late_by_calendar` beside it.
-- Excludes: handoffs still waiting and younger than the limit.
WITH said AS (
  SELECT e.ticket_no, e.event_no,
    last_value(e.priority IGNORE NULLS) OVER (PARTITION BY e.ticket_no ORDER BY e.event_no) AS priority
  FROM events e
),
waits AS (
  SELECT h.*, coalesce(s.priority, t.priority) AS priority_then
  FROM handoffs h JOIN tickets t USING (ticket_no)
  JOIN visits v ON v.ticket_no = h.ticket_no AND v.visit_no = h.visit_no
  LEFT JOIN said s ON s.ticket_no = v.ticket_no AND s.event_no = v.first_event_no
  WHERE h.changes_tier AND {handoff_filter}
),
limited AS (
  SELECT w.*, {acknowledge_minutes(w.to_tier, w.priority_then)} * 6e7 AS limit_us FROM waits w
)
SELECT l.ticket_no, NOT l.tier_acknowledged OR l.tier_wait_open_us > l.limit_us AS bad,
  greatest(0, l.tier_wait_open_us - l.limit_us) / 3.6e9 AS hours, NOT l.tier_acknowledged OR l.tier_wait_us > l.limit_us AS late_by_calendar,
  l.tier_waiting AS waiting_now, l.hour_of_week
FROM limited l
WHERE list_contains($high, lower(l.priority_then)) AND NOT (l.tier_waiting AND l.tier_wait_open_us <= l.limit_us)
