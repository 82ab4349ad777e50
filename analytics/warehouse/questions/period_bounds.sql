-- Question: which days does the data cover?
-- Grain:    one row.
-- Units:    days local to the dataset; tickets without any filter.
SELECT min(created_day) AS first_day, max(created_day) AS last_day, count(*) AS tickets FROM tickets
