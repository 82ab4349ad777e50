-- Question: which days does the data cover?
-- Grain:    one row.
-- Units:    days local to the dataset; tickets without any filter.
SELECT min(created_day) AS first_day, max(created_day) AS last_day, coalesce(sum(n), 0)::BIGINT AS tickets FROM cube_tickets WHERE grain = 0
