-- Question: how many handoffs of a group are not their ticket's first of that group in the period?
-- Grain:    one row per (from_key, to_key). Handoffs less these are distinct tickets.
-- Units:    handoffs.
SELECT {from_key} AS from_key, {to_key} AS to_key, sum(h.n)::BIGINT AS repeated
FROM cube_repeats h
LEFT JOIN teams f ON f.team_no = h.from_team_no
LEFT JOIN teams m ON m.team_no = h.to_team_no
WHERE h.grouped_by = $grouped_by AND h.day_before >= $since AND {own_handoff_filter}
GROUP BY ALL
ORDER BY from_key, to_key
