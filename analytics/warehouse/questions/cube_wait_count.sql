-- Question: about how many handoffs are concerned, to decide between facts and histogram?
-- Grain:    one row.
-- Units:    handoffs in the whole months of the period.
SELECT coalesce(sum(h.n), 0)::BIGINT AS handoffs
FROM cube_waits h
WHERE h.grain = $grain AND NOT h.on_business_clock
  AND h.month_no BETWEEN $first_month AND $last_month AND {cell_filter}
