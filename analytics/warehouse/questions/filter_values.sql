-- Question: what can be filtered by?
-- Grain:    one row per (attribute, value) of the whole dataset, the most frequent first.
-- Units:    tickets; for teams, tickets with a visit there.
SELECT attribute, value, n AS tickets
FROM cube_values
ORDER BY attribute, tickets DESC, value
