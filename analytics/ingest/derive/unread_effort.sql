-- Question: how many source rows say how long somebody worked in a way that is no time, and how does one of them say it?
-- Grain:    one row.
-- Reads:    source.
WITH said AS (SELECT effort_minutes AS text, count(*) AS rows FROM source WHERE effort_minutes IS NOT NULL GROUP BY 1)
SELECT coalesce(sum(rows), 0)::BIGINT, left(min(text), 40) FROM said WHERE minutes_of(text) IS NULL
