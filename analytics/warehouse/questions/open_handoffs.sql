-- Question: which handed-over tickets wait now, and for how long, against the rule?
-- Grain:    one row per (from_key, to_key) with at least one handoff that waits now; "now" is the data's last event.
-- Units:    handoffs that nobody of the receiving side has acknowledged and that are still there; `overdue` = longer than the
--           target on the chosen clock; `stale` = the ticket has had no event at all for $stale_days days; microseconds.
SELECT {from_key} AS from_key, {to_key} AS to_key, count(*) AS waiting,
  count(*) FILTER (WHERE {wait} > $target_us) AS overdue,
  count(*) FILTER (WHERE d.last_us - t.last_us > $stale_days * 86400000000) AS stale,
  quantile_cont({wait}, 0.5) AS p50_us, max({wait})::DOUBLE AS longest_us
FROM handoffs h JOIN tickets t USING (ticket_no) CROSS JOIN data_end d
LEFT JOIN teams f ON f.team_no = h.from_team_no
LEFT JOIN teams m ON m.team_no = h.to_team_no
WHERE {level} AND {waiting} AND {own_handoff_filter}
GROUP BY ALL
ORDER BY overdue DESC, from_key, to_key
