-- Question: how long do tickets wait that are handed over in an hour of the week, as a histogram?
-- Grain:    one row per (hour of the week as from_key, bucket), in that order; to_key is 0.
-- Units:    handoffs: `n` all, `arrived` the acknowledged, `waiting` those not yet; buckets as in tables/cube_waits.sql.
SELECT h.hour_of_week AS from_key, 0 AS to_key, h.bucket, sum(h.n)::BIGINT AS n,
  coalesce(sum(h.n) FILTER (WHERE h.outcome = 0), 0)::BIGINT AS arrived,
  coalesce(sum(h.n) FILTER (WHERE h.outcome = 2), 0)::BIGINT AS waiting
FROM cube_waits h
WHERE h.grain = 5 AND h.on_business_clock = $on_business_clock AND {cell_filter}
GROUP BY h.hour_of_week, h.bucket
ORDER BY h.hour_of_week, h.bucket
