-- Question: how many handoffs are concerned, to decide between reading each and a histogram of them?
-- Grain:    one row.
-- Units:    handoffs.
SELECT count(*)::BIGINT AS handoffs
FROM handoffs h
WHERE {level} AND {own_handoff_filter}
