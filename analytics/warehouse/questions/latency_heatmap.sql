-- Question: at which hours of the week do handed-over tickets wait longest?
-- Grain:    one row per hour of the week (0 = Monday 00:00-00:59, local time) with at least one tier handoff.
-- Units:    handoffs; microseconds (median over the acknowledged); shares 0-1 within the target.
SELECT h.hour_of_week,
  count(*) AS handoffs,
  count(*) FILTER (WHERE h.tier_acknowledged) AS acknowledged,
  quantile_cont({wait}, 0.5) FILTER (WHERE h.tier_acknowledged) AS p50_us,
  count(*) FILTER (WHERE h.tier_acknowledged AND {wait} <= $target_us) AS within_target,
  count(*) FILTER (WHERE NOT (h.tier_waiting AND {wait} < $target_us)) AS due
FROM handoffs h
WHERE h.changes_tier AND {own_handoff_filter}
GROUP BY h.hour_of_week
ORDER BY h.hour_of_week
